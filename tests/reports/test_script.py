"""What the page's script adds: sorting, filtering, their state in the URL, samples, downloads."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any, Callable

import pytest

from reports.downloads import without_samples

from . import fixtures
from .browser import Browser

SUM = "[id='boxing/sum:table']"
COLUMN = """
return [...document.querySelectorAll(arguments[0] + " tbody tr")]
    .filter(tr => tr.offsetParent).map(tr => tr.cells[arguments[1]].textContent.trim());
"""
CLICK = """
document.querySelectorAll(arguments[0] + " thead th button")[arguments[1]].click();
"""
SET = """
const field = document.getElementById("tools").elements[arguments[0]];
if (field.type === "checkbox") field.checked = arguments[1]; else field.value = arguments[1];
field.dispatchEvent(new Event("input", {bubbles: true}));
"""


@pytest.fixture
def page(browser: Browser, render: Callable[..., Path]) -> Path:
    path = render("few", fixtures.few())
    browser.open(path)
    return path


def column(browser: Browser, index: int) -> list[str]:
    return list(browser.run(COLUMN, SUM, index))


def query(browser: Browser) -> str:
    return str(browser.run("return location.search"))


def test_a_heading_sorts_up_down_and_back(browser: Browser, page: Path) -> None:
    before = column(browser, 2)
    browser.run(CLICK, SUM, 2)
    up = [float(text) for text in column(browser, 2)]
    browser.run(CLICK, SUM, 2)
    down = [float(text) for text in column(browser, 2)]
    state = browser.run(f'return document.querySelector("{SUM} [aria-sort]").ariaSort')
    browser.run(CLICK, SUM, 2)
    assert up == sorted(up) and down == up[::-1] and state == "descending"
    assert column(browser, 2) == before and before != [f"{n:g}" for n in up]


def test_layouts_sort_by_their_names_and_stay_in_order_of_size(
    browser: Browser, render: Callable[..., Path]
) -> None:
    browser.open(render("every_status", fixtures.every_status()))
    before = list(zip(column(browser, 0), column(browser, 1)))
    browser.run(CLICK, SUM, 0)
    after = list(zip(column(browser, 0), column(browser, 1)))
    assert any("drifting" in layout for layout, _ in before)  # a note is no part of the name
    assert after == sorted(before, key=lambda row: row[0].split()[0]) != before


def test_sizes_sort_as_sizes_and_dashes_come_last(browser: Browser, page: Path) -> None:
    browser.run(CLICK, SUM, 1)
    assert column(browser, 1)[0].startswith("16 KiB") and column(browser, 1)[-1][:6] == "64 MiB"
    index = browser.run(
        f'return [...document.querySelectorAll("{SUM} thead tr:last-child th")]'
        ".findIndex(th => th.dataset.k === 'l1d_misses.simulated') + 2"
    )
    for _ in range(2):
        # A heading's button stands at the heading's place; the order of buttons is their DOM order.
        browser.run(
            f"document.querySelector(\"{SUM} th[data-k='l1d_misses.simulated'] button\").click()"
        )
        assert column(browser, index)[-1].startswith("\u2014")
        assert not column(browser, index)[0].startswith("\u2014")


def test_a_family_can_be_looked_at_alone(browser: Browser, page: Path) -> None:
    browser.run(SET, "family", "density")
    shown = browser.run(
        "return [...document.querySelectorAll('.family')].filter(s => s.offsetParent)"
        ".map(s => s.dataset.family)"
    )
    assert shown == ["density"] and query(browser) == "?family=density"


def test_only_what_differs_leaves_out_what_does_not(browser: Browser, page: Path) -> None:
    everything = len(column(browser, 0))
    browser.run(SET, "differs", True)
    assert 0 < len(column(browser, 0)) <= everything
    assert not browser.run("return document.querySelector(\"[id='density/stride']\").offsetParent")
    assert query(browser) == "?differs=1"


def test_the_url_brings_the_state_back(browser: Browser, page: Path) -> None:
    browser.open(page, "?family=boxing&find=shuffled&sort:boxing/sum=2.down#boxing/sum")
    times = [float(text) for text in column(browser, 2)]
    assert len(times) == 5 and times == sorted(times, reverse=True)
    assert browser.run("return document.getElementById('tools').elements.find.value") == "shuffled"
    assert browser.console == []


def test_a_query_that_nobody_wrote_does_no_harm(browser: Browser, page: Path) -> None:
    browser.open(page, "?sort:boxing/sum=99.sideways&family=%3Cscript%3E&find=%00#%ZZ")
    assert browser.console == []


FOLLOW = "document.querySelector('nav a[href=\"#density/stride\"]').click();"
TARGET = """
const at = document.getElementById("density/stride"), form = document.getElementById("tools");
return [at.offsetParent !== null && Math.abs(at.getBoundingClientRect().top) < innerHeight,
        form.elements.family.value, form.elements.find.value, form.elements.differs.checked];
