"""The page as a whole: self-contained, quiet, and only text where a document has only text."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest

from . import fixtures
from .browser import Browser


@pytest.mark.parametrize("name", fixtures.ONE_DOCUMENT)
def test_it_opens_from_a_file_without_a_request_or_a_complaint(
    name: str, browser: Browser, render: Callable[..., Path]
) -> None:
    page = render(name, fixtures.ONE_DOCUMENT[name]())
    browser.open(page)
    assert browser.console == []
    assert browser.requests == [page.as_uri()]


def test_the_policy_allows_nothing_but_its_own_script_and_style(
    browser: Browser, render: Callable[..., Path]
) -> None:
    browser.open(render("vm_without_pmu", fixtures.vm_without_pmu()))
    policy = browser.run(
        "return document.querySelector('meta[http-equiv=Content-Security-Policy]').content"
    )
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy and "http" not in policy
    assert browser.run("return document.querySelectorAll('[style]').length") == 0


def test_ids_are_unique_on_a_page(browser: Browser, render: Callable[..., Path]) -> None:
    browser.open(render("vm_without_pmu", fixtures.vm_without_pmu()))
    ids = browser.run("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids)) > 100


def test_every_link_leads_somewhere(browser: Browser, render: Callable[..., Path]) -> None:
    for name in ("vm_without_pmu", "hostile_names"):
        browser.open(render(name, fixtures.ONE_DOCUMENT[name]()))
        dead = browser.run(
            "return [...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.hash.slice(1))"
            ".filter(id => !document.getElementById(id))"
        )
        assert dead == []


def test_names_from_a_document_are_text_and_never_markup(
    browser: Browser, render: Callable[..., Path]
) -> None:
    browser.open(render("hostile_names", fixtures.hostile_names()))
    assert browser.run("return document.querySelectorAll('script').length") == 1
    assert browser.run("return document.querySelectorAll('style').length") == 1
    assert browser.run("return document.querySelectorAll('img, b > b').length") == 0
    assert fixtures.HOSTILE in browser.run("return document.body.textContent")
    assert browser.run("return document.title").endswith(fixtures.HOSTILE.strip())


def test_figures_have_lines_at_this_machines_cache_sizes(
    browser: Browser, render: Callable[..., Path]
) -> None:
    browser.open(render("vm_without_pmu", fixtures.vm_without_pmu()))
    labels = browser.run(
        "return [...document.querySelector('svg.curves').querySelectorAll('text')]"
        ".map(t => t.textContent)"
    )
    assert {"L1 48 KiB", "L2 1 MiB", "L3 32 MiB", "L3 measured 4 MiB"} <= set(labels)


def test_each_family_has_each_of_its_benchmarks_at_a_glance(
    browser: Browser, render: Callable[..., Path]
) -> None:
    browser.open(render("vm_without_pmu", fixtures.vm_without_pmu()))
    rows = browser.run(
        "return [...document.querySelectorAll('.family')].map(f => [f.dataset.family, "
        "[...f.querySelectorAll('table.glance tbody th')].map(th => th.textContent)])"
    )
    assert dict(rows)["boxing"] == ["sum", "assign"]
    assert sum(len(names) for _, names in rows) == len(fixtures.SPECS)


def test_whose_choice_a_comparison_is_is_said_of_each_family(
    browser: Browser, render: Callable[..., Path]
) -> None:
    browser.open(render("vm_without_pmu", fixtures.vm_without_pmu()))
    both = browser.run("return document.getElementById('answer').textContent")
    browser.open(render("few", fixtures.few()))  # density compares nothing in it
    few = browser.run("return document.getElementById('answer').textContent")
    browser.open(render("named_alone", fixtures.document(specs=fixtures.SPECS[:1])))
    named = browser.run("return document.getElementById('answer').textContent")
    browser.open(render("unnamed_alone", fixtures.document(specs=fixtures.SPECS[2:3])))
    unnamed = browser.run("return document.getElementById('answer').textContent")
    assert "(in padding, density, flat_index, slices none is named" in both
    assert "(in slices none is named" in few
    assert "its author\u2019s choice" in named and "none is named" not in named
    assert "its author\u2019s choice" not in unnamed


def test_which_samples_were_dropped_is_said_as_the_harness_does_it(
    browser: Browser, render: Callable[..., Path]
) -> None:
    browser.open(render("few", fixtures.few()))
    text = browser.run("return document.getElementById('method').textContent")
    assert "from 20 ms of CPU time on, with more than one switch every 2 ms" in text
    assert "except of benchmarks that block by design" in text


@pytest.mark.parametrize("name", ["two_machines", "two_runs"])
def test_environments_that_differ_are_named_once(
    name: str, browser: Browser, render: Callable[..., Path]
) -> None:
    first, second = getattr(fixtures, name)()
    second["machine"]["fingerprints"]["environment_fields"]["compiler"] = "clang 14.0.6"
    browser.open(render(f"{name}_environments", first, second))
    text = browser.run("return document.getElementById('main').textContent")
    assert text.count("The environments differ in compiler: gcc 12.2.0 / clang 14.0.6.") == 1


def test_two_machines_that_are_alike_are_not_called_one(
    browser: Browser, render: Callable[..., Path]
) -> None:
    first, second = fixtures.two_runs()
    first["machine"]["name"], second["machine"]["name"] = "node-a", "node-b"
    browser.open(render("alike", first, second))
    alike = browser.run("return document.getElementById('change').textContent")
    browser.open(render("two_runs", *fixtures.two_runs()))
    one = browser.run("return document.getElementById('change').textContent")
    assert "They name two machines, node-a and node-b, which are alike" in alike
    assert "two machines" not in one


def test_a_ratio_that_its_medians_contradict_says_so_in_its_row(
    browser: Browser, render: Callable[..., Path]
) -> None:
    made = fixtures.document(specs=fixtures.SPECS[:1])
    case = next(c for c in made["cases"] if c["id"] == "boxing/sum/boxed_shuffled/ws=16MiB")
    reference = next(c for c in made["cases"] if c["id"] == case["ratio"]["to"])
    case["ratio"].update(median=1.2, low=0.8, high=5.0)
    case["time"]["cpu_ns_per_op"]["median"] = 2.5 * reference["time"]["cpu_ns_per_op"]["median"]
    browser.open(render("medians_apart", made))
    notes = browser.run(
        "return [...document.querySelectorAll('table.cases tbody tr')].map(tr => "
        "[tr.id, tr.querySelector('.notes')?.textContent ?? ''])"
    )
    assert {row for row, text in notes if "medians" in text} == {case["id"]}
    assert dict(notes)[case["id"]] == "medians 2.50\u00d7"
    assert "which the ratio contradicts" in browser.run("return document.body.textContent")


NOTES_IN_SIGHT = """
return [...document.querySelectorAll("table.cases .notes")].filter(n => n.textContent.trim())
    .map(n => {
        const frame = n.closest(".scroll"), seen = frame.getBoundingClientRect();
        const text = document.createRange();
        text.selectNodeContents(n);
        const at = text.getBoundingClientRect();
        return {wide: frame.scrollWidth > frame.clientWidth, lines: text.getClientRects().length,
                seen: at.width > 0 && at.left >= seen.left && at.right <= Math.min(
                    seen.right, n.closest("th, td").getBoundingClientRect().right)};
    });
