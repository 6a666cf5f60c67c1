"""What the gate writes for other programs, read back by a parser of each format.

The verdicts are made up by print_verdict.c. Markdown goes through GitHub's own parser (cmark-gfm),
JUnit through an XML parser, annotations through the grammar of GitHub's workflow commands.
"""

import os
import re
import shlex
import subprocess
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("LB_BUILD_DIR", ROOT / "build/release"))
VERDICTS = ("pass", "regression", "hostile", "many", "incomparable", "interrupted")
COMMENT_LIMIT = 65536  # characters that GitHub takes for a comment

# As print_verdict.c has it: the escape, the right-to-left mark and the odd byte cannot be shown.
HOSTILE = (
    "<b>&amp;\"']]>|\\|`*_x_*[a](b)::error::%0A,\n::warning::\t@x \ufffd[31m\ufffd\ufffd\u00e9"
)
HOSTILE_LINE = HOSTILE.replace("\n", " ").replace("\t", " ")


def printed(verdict, kind):
    done = subprocess.run(
        [BUILD / "tests/ci/print_verdict", verdict, kind], check=True, capture_output=True
    )
    return done.stdout.decode("utf-8")


# ---- JUnit ---------------------------------------------------------------------------------------


def junit(verdict):
    return ElementTree.fromstring(printed(verdict, "junit").encode("utf-8"))


@pytest.mark.parametrize("verdict", VERDICTS)
def test_junit_is_xml_whose_counts_are_those_of_its_test_cases(verdict):
    root = junit(verdict)
    assert root.tag == "testsuites"
    for counted in [root, *root.iter("testsuite")]:
        cases = list(counted.iter("testcase"))
        assert int(counted.get("tests")) == len(cases)
        for tag, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert int(counted.get(count)) == sum(case.find(tag) is not None for case in cases)
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(names) == len(set(names))


def test_junit_says_failure_for_worse_and_skipped_for_undecided():
    outcomes = {}
    for case in junit("regression").iter("testcase"):
        child = case.find("*")
        outcomes[case.get("name")] = (child.tag, child.get("type")) if child is not None else None
    boxed, lookup = "boxing/sum/boxed_fresh/ws=16KiB", "flat_index/lookup/std_map/hit/ws=64MiB"
    assert outcomes[f"{boxed} time pairs"] == ("failure", "worse")
    assert outcomes[f"{boxed} l1d_misses simulated"] is None
    assert outcomes[f"{lookup} time pairs"] == ("skipped", None)
    assert outcomes["boxing/assign/pool/ws=16KiB instructions simulated"] == ("system-out", None)
    assert outcomes["slices/parse/views/ws=16MiB case"] == ("error", "changed")
    assert outcomes["slices/parse/copies/ws=16MiB case"] is None
    assert outcomes["slices/parse/copies/ws=16MiB time pairs"] == ("skipped", None)


def test_junit_leaves_a_time_out_that_is_not_known():
    times = {c.get("name"): c.get("time") for c in junit("pass").iter("testcase")}
    assert times["boxing/sum/inline/ws=16KiB time pairs"] == "0.750"
    assert times["boxing/sum/inline/ws=16KiB instructions simulated"] is None


@pytest.mark.parametrize("verdict", ["incomparable", "interrupted"])
def test_junit_has_an_error_when_no_row_explains_the_verdict(verdict):
    (case,) = junit(verdict).iter("testcase")
    assert case.find("error").get("type") == verdict
    assert case.find("error").get("message") == f"no row: {verdict}"


def test_junit_keeps_hostile_names_as_text():
    case = next(junit("hostile").iter("testcase"))
    assert case.get("classname") == case.get("file") == HOSTILE
    assert case.get("name") == f"{HOSTILE} time pairs"
    assert case.find("failure").get("message").startswith(HOSTILE)


# ---- Markdown ------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The tags of a rendered page, and its tables as rows of cell texts."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.rows, self.text, self.open = set(), [], "", []
        self.feed(markup)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.open.append(tag)
        assert all(name == "align" for name, _ in attrs), attrs
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data


def rendered(verdict):
    done = subprocess.run(
        ["cmark-gfm", "--unsafe", "--extension", "table", "--extension", "autolink"],
        input=printed(verdict, "markdown").encode("utf-8"),
        check=True,
        capture_output=True,
    )
    return Page(done.stdout.decode("utf-8"))


OWN_TAGS = set("h3 p ul li code strong table thead tbody tr th td details summary".split())


@pytest.mark.parametrize("verdict", VERDICTS)
def test_markdown_renders_to_whole_tables_and_nothing_foreign(verdict):
    page = rendered(verdict)
    assert page.tags <= OWN_TAGS
    assert all(len(row) == 7 for row in page.rows)
    assert len(printed(verdict, "markdown")) < COMMENT_LIMIT
    if verdict == "pass":
        assert page.rows == [] and "details" not in page.tags