"""
HIDING = [("family", "boxing"), ("find", "shuffled"), ("differs", True)]


@pytest.mark.parametrize("field, value", HIDING)
def test_a_link_to_what_a_filter_hides_clears_the_filter_and_goes_there(
    field: str, value: str | bool, browser: Browser, page: Path
) -> None:
    for _ in range(2):  # followed again, the link changes no hash
        browser.run(SET, field, value)
        assert not browser.run("return document.getElementById('density/stride').offsetParent")
        browser.run(FOLLOW)
        browser.run("return new Promise(done => setTimeout(done, 50))")
        assert browser.run(TARGET) == [True, "", "", False]
        assert query(browser) == ""


def test_a_link_to_what_is_shown_leaves_the_filter_alone(browser: Browser, page: Path) -> None:
    browser.run(SET, "family", "density")
    browser.run(FOLLOW)
    browser.run("return new Promise(done => setTimeout(done, 50))")
    assert browser.run(TARGET) == [True, "density", "", False]


def test_a_page_opened_at_what_its_filter_hides_shows_it(browser: Browser, page: Path) -> None:
    browser.open(page, "?family=boxing&find=shuffled#density/stride")
    assert browser.run(TARGET) == [True, "", "", False]


def test_the_samples_of_a_case_are_drawn_on_request(browser: Browser, page: Path) -> None:
    browser.run("document.getElementById('samples').open = true")
    browser.driver.implicitly_wait(2)
    button = browser.driver.find_element("css selector", "table.samples button")
    browser.run("arguments[0].click()", button)
    label = browser.run("return document.querySelector('.histogram').ariaLabel")
    assert label.startswith("Distribution of the samples from 0.2")
    row = browser.run("return document.querySelector('table.samples tbody a').hash.slice(1)")
    assert browser.run("return document.getElementById(arguments[0])", row)
    browser.run("arguments[0].click()", button)
    assert browser.run("return document.querySelector('.histogram')") is None


def test_a_dash_names_its_reason_when_pointed_at(browser: Browser, page: Path) -> None:
    titles = browser.run(
        "return [...document.querySelectorAll('table.cases td > sup')]"
        ".map(s => s.parentElement.title)"
    )
    assert titles and all(titles)


def content(browser: Browser, name: str) -> bytes:
    url = browser.run(f"return document.querySelector('a[data-name=\"{name}\"]').href")
    head, _, data = url.partition(",")
    assert head == "data:application/gzip;base64"
    return gzip.decompress(base64.b64decode(data))


def test_the_embedded_document_is_the_document_without_raw_samples(
    browser: Browser, page: Path
) -> None:
    assert json.loads(content(browser, "results.json")) == without_samples(fixtures.few())


def test_the_csv_has_each_number_exactly(browser: Browser, page: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(content(browser, "results.csv").decode("utf-8"))))
    cases: list[dict[str, Any]] = fixtures.few()["cases"]
    assert [row["id"] for row in rows] == [case["id"] for case in cases]
    for row, case in zip(rows, cases):
        assert float(row["cpu_ns_per_op.median"]) == case["time"]["cpu_ns_per_op"]["median"]
        simulated = case["simulated"]["l1d_misses"]["value_per_op"]
        assert row["simulated.l1d_misses"] == ("" if simulated is None else repr(simulated))
