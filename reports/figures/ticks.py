"""Ticks of log axes: few, round, at places that a reader knows."""

from __future__ import annotations

import math
from typing import Sequence

from ..numbers import count


def logarithmic(low: float, high: float, limit: int = 5) -> list[float]:
    """Round values within [low, high]: the finest of three ladders that has at most `limit`."""
    ladders: tuple[tuple[float, ...], ...] = ((1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,))
    decades = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    for ladder in ladders:
        ticks = [m * 10.0**d for d in decades for m in ladder]
        ticks = [t for t in ticks if low <= t <= high]
        if len(ticks) <= limit:
            return ticks
    step = math.ceil(len(ticks) / limit)
    return ticks[::step]


def linear(high: float, limit: int = 4) -> list[float]:
    """0 and round steps up to `high`."""
    if high <= 0:
        return [0.0]
    raw = high / limit
    scale = 10.0 ** math.floor(math.log10(raw))
    step = next(m * scale for m in (1, 2, 2.5, 5, 10) if m * scale >= raw)
    return [i * step for i in range(int(high / step + 1e-9) + 1)]


def labels(ticks: Sequence[float]) -> list[str]:
    return [count(tick) for tick in ticks]
