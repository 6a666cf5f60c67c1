"""Named points and the line that was fitted to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from . import style, ticks

WIDTH_INCHES, HEIGHT_INCHES = 7.4, 3.2
# Of the axes' height: labels nearer than this would touch. Of their width: a label, its leader.
_NEAR, _LABEL_WIDTH, _LEADER = 0.055, 0.2, 0.008


@dataclass(frozen=True)
class Point:
    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Scatter:
    """`slope` and `offset` are None where no line was fitted."""

    title: str
    x_label: str
    y_label: str
    points: Sequence[Point]
    slope: float | None
    offset: float | None


def _set_axes(axes: Any, data: Scatter) -> tuple[float, float]:
    """From 0 on both axes: how far the line is from the origin is part of what it says."""
    wide = max(p.x for p in data.points) * 1.3 or 1.0
    high = max(p.y for p in data.points) * 1.12 or 1.0
    axes.set_xlim(0, wide)
    axes.set_ylim(0, high)
    for places, put in (
        (ticks.linear(wide, 6), axes.set_xticks),
        (ticks.linear(high), axes.set_yticks),
    ):
        put(places, ticks.labels(places))
    axes.set_xlabel(data.x_label)
    axes.set_ylabel(data.y_label)
    return wide, high


def _name_points(axes: Any, points: Sequence[Point], wide: float, high: float) -> None:
    """Labels to the right; one that would lie on another moves up, on a line from its point."""
    from matplotlib.lines import Line2D

    placed: list[tuple[float, float]] = []
    for point in sorted(points, key=lambda p: p.y):
        near = [y for x, y in placed if abs(point.x - x) < _LABEL_WIDTH * wide]
        y = point.y
        while any(abs(y - other) < _NEAR * high for other in near):
            y += _NEAR * high / 8
        placed.append((point.x, y))
        if y != point.y:
            ends = [point.x, point.x + _LEADER * wide], [point.y, y]
            axes.add_artist(Line2D(*ends, color=style.EDGE, linewidth=0.6))
        axes.text(point.x + _LEADER * wide, y, " \u200b" + point.name, va="center", fontsize=8)


def draw(data: Scatter) -> Any:
    """There is at least one point."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES))
    axes = figure.add_axes((0.085, 0.14, 0.9, 0.83))
    wide, high = _set_axes(axes, data)
    if data.slope is not None and data.offset is not None:
        ends = [0.0, wide]
        ys = [data.offset + data.slope * x for x in ends]
        axes.add_artist(Line2D(ends, ys, color=style.EDGE, linewidth=1, linestyle=(0, (4, 3))))
    for point in data.points:
        # A line of no length, so that the mark comes from the page as on the curves.
        mark = Line2D([point.x] * 2, [point.y] * 2, color=style.SERIES[0], clip_on=False)
        mark.set_gid(style.marked(0, 0))
        axes.add_artist(mark)
    _name_points(axes, data.points, wide, high)
    return figure