"""


@pytest.mark.parametrize(
    "width, medium", [(1500, "screen"), (1100, "screen"), (390, "screen"), (794, "print")]
)
def test_a_note_is_seen_without_scrolling_sideways(
    width: int, medium: str, browser: Browser, render: Callable[..., Path]
) -> None:
    browser.resize(width, 1000)
    browser.show_as(medium)
    browser.open(render("every_status", fixtures.every_status()))
    notes = browser.run(NOTES_IN_SIGHT)
    browser.show_as("screen")
    browser.resize(1400, 1000)
    assert any(note["wide"] for note in notes)
    assert all(note["seen"] for note in notes)
    assert max(note["lines"] for note in notes) <= 4  # one row has six of them


SHOTS = Path(__file__).resolve().parents[2] / "build" / "report-screenshots"


@pytest.mark.parametrize(
    "name, width, scheme",
    [("wide", 1500, "light"), ("dark", 1500, "dark"), ("phone", 390, "light")],
)
def test_it_can_be_looked_at(
    name: str, width: int, scheme: str, browser: Browser, render: Callable[..., Path]
) -> None:
    """Keeps a picture for people; what a test can see is that the background follows the wish."""
    browser.prefer(scheme)
    browser.resize(width, 2000)
    browser.open(render("every_status", fixtures.every_status()))
    background = browser.run("return getComputedStyle(document.body).backgroundColor")
    SHOTS.mkdir(parents=True, exist_ok=True)
    browser.driver.save_screenshot(str(SHOTS / f"{name}.png"))
    browser.resize(1400, 1000)
    browser.prefer("light")
    assert background == ("rgb(20, 23, 27)" if scheme == "dark" else "rgb(255, 255, 255)")
