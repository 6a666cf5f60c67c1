"""What a real gate writes: gate.json by the schema, and the report takes it.

A program is compared with itself, by exact counts and by time; whether the verdicts are right is
not the question here, so no result depends on how fast the machine is.
"""

import json
import os
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jsonschema
import pytest

from reports import gate

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("LB_BUILD_DIR", ROOT / "build/release"))
SCHEMA = json.loads((ROOT / "results-schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator({"$defs": SCHEMA["$defs"], "$ref": "#/$defs/gate"})
VERDICTS = {0: "pass", 1: "regression", 3: "undecided", 5: "incomparable"}


@pytest.fixture(scope="module")
def gated(tmp_path_factory):
    """gated(OPTION...) -> the folder with gate.json, gate.md and gate.xml; the finished process."""

    def run(*options):
        folder = tmp_path_factory.mktemp("gate")
        program = BUILD / "layoutbench"
        done = subprocess.run(
            [BUILD / "layoutbench-gate", "--wait", "--quiet", "--annotations"]
            + ["--base-binary", program, "--head-binary", program]
            + ["--output", folder / "gate.json"]
            + ["--markdown", folder / "gate.md", "--junit", folder / "gate.xml", *options],
            cwd=ROOT,
            env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache")},
            capture_output=True,
            text=True,
        )
        return folder, done

    return run


def document_of(folder, done):
    """The document, which is valid, agrees with the exit status and is taken by the report."""
    raw = json.loads((folder / "gate.json").read_text(encoding="utf-8"))
    assert [(list(e.absolute_path), e.message) for e in VALIDATOR.iter_errors(raw)] == []
    assert raw["exit_status"] == done.returncode, done.stderr
    assert raw["verdict"] == VERDICTS[done.returncode]
    assert gate.section(gate.load(str(folder / "gate.json")), []).rows
    return raw


def test_exact_counts_of_a_program_against_itself_pass(gated):
    folder, done = gated("--no-time", "--filter", "boxing/sum/inline")
    raw = document_of(folder, done)
    assert raw["verdict"] == "pass"
    assert {row["metric"] for row in raw["rows"]} == {"instructions", "l1d_misses", "l3_misses"}
    assert all(row["verdict"] == "same" and row["pairs"] == [] for row in raw["rows"])
    assert all((ROOT / row["source_file"]).exists() for row in raw["rows"])
    root = ElementTree.parse(folder / "gate.xml").getroot()
    assert int(root.get("tests")) == len(raw["rows"])
    assert (folder / "gate.md").read_text(encoding="utf-8").startswith("### layoutbench: pass")


def test_pairs_are_in_the_document_as_they_were_measured(gated):
    folder, done = gated("--no-counts", "--filter", "boxing/sum/inline/ws=256KiB")
    (row,) = [r for r in document_of(folder, done)["rows"] if r["source"] == "pairs"]
    assert row["unit"] == "ns" and len(row["pairs"]) >= 8
    assert all(pair["base_ns_per_op"] > 0 for pair in row["pairs"])
    assert len({pair["head_first"] for pair in row["pairs"]}) == 2
    assert row["ratio"]["low"] <= row["ratio"]["median"] <= row["ratio"]["high"]
