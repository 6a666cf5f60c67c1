"""Counters on a real PMU: that of an emulated Arm machine (issue 3, section 6). `make test-pmu`.

Not collected by `make test`: it boots a machine five times. Where the packages it needs cannot be
had it skips itself, and says which.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import guest as emulated  # noqa: E402  (tests are no package)

HARDWARE = [
    "cycles",
    "instructions",
    "branch_misses",
    "l1d_loads",
    "l1d_misses",
    "l2_misses",
    "l3_misses",
    "dtlb_misses",
]
SOFTWARE = ["page_faults", "context_switches", "migrations", "task_clock"]


@pytest.fixture(scope="session")
def guest():
    try:
        return emulated.Guest()
    except emulated.Missing as missing:
        banner = f"test-pmu: NOTHING WAS TESTED: {missing}"
        print(f"\n{'=' * 80}\n{banner}\n{'=' * 80}", file=sys.stderr)
        if os.environ.get("LAYOUTBENCH_REQUIRE_PMU"):
            pytest.fail(banner)
        pytest.skip(banner)


@pytest.fixture(scope="session")
def n1(guest):
    return guest.boot("neoverse-n1", "counters", "encode", "multiplex")


@pytest.fixture(scope="session")
def document(guest):
    """A results document of a run inside, on a clock that is slow enough for the emulation."""
    steps = guest.boot("neoverse-n1", "run", "document", ns_per_instruction_log2=5)
    assert steps["run"].status == 0, steps["run"].output
    return json.loads(steps["document"].output)


@pytest.fixture(scope="session")
def many_events(guest):
    """A run inside that asks for many events by their names, and a case with a profiler on it."""
    steps = "passes", "events", "events_document", "multiplexed-case"
    return guest.boot("neoverse-n1", *steps, ns_per_instruction_log2=5)


@pytest.fixture(scope="session")
def events(many_events):
    """Its document."""
    assert many_events["events"].status == 0, many_events["events"].output
    return json.loads(many_events["events_document"].output)


def counters_of(steps):
    assert steps["counters"].status == 0, steps["counters"].output
    return {counter["name"]: counter for counter in json.loads(steps["counters"].output)}


def test_cycles_and_instructions_are_counted_through_libpfm4s_own_pmu(n1):
    counters = counters_of(n1)
    for name, event in {"cycles": "CPU_CYCLES", "instructions": "INST_RETIRED"}.items():
        assert counters[name]["status"] == "counted", counters[name]["reason"]
        assert counters[name]["source"] == "hardware"
        assert counters[name]["event"] == f"arm_n1::{event}"


def test_instructions_of_a_known_loop_are_within_one_per_cent(n1):
    answer = counters_of(n1)["instructions"]["known_answer"]
    assert answer["read"] == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize("name", ["l1d_misses", "l2_misses", "branch_misses"])
def test_a_false_zero_is_untrusted(n1, name):
    counter = counters_of(n1)[name]
    assert counter["status"] == "untrusted"
    assert counter["known_answer"]["read"] == 0
    assert counter["known_answer"]["expected_low"] > 0
    assert "read 0 where" in counter["reason"]


def test_the_kernels_counters_are_counted_beside_them(n1):
    counters = counters_of(n1)
    assert {name: counters[name]["status"] for name in SOFTWARE} == dict.fromkeys(
        SOFTWARE, "counted"
    )


def test_more_events_than_counters_share_their_time_and_say_so(n1):
    assert n1["multiplex"].status == 0, "the events fit into one pass, or would not open"
    rows = [line.split("\t") for line in n1["multiplex"].output.splitlines() if "\t" in line]
    times = {name: (int(enabled), int(running)) for name, _, enabled, running in rows}
    enabled, running = times["instructions"]
    assert 0 < running < enabled
    for name in SOFTWARE:
        assert times[name][0] == times[name][1]


def test_a_multiplexed_count_is_not_scaled_up(n1):
    rows = [line.split("\t") for line in n1["multiplex"].output.splitlines() if "\t" in line]
    read = {name: (int(count), int(running)) for name, count, _, running in rows}
    cycles, running_ns = read["cycles"]
    instructions, _ = read["instructions"]
    assert cycles == pytest.approx(running_ns, rel=0.02)  # the emulated clock has 1 GHz
    assert instructions == pytest.approx(running_ns / 2, rel=0.02)  # and two cycles each


def test_a_case_that_a_profiler_is_attached_to_is_reported_as_multiplexed(many_events):
    step = many_events["multiplexed-case"]
    assert step.status == 0, step.output
    case = json.loads(next(line for line in step.output.splitlines() if line.startswith("{")))
    assert case["status"] == "ok"
    reading = case["counters"]["instructions"]
    assert reading["status"] == "multiplexed"
    assert reading["value_per_op"] is None
    assert reading["raw"] > 0
    assert 0 < reading["time_running_ns"] < reading["time_enabled_ns"]
    assert "took turns" in reading["reason"]
    assert {case["counters"][name]["status"] for name in SOFTWARE} == {"counted"}


def test_libpfm4_encodes_every_arm_row_that_asks_it_to(n1):
    rows = [line.split("\t") for line in n1["encode"].output.splitlines() if "\t" in line]
    assert len(rows) >= 32
    assert [row for row in rows if row[2] != "encoded"] == []


def test_a_cpu_that_libpfm4_does_not_know_is_counted_by_raw_rows(guest):
    counters = counters_of(guest.boot("cortex-a72", "counters"))
    assert counters["instructions"]["status"] == "counted"
    assert counters["instructions"]["event"] == "INST_RETIRED"
    assert counters["l3_misses"]["status"] == "unsupported"
    assert "Cortex-A72" in counters["l3_misses"]["reason"]


def test_without_a_pmu_the_hardware_counters_are_unsupported_with_advice(guest):
    counters = counters_of(guest.boot("neoverse-n1,pmu=off", "counters"))
    for name in HARDWARE:
        assert counters[name]["status"] == "unsupported"
        assert counters[name]["source"] is None
        assert counters[name]["known_answer"] is None
        assert "performance monitoring unit" in counters[name]["reason"]
        assert "simulation" in counters[name]["advice"]
    assert counters["page_faults"]["status"] == "counted"


def test_the_document_made_inside_is_valid(document):
    schema = json.loads((emulated.ROOT / "results-schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)


def test_every_case_has_every_hardware_counter_counted_in_full_or_null_with_its_status(document):
    assert document["cases"]
    for case in document["cases"]:
        for name in HARDWARE:
            reading = case["counters"][name]
            counted = reading["status"] == "counted"
            assert (reading["value_per_op"] is not None) == counted
            assert counted or reading["reason"]
        assert case["counters"]["instructions"]["status"] == "counted"
        assert case["counters"]["instructions"]["value_per_op"] >= 0.5
        assert case["counters"]["l1d_misses"]["status"] == "untrusted"


def test_seventeen_events_on_six_counters_are_counted_in_full_or_null_with_their_status(events):
    schema = json.loads((emulated.ROOT / "results-schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(events)
    names = events["run"]["events"]
    assert len(names) == 17
    (case,) = events["cases"]
    for name in names:
        reading = case["counters"][name]
        if reading["status"] == "counted":
            assert reading["value_per_op"] is not None
            assert reading["source"] == ("kernel" if name == "faults" else "hardware")
            assert reading["event"].endswith(f"::{name.split('::')[-1]}")
        else:
            assert reading["value_per_op"] is None
            assert reading["reason"]
    statuses = [case["counters"][name]["status"] for name in names]
    assert statuses.count("counted") == 16, dict(zip(names, statuses))


def test_events_that_are_one_read_the_same_in_different_passes(events):
    (case,) = events["cases"]
    instructions = case["counters"]["instructions"]["value_per_op"]
    assert instructions > 1
    for name in ("r08", "INST_RETIRED"):
        assert case["counters"][name]["value_per_op"] == pytest.approx(instructions, rel=0.01)


def test_a_false_zero_is_untrusted_by_its_own_name_too(events):
    (case,) = events["cases"]
    reading = case["counters"]["arm_n1::L1D_CACHE_REFILL"]
    assert reading["status"] == case["counters"]["l1d_misses"]["status"] == "untrusted"
    assert reading["value_per_op"] is None
    assert "read 0 where" in reading["reason"]


def test_they_were_measured_in_passes_that_each_fit_the_six_counters(many_events):
    """24 hardware events of which one, cycles, may have a counter of its own: four passes."""
    said = re.search(r"^(\d+) passes: samples take turns", many_events["passes"].output, re.M)
    assert said, many_events["passes"].output[-400:]
    assert int(said[1]) >= 4


def test_the_report_renders_the_document_made_inside(document, tmp_path):
    results = tmp_path / "results.json"
    results.write_text(json.dumps(document))
    page = tmp_path / "report.html"
    command = [sys.executable, "-m", "reports", str(results), "--output", str(page)]
    done = subprocess.run(command, cwd=emulated.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    text = page.read_text()
    assert "untrusted" in text
    assert "arm_n1::INST_RETIRED" in text
