"""The curves of one benchmark in one mode on one machine: time above, misses below, one x axis."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Sequence

from .. import numbers
from . import style, ticks

WIDTH_INCHES = 8.6
_LEFT, _RIGHT_LEGEND = 0.085, 0.80
_TIME_INCHES, _MISSES_INCHES, _TOP, _BOTTOM, _GAP = 2.1, 0.95, 0.46, 0.42, 0.14


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
    return {"color": style.SERIES[i], "linestyle": style.DASHES[turn % len(style.DASHES)]}


def _runs(series: Series) -> list[slice]:
    """Stretches of neighbouring points that are known."""
    made, start = [], 0
    for i, median in enumerate((*series.medians, float("nan"))):
        if median != median:
            if i > start:
                made.append(slice(start, i))
            start = i + 1
    return made


def _unbroken(values: Sequence[float], runs: Sequence[slice]) -> list[float]:
    """The known values, NaN between stretches; a lone one twice, so that it has its mark."""
    made: list[float] = []
    for run in runs:
        known = list(values[run])
        made += [float("nan")] * bool(made) + (known * 2 if len(known) == 1 else known)
    return made


def line(axes: Any, series: Series, name: str, **look: Any) -> None:
    """Adds the medians as a line, without matplotlib's own search for what limits the axes."""
    from matplotlib.lines import Line2D

    runs = _runs(series)
    xs, ys = _unbroken(series.xs, runs), _unbroken(series.medians, runs)
    axes.add_artist(Line2D(xs, ys, gid=name, clip_on=False, **look))


def _draw_band(axes: Any, series: Series, panel: int) -> None:
    from matplotlib.patches import Polygon

    if not any(low < high for low, high in zip(series.lows, series.highs)):
        return
    for run in _runs(series):
        forth = list(zip(series.xs[run], series.lows[run]))
        back = list(zip(series.xs[run], series.highs[run]))[::-1]
        band = Polygon(forth + back, facecolor=_look(series)["color"], alpha=0.22, linewidth=0)
        band.set_gid(f"series-{series.index}-{panel}-band")
        band.set_clip_on(False)
        axes.add_artist(band)


def _draw_series(axes: Any, series: Series, panel: int) -> None:
    _draw_band(axes, series, panel)
    line(axes, series, style.marked(series.index, panel), **_look(series))


def _draw_model(axes: Any, series: Series, panel: int) -> None:
    look = {"color": _look(series)["color"], **style.MODEL}
    line(axes, series, f"series-{series.index}-{panel}-model", **look)


def _edge_lines(axes: Any, edges: Sequence[Edge], **look: Any) -> None:
    """All lines of one kind as one: up, a gap, up again."""
    from matplotlib.lines import Line2D

    xs = [x for edge in edges for x in (edge.size_bytes, edge.size_bytes, float("nan"))]
    if xs:
        place = {"transform": axes.get_xaxis_transform(), "clip_on": False, "zorder": 0}
        ys = [0, 1, float("nan")] * len(edges)
        axes.add_artist(Line2D(xs, ys, color=style.EDGE, linewidth=1, **place, **look))


# In points. Of a letter as wide as most; a browser's font need not be matplotlib's.
_LETTER, _ROW = 4.8, 10


def _lowest_row(rows: list[list[tuple[float, float]]], low: float, high: float) -> int:
    """The first row that has room from low to high, which is taken from now on."""
    row = 0
    while row < len(rows) and any(low <= end and start <= high for start, end in rows[row]):
        row += 1
    if row == len(rows):
        rows.append([])
    rows[row].append((low, high))
    return row


def _name_edges(axes: Any, edges: Sequence[Edge]) -> None:
    """Measured ones next to the axes; a label that would lie on another stands above it."""
    rows: list[list[tuple[float, float]]] = []
    for edge in sorted(edges, key=lambda e: (not e.measured, e.size_bytes)):
        pixels = axes.transData.transform((edge.size_bytes, 1))[0]
        middle, half = pixels * 72 / axes.figure.dpi, _LETTER * len(edge.label) / 2
        row = _lowest_row(rows, middle - half, middle + half)
        axes.annotate(
            edge.label,
            (edge.size_bytes, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3 + _ROW * row),
            textcoords="offset points",
            ha="center",
            color=style.MUTED,
            fontsize=8,
        )


def draw_edges(axes: Any, edges: Sequence[Edge], top: bool) -> None:
    """Where the caches end: a full line where it was measured, dashes where only advertised."""
    low, high = axes.get_xlim()
    inside = [edge for edge in edges if low < edge.size_bytes < high]
    _edge_lines(axes, [e for e in inside if e.measured])
    _edge_lines(axes, [e for e in inside if not e.measured], linestyle=(0, (3, 3)))
    if top:
        _name_edges(axes, inside)


