"""WCAG 2.1 AA by axe-core, in light and in dark, with everything unfolded.

axe-core is the tests' only npm package: scripts/setup --test fetches it, or leaves behind why not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import pytest

from . import fixtures
from .browser import Browser

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RUN = """
const done = arguments[arguments.length - 1];
axe.run(arguments[0], {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
   .then(found => done(found.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 200))])));
"""


def violations(browser: Browser, part: str = "html") -> Any:
    """What axe finds in the part of the page that this selector names."""
    browser.run("for (const d of document.querySelectorAll('details')) d.open = true")
    browser.run(AXE.read_text(encoding="utf-8"))
    browser.driver.set_script_timeout(200)
    return browser.driver.execute_async_script(RUN, part)


WHY_NOT = Path(__file__).resolve().parents[2] / "build" / "axe-core-unavailable"
needs_axe = pytest.mark.skipif(
    not AXE.exists(),
    reason=(
        "this machine cannot reach the npm registry, so scripts/setup --test got no axe-core"
        if WHY_NOT.exists()
        else "axe-core is not installed: run scripts/setup --test"
    ),
)


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, browser: Browser, render: Callable[..., Path]) -> None:
    browser.prefer(scheme)
    browser.open(render("few", fixtures.few()))
    found = violations(browser)
    browser.prefer("light")
    assert found == []


@needs_axe
def test_axe_would_find_something(browser: Browser, render: Callable[..., Path]) -> None:
    browser.open(render("few", fixtures.few()))
    browser.run(
        "document.querySelector('input[type=search]').parentElement.replaceWith("
        "document.createElement('input'))"
    )
    assert [name for name, _ in violations(browser, "form")] == ["label"]


def test_each_figure_has_a_name_and_its_table(
    browser: Browser, render: Callable[..., Path]
) -> None:
    browser.open(render("few", fixtures.few()))
    assert browser.run(
        "return [...document.querySelectorAll('svg.figure')].every("
        "f => f.getAttribute('role') === 'img' && f.getAttribute('aria-label'))"
    )
    assert browser.run(
        "return [...document.querySelectorAll('svg.curves')].every("
        "f => f.closest('.mode').querySelector('table.cases'))"
    )


def test_no_judgement_is_told_by_colour_alone(
    browser: Browser, render: Callable[..., Path]
) -> None:
    browser.open(render("vm_without_pmu", fixtures.vm_without_pmu()))
    texts = browser.run(
        "return [...document.querySelectorAll('td.verdict')].map(td => td.textContent.trim())"
    )
    assert texts and all(any(c.isalpha() for c in text) for text in texts)


@pytest.mark.parametrize("width", [360, 1400])
def test_the_page_never_scrolls_sideways(
    width: int, browser: Browser, render: Callable[..., Path]
) -> None:
    browser.resize(width, 800)
    browser.open(render("few", fixtures.few()))
    reach = browser.run("return document.documentElement.scrollWidth")
    browser.resize(1400, 1000)
    assert reach <= width
