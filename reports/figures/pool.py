"""Draws figures on every core: matplotlib is where a report's time goes."""

from __future__ import annotations

import io
import multiprocessing
import os
import warnings
from dataclasses import dataclass
from typing import Any, Callable, Sequence

from . import chase, curves, struct, style, svg, topology

# Starting a process and importing matplotlib again costs more than drawing a few figures.
_WORTH_A_PROCESS = 6


Data = curves.Curves | chase.Chase | struct.Struct | topology.Topology
_DRAW: dict[type, Callable[[Any, Any], None]] = {
    curves.Curves: curves.draw,
    chase.Chase: chase.draw,
    struct.Struct: struct.draw,
    topology.Topology: topology.draw,
}


@dataclass(frozen=True)
class Job:
    """One figure to draw. `prefix` makes its ids its own."""

    prefix: str
    data: Data


def draw(job: Job) -> svg.Figure:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib.figure import Figure

    # The browser draws the text: whether matplotlib's own font has a glyph does not matter.
    warnings.filterwarnings("ignore", message="Glyph .* missing from current font")
    with matplotlib.rc_context(style.RC):
        figure = Figure()
        _DRAW[type(job.data)](figure, job.data)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return svg.clean(out.getvalue(), job.prefix, job.data.title, type(job.data).__name__.lower())


def draw_all(jobs: Sequence[Job]) -> list[svg.Figure]:
    """The figures in the order of the jobs."""
    processes = min(2, os.cpu_count() or 1)
    if len(jobs) < _WORTH_A_PROCESS or processes < 2:
        return [draw(job) for job in jobs]
    import matplotlib.figure  # noqa: F401  before the fork, so that each process has it

    with multiprocessing.get_context("fork").Pool(processes) as pool:
        return pool.map(draw, jobs, chunksize=2)
