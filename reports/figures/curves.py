"""The curves of one benchmark in one mode on one machine: time above, misses below, one x axis."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Sequence

from .. import numbers
from . import style, ticks

WIDTH_INCHES = 8.6
_LEFT, _RIGHT_LEGEND = 0.085, 0.80
_TIME_INCHES, _MISSES_INCHES, _TOP, _BOTTOM, _GAP = 2.1, 0.95, 0.36, 0.42, 0.14


@dataclass(frozen=True)
class Series:
    """One variant: xs, medians, and the interval where there is one; NaN where nothing is known."""

    name: str
    index: int
    xs: Sequence[float]
    medians: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]


@dataclass(frozen=True)
class Misses:
    """One lower panel: a counter per op, from one source, and what the models say."""

    title: str
    source: str
    series: Sequence[Series]
    models: Sequence[Series]


@dataclass(frozen=True)
class Edge:
    """Where a cache level ends on this machine."""

    label: str
    size_bytes: int
    measured: bool


@dataclass(frozen=True)
class Curves:
    """All that the figure shows; plain data, so that another process can draw it."""

    title: str
    time_label: str
    x_label: str
    x_is_bytes: bool
    series: Sequence[Series]
    misses: Sequence[Misses] = field(default_factory=tuple)
    edges: Sequence[Edge] = field(default_factory=tuple)
    time_range: tuple[float, float] = (1.0, 10.0)


def _look(series: Series) -> dict[str, Any]:
    i, turn = series.index % style.SERIES_COUNT, series.index // style.SERIES_COUNT
    return {
        "color": style.SERIES[i],
        "marker": style.MARKERS[i],
        "linestyle": style.DASHES[turn % len(style.DASHES)],
    }


def _draw_series(axes: Any, series: Series, panel: int) -> None:
    look = _look(series)
    gid = f"series-{series.index}-{panel}"
    if any(low < high for low, high in zip(series.lows, series.highs)):
        band = axes.fill_between(
            series.xs, series.lows, series.highs, color=look["color"], alpha=0.22, linewidth=0
        )
        band.set_gid(gid + "-band")
    # matplotlib keeps labels that start with _ out of its legend; a zero-width space lets them in.
    axes.plot(series.xs, series.medians, label="\u200b" + series.name, gid=gid, **look)


def draw_edges(axes: Any, edges: Sequence[Edge], top: bool) -> None:
    low, high = axes.get_xlim()
    placed: list[float] = []
    for edge in sorted(edges, key=lambda e: (not e.measured, e.size_bytes)):
        if not low < edge.size_bytes < high:
            continue
        dashes = "-" if edge.measured else (0, (3, 3))
        axes.axvline(edge.size_bytes, color=style.EDGE, linewidth=1, linestyle=dashes, zorder=0)
        if top:
            near = sum(1 for x in placed if 0.33 < x / edge.size_bytes < 3)
            placed.append(edge.size_bytes)
            axes.annotate(
                edge.label,
                (edge.size_bytes, 1),
                xycoords=("data", "axes fraction"),
                xytext=(0, 3 + 10 * near),
                textcoords="offset points",
                ha="center",
                color=style.MUTED,
                fontsize=8,
            )


def set_time_range(axes: Any, low: float, high: float) -> None:
    """A log axis from low to high, with room, and round ticks."""
    high = max(high, low * 1.5)
    axes.set_yscale("log")
    axes.set_ylim(low / 1.25, high * 1.25)
    places = ticks.logarithmic(low / 1.2, high * 1.2)
    axes.set_yticks(places, ticks.labels(places))
    axes.minorticks_off()


def _set_misses_axis(axes: Any, misses: Misses) -> None:
    values = [v for s in (*misses.series, *misses.models) for v in s.medians]
    high = max((v for v in values if v == v), default=0.0) or 1.0
    axes.set_ylim(-0.04 * high, high * 1.12)
    places = ticks.linear(high * 1.05, 3)
    axes.set_yticks(places, ticks.labels(places))
    axes.set_ylabel(f"{misses.title}\n({misses.source})")


def set_size_axis(axes: Any, places: Sequence[float], label: str, is_bytes: bool) -> None:
    """A log axis with a tick at each place that was measured, up to a dozen."""
    places = sorted(places)
    axes.set_xscale("log", base=2)
    axes.set_xlim(places[0] / 1.5, places[-1] * 1.5)
    while len(places) > 12:
        places = places[::2]
    name = numbers.size if is_bytes else numbers.count
    axes.set_xticks(places, [name(x) for x in places])
    axes.minorticks_off()
    axes.set_xlabel(label)


def _set_x_axis(axes: Any, curves: Curves) -> None:
    places = list({x for s in curves.series for x in s.xs})
    set_size_axis(axes, places, curves.x_label, curves.x_is_bytes)


def _panels(figure: Any, curves: Curves) -> list[Any]:
    """Axes from top to bottom, in inches rather than by a layout engine: quicker, and steady."""
    heights = [_TIME_INCHES] + [_MISSES_INCHES] * len(curves.misses)
    total = _TOP + sum(heights) + _GAP * (len(heights) - 1) + _BOTTOM
    figure.set_size_inches(WIDTH_INCHES, total)
    made: list[Any] = []
    top = total - _TOP
    for height in heights:
        box = (_LEFT, (top - height) / total, _RIGHT_LEGEND - _LEFT, height / total)
        made.append(figure.add_axes(box, sharex=made[0] if made else None))
        # Where a title would go is looked for with much labour, unless its place is given.
        made[-1].set_title("", y=1)
        top -= height + _GAP
    return made


def draw(figure: Any, curves: Curves) -> None:
    """Draws on an empty matplotlib figure. There is at least one series with a point."""
    panels = _panels(figure, curves)
    for series in curves.series:
        _draw_series(panels[0], series, 0)
    for i, misses in enumerate(curves.misses):
        for series in misses.models:
            look = _look(series) | {"linestyle": (0, (1, 2)), "linewidth": 1.1, "marker": ""}
            gid = f"series-{series.index}-{i + 1}-model"
            panels[i + 1].plot(series.xs, series.medians, gid=gid, **look)
        for series in misses.series:
            _draw_series(panels[i + 1], series, i + 1)
        _set_misses_axis(panels[i + 1], misses)
    _set_x_axis(panels[-1], curves)
    set_time_range(panels[0], *curves.time_range)
    panels[0].set_ylabel(curves.time_label)
    for i, axes in enumerate(panels):
        draw_edges(axes, curves.edges, top=i == 0)
        if axes is not panels[-1]:
            axes.tick_params(labelbottom=False)
            axes.set_xlabel("")
    if any(misses.models for misses in curves.misses):
        look = {"color": style.MUTED, "linestyle": (0, (1, 2)), "linewidth": 1.1}
        panels[0].plot([], [], label="model, below", **look)
    panels[0].legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), borderaxespad=0)
