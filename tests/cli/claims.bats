#!/usr/bin/env bats
# `layoutbench claims`: verdicts from a document; what cannot be read is named, with its place.

load common

@test "an empty document allows no verdict, and says why for each claim" {
    echo '{"schema_version": 1, "cases": []}' >"$BATS_TEST_TMPDIR/none.json"
    exits 0 "$LAYOUTBENCH" claims "$BATS_TEST_TMPDIR/none.json"
    says 'not measurable'
    says 'is not in this run'
    says '0 hold, of 0 the direction holds, 0 do not hold'
}

@test "--format json prints rows as the document has them" {
    echo '{"schema_version": 1, "cases": []}' >"$BATS_TEST_TMPDIR/none.json"
    "$LAYOUTBENCH" claims "$BATS_TEST_TMPDIR/none.json" --format json >"$BATS_TEST_TMPDIR/rows.json"
    /usr/bin/python3 - "$ROOT/results-schema.json" "$BATS_TEST_TMPDIR/rows.json" <<'EOF'
import json
import sys

import jsonschema

schema, rows = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
claim = jsonschema.Draft202012Validator({"$ref": "#/$defs/claim", "$defs": schema["$defs"]})
assert len(rows) >= 23
for row in rows:
    claim.validate(row)
EOF
}

@test "a run's document has the verdicts, and the command finds the same" {
    exits 0 "$LAYOUTBENCH" run "${QUICK[@]}" --quiet --filter 'slices/unaligned/a*/load_dependent' \
        --simulate never --output "$BATS_TEST_TMPDIR/run.json"
    validates "$BATS_TEST_TMPDIR/run.json"
    "$LAYOUTBENCH" claims "$BATS_TEST_TMPDIR/run.json" --format json >"$BATS_TEST_TMPDIR/rows.json"
    /usr/bin/python3 - "$BATS_TEST_TMPDIR/run.json" "$BATS_TEST_TMPDIR/rows.json" <<'EOF'
import json, sys
run, rows = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
assert rows and run["claims"] == rows
assert [row["time_figure"] for row in rows if row["id"] == "C20a"] != [None]
EOF
}

@test "claims without a document is a usage error" {
    exits 2 "$LAYOUTBENCH" claims
    says_one_line
    says 'wants a results document'
}

@test "a document that is not there is named" {
    exits 2 "$LAYOUTBENCH" claims "$BATS_TEST_TMPDIR/nowhere.json"
    says_one_line
    says nowhere.json
}

@test "a truncated document is named, with the line" {
    printf '{"schema_version": 1,\n "cases": [' >"$BATS_TEST_TMPDIR/cut.json"
    exits 2 "$LAYOUTBENCH" claims "$BATS_TEST_TMPDIR/cut.json"
    says_one_line
    says 'cut.json:2: $.cases'
}

@test "JSON that is no results document is named, with the place" {
    echo '[]' >"$BATS_TEST_TMPDIR/bad.json"
    exits 2 "$LAYOUTBENCH" claims "$BATS_TEST_TMPDIR/bad.json"
    says 'bad.json: $.schema_version'
    echo '{"schema_version": 9, "cases": []}' >"$BATS_TEST_TMPDIR/bad.json"
    exits 2 "$LAYOUTBENCH" claims "$BATS_TEST_TMPDIR/bad.json"
    says 'is 9, this program reads 1'
    echo '{"schema_version": 1, "cases": {}}' >"$BATS_TEST_TMPDIR/bad.json"
    exits 2 "$LAYOUTBENCH" claims "$BATS_TEST_TMPDIR/bad.json"
    says '$.cases: not an array'
    echo '{"schema_version": 1, "cases": [3]}' >"$BATS_TEST_TMPDIR/bad.json"
    exits 2 "$LAYOUTBENCH" claims "$BATS_TEST_TMPDIR/bad.json"
    says '$.cases[0]: not an object'
}

@test "cases that the report would refuse are refused, with the place" {
    local before='{"id": "a", "status": "ok"}' case place
    while IFS='|' read -r case place; do
        printf '{"schema_version": 1, "cases": [%s, %b]}' "$before" "$case" >"$BATS_TEST_TMPDIR/odd.json"
        exits 2 "$LAYOUTBENCH" claims "$BATS_TEST_TMPDIR/odd.json"
        says_one_line
        says "$place"
    done <<'EOF'
{"id": "a", "status": "ok"}|$.cases[1]: a case of this id stands there twice
{"id": 4, "status": "ok"}|$.cases[1]: has no id
{"id": "b", "status": "ok", "time": []}|$.cases[1]: time, ratio,
{"id": "b", "status": "ok", "memory": 3}|$.cases[1]: time, ratio,
{"id": "b", "status": "ok", "time": {"cpu_ns_per_op": {"median": -1}}}|$.cases[1]: a time
{"id": "b", "status": "ok", "time": {"cpu_ns_per_op": "soon"}}|$.cases[1]: a time
{"id": "b", "status": "\xff"}|$.cases[1].status: not UTF-8 text
EOF
}
