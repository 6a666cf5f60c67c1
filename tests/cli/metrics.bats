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
