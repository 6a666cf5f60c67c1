"""The command as a person or make runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from . import fixtures

ROOT = Path(__file__).resolve().parents[2]


def reports(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reports", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def results(tmp_path: Path) -> Path:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(fixtures.document(specs=fixtures.SPECS[:1])), encoding="utf-8")
    return path


def test_help_says_what_it_does() -> None:
    done = reports("--help")
    assert done.returncode == 0
    assert "--output" in done.stdout and "Exit status" in done.stdout


def test_a_page_is_written_and_its_path_printed(results: Path, tmp_path: Path) -> None:
    page = tmp_path / "new" / "report.html"
    done = reports(str(results), "--output", str(page))
    assert (done.returncode, done.stderr, done.stdout) == (0, "", f"{page}\n")
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert list(page.parent.iterdir()) == [page]


def test_the_same_document_gives_the_same_page(results: Path, tmp_path: Path) -> None:
    pages = [tmp_path / "a.html", tmp_path / "b.html"]
    for page in pages:
        reports(str(results), "--output", str(page))
    assert pages[0].read_bytes() == pages[1].read_bytes()


def test_bad_input_is_one_line_and_exit_2_and_the_old_page_stays(
    results: Path, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    page.write_text("old", encoding="utf-8")
    bad = tmp_path / "bad.json"
    bad.write_bytes(results.read_bytes()[:5000])
    done = reports(str(results), str(bad), "--output", str(page))
    assert done.returncode == 2
    assert done.stderr.startswith(f"reports: {bad}: line 1 column ")
    assert done.stderr.count("\n") == 1 and done.stdout == ""
    assert page.read_text(encoding="utf-8") == "old"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = reports(str(tmp_path / "none.json"), "--output", str(tmp_path / "r.html"))
    assert done.returncode == 2
    assert done.stderr == f"reports: {tmp_path}/none.json: No such file or directory\n"


def test_a_page_that_cannot_be_written_is_exit_3(results: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = reports(str(results), "--output", str(tmp_path / "file" / "r.html"))
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1


def test_no_argument_is_a_usage_error() -> None:
    assert reports().returncode == 2