def test_markdown_shows_what_fails_and_folds_the_rest():
    page = rendered("regression")
    source = printed("regression", "markdown")
    boxed = "boxing/sum/boxed_fresh/ws=16KiB"
    time = ["slower", boxed, "time", "1.31 ns", "1.42 ns", "1.084 (1.073 to 1.095)"]
    assert [*time, "time and counts agree"] in page.rows
    misses = next(row for row in page.rows if row[2] == "l3_misses")
    assert misses[:6] == ["more", boxed, "l3_misses", "0 misses", "0.25 misses", "from 0"]
    unsure = next(row for row in page.rows if row[0] == "undecided")
    assert unsure[6] == "its counts are the same; could have seen a slowdown of 5.2 %"
    accepted = next(row for row in page.rows if "assign" in row[1])
    assert "accepted: the check is wanted" in accepted[6]
    unfolded, _, folded = source.partition("<details>")
    assert f"`{boxed}`" in unfolded and "undecided" not in unfolded.partition("\n")[2]
    assert "scripts/gate main --filter 'boxing/sum/boxed_fresh/ws=16KiB'" in page.text
    assert "padding/*" in page.text and "nothing needed it" in page.text
    assert folded.count("</details>") == source.count("<details>") == 3


def test_markdown_keeps_hostile_names_as_text():
    page = rendered("hostile")
    cells = [cell for row in page.rows for cell in row]
    assert cells.count(HOSTILE_LINE) >= 3
    assert f"differs: {HOSTILE_LINE} {HOSTILE_LINE}" in page.text


def test_a_line_for_a_shell_is_one_command_whatever_the_names():
    failure = next(junit("hostile").iter("failure"))
    assert shlex.split(failure.text) == ["scripts/gate", HOSTILE, "--filter", HOSTILE]
    failure = next(junit("regression").iter("failure"))
    case = "boxing/sum/boxed_fresh/ws=16KiB"
    assert failure.text == f"scripts/gate main --filter '{case}'"


def test_markdown_counts_what_it_leaves_out():
    page = rendered("many")
    assert page.text.count("185 more: see gate.json.") == 2


# ---- Annotations ---------------------------------------------------------------------------------

COMMAND = re.compile(
    r"::(?P<level>error|warning) "
    r"(?P<properties>(?:file|line|title)=[^:,\r\n]*(?:,(?:file|line|title)=[^:,\r\n]*)*)"
    r"::(?P<message>[^\r\n]*)"
)


def unescaped(text):
    assert re.fullmatch(r"(?:[^%]|%(?:25|0A|0D|09|3A|2C))*", text), text
    return unquote(text)


def annotations(verdict):
    made = []
    for line in printed(verdict, "annotations").split("\n")[:-1]:
        match = COMMAND.fullmatch(line)
        assert match, line
        properties = dict(part.split("=", 1) for part in match["properties"].split(","))
        properties = {name: unescaped(value) for name, value in properties.items()}
        made.append((match["level"], properties, unescaped(match["message"])))
    return made


@pytest.mark.parametrize("verdict", VERDICTS)
def test_annotations_are_commands_and_no_more_than_github_shows(verdict):
    levels = [level for level, _, _ in annotations(verdict)]
    assert levels.count("error") <= 10 and levels.count("warning") <= 10
    assert ("error" in levels) == (verdict != "pass")


def test_annotations_stand_at_the_benchmarks_line_with_a_line_a_row():
    found = {p["title"]: (level, p, m) for level, p, m in annotations("regression")}
    level, properties, message = found["layoutbench boxing/sum"]
    assert level == "error"
    assert (properties["file"], properties["line"]) == ("benchmarks/boxing/sum.c", "12")
    assert len(message.split("\n")) == 3
    assert message.startswith("boxing/sum/boxed_fresh/ws=16KiB: time slower, 1.31 ns to 1.42 ns")
    assert found["layoutbench flat_index/lookup"][0] == "warning"
    assert "layoutbench boxing/assign" not in found  # acknowledged


def test_annotations_keep_hostile_names_as_text():
    (_, properties, message), *_ = annotations("hostile")
    assert properties["file"] == HOSTILE
    assert properties["title"] == f"layoutbench {HOSTILE}"
    assert message.startswith(f"{HOSTILE}: time slower")


@pytest.mark.parametrize("verdict", ["incomparable", "interrupted"])
def test_annotations_have_an_error_when_no_row_explains_the_verdict(verdict):
    assert annotations(verdict) == [("error", {"title": "layoutbench"}, f"no row: {verdict}")]


def test_annotations_count_what_they_leave_out():
    *_, (_, properties, message) = annotations("many")
    assert message == "11 more benchmarks: see gate.json"
    assert annotations("many")[0][2].endswith("2 more rows: see gate.json")
