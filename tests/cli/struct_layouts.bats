#!/usr/bin/env bats
# `run` puts the layouts of records, as pahole reads them, into the document.

load common

RUN=(run "${QUICK[@]}" --simulate never --no-memory-pass --filter padding/field_order)

@test "the records of padding are in the document, with holes and members" {
    command -v pahole >/dev/null || skip "pahole is not installed"
    exits 0 "$LAYOUTBENCH" "${RUN[@]}" --output "$BATS_TEST_TMPDIR/run.json"
    validates "$BATS_TEST_TMPDIR/run.json"
    /usr/bin/python3 - "$BATS_TEST_TMPDIR/run.json" <<'EOF'
import json
import sys

layouts = json.load(open(sys.argv[1], encoding="utf-8"))["struct_layouts"]
by_name = {layout["record"]: layout for layout in layouts}
assert {layout["benchmark"] for layout in layouts} == {"padding/field_order"}
assert by_name["field_order_declared"]["size_bytes"] == 56
assert by_name["field_order_declared"]["holes_bytes"] == 23
assert by_name["field_order_sorted"]["padding_bytes"] == 7
assert len(by_name["field_order_packed"]["members"]) == 8
EOF
}

@test "without pahole the run says so, and the document has none" {
    mkdir "$BATS_TEST_TMPDIR/empty" # no tool is found there
    PATH=$BATS_TEST_TMPDIR/empty "$LAYOUTBENCH" "${RUN[@]}" \
        --output "$BATS_TEST_TMPDIR/run.json" >"$BATS_TEST_TMPDIR/said" 2>&1
    grep -q 'layouts of structs are not read: ' "$BATS_TEST_TMPDIR/said"
    grep -q '"struct_layouts": \[ *\]' "$BATS_TEST_TMPDIR/run.json"
}
