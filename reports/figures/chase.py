"""The suite's own pointer chase: what one hop costs by working set, and where the caches end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from . import style
from .curves import Edge, Series, draw_edges, line, set_size_axis, set_time_range

WIDTH_INCHES, HEIGHT_INCHES = 7.4, 2.5


@dataclass(frozen=True)
class Chase:
    title: str
    series: Series
    edges: Sequence[Edge]


def draw(data: Chase) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES))
    axes = figure.add_axes((0.085, 0.17, 0.9, 0.65))
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.minorticks_off()
    line(axes, data.series, style.marked(0, 0), color=style.SERIES[0])
    set_size_axis(axes, data.series.xs, "Working set", True)
    set_time_range(axes, min(data.series.medians), max(data.series.medians))
    axes.set_ylabel("ns per hop")
    draw_edges(axes, data.edges, top=True)
    return figure