def set_time_range(axes: Any, low: float, high: float) -> None:
    """The log axis of times from low to high, with room, and round ticks."""
    high = max(high, low * 1.5)
    axes.set_ylim(low / 1.25, high * 1.25)
    places = ticks.logarithmic(low / 1.2, high * 1.2)
    axes.set_yticks(places, ticks.labels(places))


def _set_misses_axis(axes: Any, misses: Misses) -> None:
    values = [v for s in (*misses.series, *misses.models) for v in s.medians]
    high = max((v for v in values if v == v), default=0.0) or 1.0
    axes.set_ylim(-0.04 * high, high * 1.12)
    places = ticks.linear(high * 1.05, 3)
    axes.set_yticks(places, ticks.labels(places))
    axes.set_ylabel(f"{misses.title}\n({misses.source})")


def set_size_axis(axes: Any, places: Sequence[float], label: str, is_bytes: bool) -> None:
    """The log axis of sizes, with a tick at each place that was measured, up to a dozen."""
    places = sorted(places)
    axes.set_xlim(places[0] / 1.5, places[-1] * 1.5)
    while len(places) > 12:
        places = places[::2]
    name = numbers.size if is_bytes else numbers.count
    axes.set_xticks(places, [name(x) for x in places])
    axes.set_xlabel(label)


def _set_x_axis(axes: Any, curves: Curves) -> None:
    places = list({x for s in curves.series for x in s.xs})
    set_size_axis(axes, places, curves.x_label, curves.x_is_bytes)


@lru_cache(maxsize=None)
def _template(lower_panels: int) -> tuple[Any, list[Any]]:
    """A figure with empty axes, from top to bottom; making axes is half of what a figure costs.

    Placed in inches rather than by a layout engine: quicker, and steady.
    """
    from matplotlib.figure import Figure

    heights = [_TIME_INCHES] + [_MISSES_INCHES] * lower_panels
    total = _TOP + sum(heights) + _GAP * lower_panels + _BOTTOM
    figure = Figure(figsize=(WIDTH_INCHES, total))
    made: list[Any] = []
    top = total - _TOP
    for height in heights:
        box = (_LEFT, (top - height) / total, _RIGHT_LEGEND - _LEFT, height / total)
        axes = figure.add_axes(box, sharex=made[0] if made else None)
        # Where a title would go is looked for with much labour, unless its place is given.
        axes.set_title("", y=1)
        axes.tick_params(labelbottom=len(made) == lower_panels)
        made.append(axes)
        top -= height + _GAP
    made[0].set_yscale("log")
    made[0].set_xscale("log", base=2)
    made[0].minorticks_off()
    return figure, made


def _emptied(lower_panels: int) -> tuple[Any, list[Any]]:
    """The template as it was made. What `draw` sets each time (limits, ticks, labels) may stay."""
    figure, panels = _template(lower_panels)
    for axes in panels:
        for artist in (*axes.lines, *axes.patches, *axes.texts):
            artist.remove()
    return figure, panels


def _legend(axes: Any, curves: Curves) -> None:
    from matplotlib.lines import Line2D

    # matplotlib keeps labels that start with _ out of its legend; a zero-width space lets them in.
    handles = [
        Line2D([], [], label="\u200b" + s.name, gid=f"legend-{s.index}", **_look(s))
        for s in curves.series
    ]
    if any(misses.models for misses in curves.misses):
        handles.append(Line2D([], [], label="model, below", color=style.MUTED, **style.MODEL))
    place = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.02), "borderaxespad": 0}
    axes.legend(handles=handles, handler_map={Line2D: _handler()}, **place)


@lru_cache(maxsize=None)
def _handler() -> Any:
    """matplotlib's, but the line of the legend keeps its id: that is where its mark comes from."""
    from matplotlib.legend_handler import HandlerLine2D

    class Named(HandlerLine2D):
        def create_artists(self, _legend: Any, handle: Any, *rest: Any) -> Any:
            made = super().create_artists(_legend, handle, *rest)
            made[0].set_gid(handle.get_gid())
            return made

    return Named()


def draw(curves: Curves) -> Any:
    """There is at least one series with a point."""
    figure, panels = _emptied(len(curves.misses))
    for series in curves.series:
        _draw_series(panels[0], series, 0)
    for i, misses in enumerate(curves.misses, 1):
        for series in misses.models:
            _draw_model(panels[i], series, i)
        for series in misses.series:
            _draw_series(panels[i], series, i)
        _set_misses_axis(panels[i], misses)
    _set_x_axis(panels[-1], curves)
    set_time_range(panels[0], *curves.time_range)
    panels[0].set_ylabel(curves.time_label)
    for i, axes in enumerate(panels):
        draw_edges(axes, curves.edges, top=i == 0)
    _legend(panels[0], curves)
    return figure
