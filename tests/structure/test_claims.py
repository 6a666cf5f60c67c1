"""Holds benchmarks/claims.json to its schema, to the article's list, and to the cases there are."""

import json
import os
import subprocess
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("LB_BUILD_DIR", ROOT / "build/release"))
SCHEMA = json.loads((ROOT / "benchmarks/claims-schema.json").read_text())
CLAIMS = json.loads((ROOT / "benchmarks/claims.json").read_text())
NUMBERS = range(1, 25)  # C1 to C24 of the article

validator = jsonschema.Draft202012Validator(SCHEMA)


def cells(claims):
    """Yields (claim id, case id) of every cell."""
    for claim in claims["claims"]:
        for witness in ("time", "counts"):
            for role in ("of", "to"):
                cell = claim.get(witness, {}).get(role)
                if cell:
                    yield claim["id"], cell


@pytest.fixture(scope="module")
def cases():
    listed = subprocess.run(
        [BUILD / "layoutbench", "list", "--format", "json"],
        check=True,
        capture_output=True,
        text=True,
    )
    return {case["id"] for case in json.loads(listed.stdout)}


def lost(claims, cases):
    """Cells that no case has although their benchmark exists: misspelt, or renamed since."""
    benchmarks = {"/".join(case.split("/")[:2]) for case in cases}
    return [
        (claim, cell)
        for claim, cell in cells(claims)
        if cell not in cases and "/".join(cell.split("/")[:2]) in benchmarks
    ]


def test_the_claims_are_as_their_schema_says():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator.validate(CLAIMS)


def changed(**fields):
    return {"schema_version": 1, "claims": [CLAIMS["claims"][0] | fields]}


@pytest.mark.parametrize(
    "bad",
    [
        changed(id="X1"),
        changed(method="and two witnesses"),
        changed(one_witness="and yet two"),
        changed(counts=None),
        changed(time=CLAIMS["claims"][0]["time"] | {"formula": "mean"}),
        changed(time=CLAIMS["claims"][0]["time"] | {"formula": "value"}),
        changed(time=CLAIMS["claims"][0]["time"] | {"formula": "difference"}),
        changed(time=CLAIMS["claims"][0]["time"] | {"expected": 3}),
        changed(time=CLAIMS["claims"][0]["time"] | {"of": "boxing/*"}),
    ],
)
def test_the_schema_refuses(bad):
    assert not validator.is_valid(bad)


def test_every_claim_of_the_article_is_there_once():
    ids = [claim["id"] for claim in CLAIMS["claims"]]
    assert len(ids) == len(set(ids))
    assert {int(name.strip("Cabcdefgh")) for name in ids} == set(NUMBERS)


def apart(claims):
    """Times of a benchmark or point that the other time was not measured in turn with."""
    for claim in claims["claims"]:
        time = claim.get("time", {})
        if time.get("formula") == "ratio" and time["quantity"].startswith("time."):
            of, to = time["of"].split("/"), time["to"].split("/")
            if of[:2] != to[:2] or of[-1] != to[-1]:
                yield claim["id"]


def test_no_time_is_compared_across_points():
    time = {"formula": "ratio", "quantity": "time.cpu_ns_per_op", "of": "a/b/c/n=1"}
    for to, bad in [("a/b/d/n=1", []), ("a/b/c/n=2", ["C1"]), ("a/e/c/n=1", ["C1"])]:
        assert list(apart({"claims": [{"id": "C1", "time": time | {"to": to}}]})) == bad
    assert list(apart(CLAIMS)) == []


def test_what_scatter_costs_is_asked_of_a_reader_in_order():
    """At random the arena of density/scatter is a scatter, too: there is only `none` to ask for."""
    scatter = [c for c in CLAIMS["claims"] if "density/scatter/" in json.dumps(c)]
    assert {c["id"]: "/random/" in json.dumps(c) for c in scatter} == {
        c["id"]: c["time"]["direction"] == "none" for c in scatter
    }


def test_a_misspelt_cell_is_seen():
    claims = {"claims": [{"id": "C1", "time": {"of": "a/b/typo/ws=1KiB"}}]}
    assert lost(claims, {"a/b/right/ws=1KiB"}) == [("C1", "a/b/typo/ws=1KiB")]
    assert lost(claims, {"a/other/right/ws=1KiB"}) == []


def test_every_cell_of_a_benchmark_that_exists_is_a_case(cases):
    assert lost(CLAIMS, cases) == []
