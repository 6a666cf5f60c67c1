#!/usr/bin/env bats
# layoutbench run --trace: what is in the trace is what is in the document.

load common

setup_file() {
    "$LAYOUTBENCH" run "${QUICK[@]}" --simulate never --no-memory-pass --quiet \
        --filter boxing/sum/inline --filter boxing/sum/tagged --filter padding/straddle/packed \
        --output "$BATS_FILE_TMPDIR/results.json" --trace "$BATS_FILE_TMPDIR/new/trace.json" \
        >"$BATS_FILE_TMPDIR/said" 2>&1 || [ $? -eq 1 ]
}

# checks PYTHON: with the document's cases and the trace's visits and samples by case.
checks() {
    /usr/bin/python3 - "$BATS_FILE_TMPDIR/results.json" "$BATS_FILE_TMPDIR/new/trace.json" "$1" <<'EOF'
import json
import sys

cases = {c["id"]: c for c in json.load(open(sys.argv[1]))["cases"]}
events = json.load(open(sys.argv[2]))["traceEvents"]
visits, samples = [], []
for event in events:
    if event.get("cat") == "visit":
        visits.append(event)
    elif event.get("cat") == "sample":
        event["case"] = visits[-1]["name"]
        samples.append(event)
assert visits and samples
exec(sys.argv[3])
EOF
}

@test "every visit and every sample of the document is in the trace, and no other" {
    checks '
for name, case in cases.items():
    mine = [s for s in samples if s["case"] == name]
    assert len(mine) == len(case["samples"]["ops"]), name
    assert len([v for v in visits if v["name"] == name]) == len(
        set(zip(case["samples"]["replicate"], case["samples"]["round"]))), name
assert {v["name"] for v in visits} <= set(cases)'
}

@test "a sample has its ops, time, switches and faults as the document has them" {
    checks '
for name, case in cases.items():
    columns = case["samples"]
    mine = [s for s in samples if s["case"] == name]
    for i, sample in enumerate(mine):
        a = sample["args"]
        assert a["ops"] == columns["ops"][i] and a["cpu_ns"] == columns["cpu_ns"][i]
        assert round(sample["dur"] * 1000) == columns["wall_ns"][i]
        assert a["minor_faults"] + a["major_faults"] == columns["minor_faults"][i]
        assert a["involuntary_switches"] == columns["involuntary_switches"][i]
        assert a["kept"] == columns["kept"][i] and a["migrated"] == columns["migrated"][i]'
}

@test "samples lie within their visit, and visits one after the other" {
    checks '
end = 0
for visit in visits:
    assert visit["ts"] >= end
    end = visit["ts"] + visit["dur"]
for sample in samples:
    assert any(v["name"] == sample["case"] and v["pid"] == sample["pid"]
               and v["tid"] == sample["tid"] and v["ts"] <= sample["ts"]
               and sample["ts"] + sample["dur"] <= v["ts"] + v["dur"] + 0.002 for v in visits)'
}

@test "between visits, layouts are built, asked for metrics and verified" {
    checks '
phases = [e for e in events if e.get("cat") == "phase"]
assert [p["name"] for p in phases[:3]] == ["build", "metrics", "verify"]
for p in phases:
    assert all(v["ts"] + v["dur"] <= p["ts"] + 0.002 or v["ts"] + 0.002 >= p["ts"] + p["dur"]
               for v in visits), p'
}

@test "benchmarks and variants are the names of its processes and threads" {
    checks '
processes = {e["pid"]: e["args"]["name"] for e in events if e.get("name") == "process_name"}
threads = {(e["pid"], e["tid"]): e["args"]["name"] for e in events if e.get("name") == "thread_name"}
for v in visits:
    assert v["name"].startswith(processes[v["pid"]] + "/" + threads[v["pid"], v["tid"]] + "/")'
}

@test "a trace that cannot be written is refused before measuring, and nothing is left" {
    exits 3 "$LAYOUTBENCH" run "${QUICK[@]}" --filter boxing/sum/inline \
        --output "$BATS_TEST_TMPDIR/results.json" --trace /proc/trace.json
    says /proc/trace.json
    says_one_line
    [ -z "$(ls -A "$BATS_TEST_TMPDIR")" ]
}

@test "only run takes a trace" {
    exits 2 "$LAYOUTBENCH" exec boxing/sum/inline/ws=16KiB --trace "$BATS_TEST_TMPDIR/t.json"
}

@test "a trace that would replace the document is refused before measuring" {
    cd "$BATS_TEST_TMPDIR"
    exits 2 "$LAYOUTBENCH" run "${QUICK[@]}" --filter boxing/sum/inline --output x.json --trace ./x.json
    says '--trace and --output are both x.json'
    says_not '%'
    [ -z "$(ls)" ]
}
