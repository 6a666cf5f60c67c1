"""Draws figures on every core: matplotlib is where a report's time goes."""

from __future__ import annotations

import io
import multiprocessing
import os
import warnings
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any, Callable, Sequence

from . import chase, curves, scatter, struct, style, svg, topology

# Starting a process and importing matplotlib again costs more than drawing a few figures.
_WORTH_A_PROCESS = 6


Data = curves.Curves | chase.Chase | scatter.Scatter | struct.Struct | topology.Topology
_DRAW: dict[type, Callable[[Any], Any]] = {
    curves.Curves: curves.draw,
    chase.Chase: chase.draw,
    scatter.Scatter: scatter.draw,
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
    # The browser draws the text: whether matplotlib's own font has a glyph does not matter.
    warnings.filterwarnings("ignore", message="Glyph .* missing from current font")
    with matplotlib.rc_context(style.RC):
        figure = _DRAW[type(job.data)](job.data)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return svg.clean(out.getvalue(), job.prefix, job.data.title, type(job.data).__name__.lower())


class Drawing:
    """Figures being drawn, in processes of their own while the page's tables are made."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs = jobs
        self.pool: ProcessPoolExecutor | None = None
        processes = min(2, os.cpu_count() or 1)
        if len(jobs) >= _WORTH_A_PROCESS and processes > 1:
            import matplotlib.figure  # noqa: F401  before the fork, so that each process has it

            self.pool = ProcessPoolExecutor(processes, multiprocessing.get_context("fork"))
            self.pending = self.pool.map(draw, jobs, chunksize=2)

    def figures(self) -> list[svg.Figure]:
        """Waits; the figures in the order of the jobs. If a process was killed, draws them here."""
        if self.pool is not None:
            with self.pool:
                try:
                    return list(self.pending)
                except BrokenExecutor:
                    pass
        return [draw(job) for job in self.jobs]
