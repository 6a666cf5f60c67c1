"""The whole page: documents -> view models -> Jinja2 -> one file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any, Sequence

import jinja2
from markupsafe import Markup

from . import answers, compare, downloads, gate, leading, method, numbers, sections, verdicts
from .document import Document, Json
from .figures import svg

_HERE = Path(__file__).resolve().parent


def _hash(text: str) -> str:
    """A CSP source for an inline element with exactly this text."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _asset(name: str) -> str:
    return (_HERE / "assets" / name).read_text(encoding="utf-8")


def _breakable(name: str) -> Markup:
    """A case's id that may go on in the next line after each of its parts."""
    return Markup("/<wbr>").join(name.split("/"))


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = _breakable
    environment.filters["size"] = numbers.size
    environment.filters["duration"] = numbers.duration
    environment.filters["count"] = numbers.count
    environment.filters["time"] = numbers.time
    return environment


def _title(documents: Sequence[Document]) -> str:
    names = list(dict.fromkeys(document.label for document in documents))
    return "What memory layout costs on " + " and ".join(names)


def _panels(documents: Sequence[Document]) -> dict[str, Any]:
    """What needs no figure: by the name that the template knows it by."""
    claims = verdicts.claims(documents)
    return {
        "beliefs": [verdicts.belief(d) for d in documents],
        "claims": claims,
        "tallies": verdicts.tallies(claims),
        "not_counted": [(d.label, answers.not_counted(d)) for d in documents],
        "changes": compare.changes(documents),
        "environment_differences": compare.environment_differences(documents),
        "method": [row for d in documents for row in method.rows(d)],
        "simulations": [method.simulation(d) for d in documents],
        "downloads": downloads.downloads(documents),
    }


def _bounds(families: Sequence[sections.Family]) -> dict[str, Any]:
    """What made ratios lead, or kept them from it: the page says so beside the answers."""
    unnamed = [f.name for f in families if any(a.lead and not a.named for a in f.answers)]
    return {
        "ratio": leading.MOST_RATIO,
        "ns": leading.LEAST_NS_PER_OP,
        "named": any(a.named for family in families for a in family.answers),
        "unnamed": unnamed,
        "set_aside": sum(a.tally.set_aside for family in families for a in family.answers),
    }


def render(documents: Sequence[Document], verdict: Json | None = None) -> str:
    """The page for one document or several, with a gate's verdict where there is one, as text."""
    documents = compare.labelled(documents)
    build = sections.Build(documents)
    panels = _panels(documents)  # while the figures are drawn
    made = build.finish()
    sheets = [_asset("report.css"), svg.mark_sheet(), made.css]
    css = "\n".join(sheets + ([_asset("gate.css")] if verdict else []))
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
            families=made.families,
            bounds=_bounds(made.families),
            machines=made.machines,
            closures=made.closures,
            marks=Markup(svg.mark_definitions()),
            gate=gate.section(verdict, documents) if verdict else None,
            **panels,
        )
    )
