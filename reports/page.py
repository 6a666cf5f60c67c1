"""The whole page: documents -> view models -> Jinja2 -> one file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

import jinja2
from markupsafe import Markup

from . import machine_facts, numbers, plots, tables
from .document import Benchmark, Document
from .figures import pool, svg

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Mode:
    """One table with its figures, one a machine."""

    name: str
    table: tables.Table
    figures: Sequence[Markup]


@dataclass(frozen=True)
class Section:
    """All that the page says about one benchmark."""

    benchmark: Benchmark
    anchor: str
    modes: Sequence[Mode]
    pattern: str


@dataclass(frozen=True)
class Family:
    name: str
    anchor: str
    sections: Sequence[Section]


class _Figures:
    """Collects what to draw, so that all of it is drawn at once, on every core."""

    def __init__(self) -> None:
        self.jobs: list[pool.Job] = []
        self.drawn: list[Markup] = []
        self.css = ""

    def add(self, data: pool.curves.Curves | None) -> int | None:
        if data is None:
            return None
        self.jobs.append(pool.Job(f"f{len(self.jobs)}-", data))
        return len(self.jobs) - 1

    def draw(self) -> None:
        markups, self.css = svg.share_classes(pool.draw_all(self.jobs))
        self.drawn = [Markup(markup) for markup in markups]


def _benchmarks(documents: Sequence[Document]) -> list[Benchmark]:
    found: dict[str, Benchmark] = {}
    for document in documents:
        for benchmark in document.benchmarks:
            found.setdefault(benchmark.id, benchmark)
    return list(found.values())


def _families(documents: Sequence[Document], figures: _Figures) -> list[Family]:
    planned = []
    for benchmark in _benchmarks(documents):
        scopes = tables.scopes(benchmark, documents)
        jobs = [
            [figures.add(plots.curves(scope, i, mode)) for i in range(len(documents))]
            for mode, scope in scopes
        ]
        planned.append((benchmark, scopes, jobs))
    figures.draw()
    by_family: dict[str, list[Section]] = {}
    for benchmark, scopes, jobs in planned:
        modes = [
            Mode(
                mode,
                tables.build(scope, mode),
                [figures.drawn[job] for job in row if job is not None],
            )
            for (mode, scope), row in zip(scopes, jobs)
        ]
        section = Section(benchmark, tables.anchor(benchmark.id), modes, f"{benchmark.id}/*")
        by_family.setdefault(benchmark.family, []).append(section)
    return [
        Family(name, "family:" + tables.anchor(name), sections)
        for name, sections in by_family.items()
    ]


def _hash(text: str) -> str:
    """A CSP source for an inline element with exactly this text."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _asset(name: str) -> str:
    return (_HERE / "assets" / name).read_text(encoding="utf-8")


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["size"] = numbers.size
    environment.filters["duration"] = numbers.duration
    environment.filters["count"] = numbers.count
    environment.filters["time"] = numbers.time
    return environment


def _title(documents: Sequence[Document]) -> str:
    names = list(dict.fromkeys(document.label for document in documents))
    return "What memory layout costs on " + " and ".join(names)


def render(documents: Sequence[Document]) -> str:
    """The page for one document or several, as text."""
    figures = _Figures()
    families = _families(documents, figures)
    css = _asset("report.css") + figures.css
    script = _asset("report.js")
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(css)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            title=_title(documents),
            policy=policy,
            css=Markup(css),
            script=Markup(script),
            documents=documents,
            families=families,
            facts=[machine_facts.facts(document) for document in documents],
        )
    )
