"""The machine drawn: memory, the caches with what shares them, the CPUs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from . import style

WIDTH_INCHES, _ROW_INCHES = 7.4, 0.4
MAX_BLOCKS = 16
_GAP, _CHARACTER = 0.8, 1.1  # in hundredths of a row: between blocks, and what a letter takes


@dataclass(frozen=True)
class Level:
    """One row: how many blocks there are of one kind, and what stands in each."""

    name: str
    text: str
    blocks: int


@dataclass(frozen=True)
class Topology:
    title: str
    levels: Sequence[Level]


def _draw_block(axes: Any, left: float, width: float, y: float, text: str) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle(
            (left, y + 0.1), width, 0.8, facecolor=style.PANEL, edgecolor=style.EDGE, linewidth=0.8
        )
    )
    if text:
        axes.text(left + width / 2, y + 0.5, text, ha="center", va="center")


def _draw_level(axes: Any, level: Level, y: float) -> None:
    axes.text(-1, y + 0.5, level.name, ha="right", va="center", color=style.MUTED)
    drawn = min(level.blocks, MAX_BLOCKS)
    wide = 100 / drawn
    each = drawn == level.blocks and len(level.text) * _CHARACTER < wide - _GAP
    for i in range(drawn):
        _draw_block(axes, i * wide + _GAP / 2, wide - _GAP, y, level.text if each else "")
    if not each:
        # Too narrow for words in each, or too many to draw: said once, across the row.
        axes.text(
            50,
            y + 0.5,
            f"{level.blocks} \u00d7 {level.text}",
            ha="center",
            va="center",
            bbox={"facecolor": style.PANEL, "edgecolor": "none", "pad": 2},
        )


def draw(data: Topology) -> Any:
    from matplotlib.figure import Figure

    rows = len(data.levels)
    figure = Figure(figsize=(WIDTH_INCHES, rows * _ROW_INCHES))
    axes = figure.add_axes((0.14, 0, 0.86, 1))
    axes.set_xlim(0, 100)
    axes.set_ylim(0, rows)
    axes.axis("off")
    for i, level in enumerate(data.levels):
        _draw_level(axes, level, rows - 1 - i)
    return figure
