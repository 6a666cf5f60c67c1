#!/usr/bin/env bats
# Named metrics and declared threads, from the descriptor to the document.

load common

DOCUMENT=$BATS_FILE_TMPDIR/results.json

setup_file() {
    "$BROKEN" run "${QUICK[@]}" --simulate never --no-memory-pass --filter known/counted \
        --filter known/many_threads --output "$BATS_FILE_TMPDIR/results.json" \
        >"$BATS_FILE_TMPDIR/said" 2>&1 || [ $? -eq 1 ]
}

# metric VARIANT NAME: as the document has it.
metric() {
    jq -c --arg id "known/counted/$1/size_bytes=16384" --arg name "$2" \
        '.cases[] | select(.id == $id) | .metrics[$name]' "$DOCUMENT"
}

@test "a run with metrics writes a document that validates" {
    validates "$DOCUMENT"
    [ "$(jq -c '[.benchmarks[] | select(.name == "counted") | .metrics[] | .name]' "$DOCUMENT")" = \
        '["probes","growths","left_out","p50_ns","p90_ns","p99_ns","p99_9_ns","max_ns","clock_ns","interruptions"]' ]
}

@test "a metric is a number, or null with its reason" {
    [ "$(metric told probes)" = \
        '{"value":1.25,"unit":"probes per lookup","better":"lower","status":"ok"}' ]
    [ "$(metric told growths)" = \
        '{"value":null,"unit":"growths per table","better":"lower","status":"unknown","reason":"this machine does not count growths"}' ]
    [ "$(metric told left_out | jq -r .reason)" = 'this variant does not report it' ]
    [ "$(metric silent probes | jq -r .reason)" = 'this variant does not report it' ]
    jq -e '[.cases[].metrics[] | select((.value == null) != (.status == "unknown" and .reason != ""))]
            == []' "$DOCUMENT"
}

@test "percentiles are in order, with the clock's cost beside them" {
    jq -e '.cases[] | select(.variant == "told") | .metrics
            | [.p50_ns, .p90_ns, .p99_ns, .p99_9_ns, .max_ns] | map(.value) | . == sort' "$DOCUMENT"
    jq -e '.cases[] | select(.variant == "told") | .metrics.clock_ns.value >= 0' "$DOCUMENT"
}

@test "a wrong answer while metrics are taken is an error row" {
    jq -e '.cases[] | select(.variant == "wrong")
            | .status == "error" and (.reason | contains("the second walk found another sum"))' "$DOCUMENT"
    [ "$(metric wrong probes | jq -r .value)" = null ]
    exits 1 "$BROKEN" verify --filter known/counted/wrong
    says 'the second walk found another sum'
}

@test "a metric that the descriptor does not name is an error row that says so" {
    jq -e '.cases[] | select(.variant == "unnamed")
            | .status == "error" and (.reason | contains("prodes"))' "$DOCUMENT"
}

@test "list names the metrics with their units" {
    exits 0 "$BROKEN" list --filter known/counted
    says 'metrics: probes (probes per lookup), growths (growths per table)'
    [ "$("$BROKEN" list --filter known/counted --format json | jq -r '.[0].metrics[0].summary')" = \
        'slots looked at' ]
}

@test "exec measures them when it is asked to, and only then" {
    exits 0 "$BROKEN" exec known/counted/told/size_bytes=16384 --metrics
    [ "$(jq -c .metrics.probes.value <<<"$output")" = 1.25 ]
    exits 0 "$BROKEN" exec known/counted/told/size_bytes=16384
    [ "$(jq -c .metrics <<<"$output")" = null ]
    exits 2 "$BROKEN" list --metrics
}

@test "more threads than cores: skipped, with how many there are" {
    jq -e '.cases[] | select(.id == "known/many_threads/one/threads=64") | .status == "skipped"
            and (.reason | startswith("needs 64 threads on physical cores of their own"))' "$DOCUMENT"
}

@test "on one CPU a benchmark of two threads is skipped" {
    local cpu
    cpu=$(taskset -pc $$ | sed 's/.*[ ,-]//')
    exits 0 taskset -c "$cpu" "$BROKEN" exec known/many_threads/one/threads=2
    [ "$(jq -r .status <<<"$output")" = skipped ]
    [ "$(jq -r .reason <<<"$output")" = \
        'needs 2 threads on physical cores of their own, and there is 1' ]
}

# ---- The suite's own: figures that follow from the layout alone ------------------------------------

# of CASE NAME: the metric's value.
of() {
    "$LAYOUTBENCH" exec "$1" --ops 0 --metrics | jq ".metrics.$2.value"
}

@test "481 entries grow a table from 16 slots six times, and a presized one never" {
    [ "$(of flat_index/build/growing/ws=16KiB growths)" = 6 ]
    [ "$(of flat_index/build/half_sized/ws=16KiB growths)" = 1 ]
    [ "$(of flat_index/build/presized/ws=16KiB growths)" = 0 ]
    # 8 + 16 + ... + 256 entries were moved
    [ "$(of flat_index/build/growing/ws=16KiB keys_moved | jq '. * 481 | round')" = 504 ]
}

@test "an emptied table holds what the full one did, a replaced one next to nothing" {
    [ "$(of flat_index/retention/erased/ws=2MiB held_bytes)" = \
        "$(of flat_index/retention/filled/ws=2MiB held_bytes)" ]
    jq -e '. < 0.01' <<<"$(of flat_index/retention/replaced/ws=2MiB held_bytes)"
}

@test "the less a heap may grow, the more often it collects" {
    local at_50 at_100
    at_50=$(of boxing/pacing/growth_50/ws=256KiB collections)
    at_100=$(of boxing/pacing/growth_100/ws=256KiB collections)
    jq -en "$at_50 / $at_100 | . > 1.5 and . < 3"
    [ "$(of boxing/pacing/manual/ws=256KiB collections)" = 0 ]
}

@test "a fresh page is a fault, a resident one is none" {
    [ "$(of density/first_touch/fault_4k/ws=2MiB page_faults | jq '. * 100 | round')" = 100 ]
    [ "$(of density/first_touch/resident/ws=2MiB page_faults)" = 0 ]
}

@test "an adversary makes a lookup look at half of the keys" {
    jq -e '. > 100' <<<"$(of flat_index/hash_function/fibonacci/adversarial/ws=256KiB probes)"
    jq -e '. < 2' <<<"$(of flat_index/hash_function/fibonacci/random/ws=256KiB probes)"
}
