"""One row's pairs: how much slower head was than base, pair after pair. A small SVG, written here.

Colour is the page's, by class; confirming pairs are hollow, so colour is never alone. A few pairs
that a neighbour disturbed would squeeze all others into a line: those stand at the edge, as
triangles.
"""

from __future__ import annotations

import html
from typing import Any, Mapping, Sequence

from markupsafe import Markup

from ..numbers import significant

WIDTH, HEIGHT = 380, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 372, 10, 122
_NEAR = 11  # labels closer than this would run into each other


def _percent(value: float) -> str:
    return f"{'+' if value > 0 else ''}{significant(value, 2)} %"


def _changes(pairs: Sequence[Mapping[str, Any]]) -> list[tuple[float, bool]]:
    """Head against base in percent, and whether the pair confirms. A base of 0 has no change."""
    return [
        ((pair["head_ns_per_op"] / pair["base_ns_per_op"] - 1) * 100, pair["confirming"])
        for pair in pairs
        if pair["base_ns_per_op"] > 0
    ]


class _Scale:
    """From percent to the figure's height. `shown` is in it, and of the rest what lies near."""

    def __init__(self, values: Sequence[float], shown: Sequence[float]) -> None:
        core = sorted(values)[len(values) // 10 : len(values) - len(values) // 10]
        low, high = min(*core, *shown), max(*core, *shown)
        room = (high - low) / 2
        self.lowest = max(min(*values, *shown), low - room)
        self.highest = min(max(*values, *shown), high + room)
        margin = (self.highest - self.lowest or 1) * 0.08
        self.low, self.high = self.lowest - margin, self.highest + margin

    def y(self, value: float) -> float:
        value = min(max(value, self.lowest), self.highest)
        share = (value - self.low) / (self.high - self.low)
        return round(_BOTTOM - share * (_BOTTOM - _TOP), 1)

    def beyond(self, value: float) -> bool:
        return not self.lowest <= value <= self.highest


def _line(y: float, name: str) -> str:
    return f'<line class="{name}" x1="{_LEFT}" x2="{_RIGHT}" y1="{y}" y2="{y}"/>'


def _label(y: float, text: str) -> str:
    return f'<text x="{_LEFT - 6}" y="{y + 3.5}" text-anchor="end">{text}</text>'


def _labelled_lines(scale: _Scale, allowance: float) -> str:
    """Lines at no change and at the allowance; labels there, and at the ends if there is room."""
    made = _line(scale.y(0), "none") + _line(scale.y(allowance), "allowance")
    taken: list[float] = []
    for value in (0.0, allowance, scale.highest, scale.lowest):
        y = scale.y(value)
        if all(abs(y - other) >= _NEAR for other in taken):
            taken.append(y)
            made += _label(y, _percent(value))
    return made


def _dot(x: float, y: float, name: str) -> str:
    return f'<circle{name} cx="{x:.1f}" cy="{y}" r="3"/>'


def _triangle(x: float, y: float, name: str, up: bool) -> str:
    height = -6 if up else 6
    return f'<path{name} d="M{x - 3.5:.1f} {y}h7l-3.5 {height}z"/>'


def _marks(scale: _Scale, changes: Sequence[tuple[float, bool]]) -> str:
    step = (_RIGHT - _LEFT - 10) / max(1, len(changes) - 1)
    made = ""
    for i, (change, confirming) in enumerate(changes):
        x, y = _LEFT + 5 + i * step, scale.y(change)
        name = ' class="confirming"' if confirming else ""
        if scale.beyond(change):
            made += _triangle(x, y, name, change > scale.highest)
        else:
            made += _dot(x, y, name)
    return made


def _band(scale: _Scale, ratio: Mapping[str, Any] | None) -> str:
    """The interval of the median."""
    if ratio is None or ratio["low"] is None or ratio["high"] is None:
        return ""
    top, bottom = (scale.y((ratio[key] - 1) * 100) for key in ("high", "low"))
    return (
        f'<rect class="band" x="{_LEFT}" y="{top}" width="{_RIGHT - _LEFT}"'
        f' height="{max(1.0, round(bottom - top, 1))}"/>'
    )


def draw(row: Mapping[str, Any]) -> Markup | None:
    """The figure of a gate row's pairs; None where no pair has a change."""
    changes = _changes(row["pairs"])
    if not changes:
        return None
    allowance, ratio = row["allowance_percent"], row["ratio"]
    values = [change for change, _ in changes]
    bounds = [(ratio[k] - 1) * 100 for k in ("low", "high") if ratio and ratio[k] is not None]
    scale = _Scale(values, [*bounds, 0.0, allowance])
    title = f"{row['case']}: head against base in each of {len(changes)} pairs"
    bottom = f'<text x="{_LEFT}" y="{HEIGHT - 8}">pair 1</text>'
    bottom += f'<text x="{_RIGHT}" y="{HEIGHT - 8}" text-anchor="end">pair {len(changes)}</text>'
    return Markup(
        f'<svg class="pairs-figure" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{html.escape(title)}">{_band(scale, ratio)}'
        f"{_labelled_lines(scale, allowance)}{_marks(scale, changes)}{bottom}</svg>"
    )
