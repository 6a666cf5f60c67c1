#!/usr/bin/env bats
# list, exec and verify: the commands that measure nothing or one case.

load common

@test "list --format json is JSON, and every case of the text stands in it" {
    "$LAYOUTBENCH" list --format json | jq -er '.[].id' | sort >"$BATS_TEST_TMPDIR/json"
    "$LAYOUTBENCH" list | sed -n 's/^  //p' | sort >"$BATS_TEST_TMPDIR/text"
    [ -s "$BATS_TEST_TMPDIR/json" ]
    diff "$BATS_TEST_TMPDIR/json" "$BATS_TEST_TMPDIR/text"
}

@test "list --format json tells what each benchmark's definition is" {
    exits 0 "$LAYOUTBENCH" list --filter padding/straddle --seed 7 --format json
    [ "$(jq -r '.[0] | [.benchmark, .op, .parameter, .seed, .input_generator] | @csv' <<<"$output" |
        tr -d '"')" = "padding/straddle,record,record_bytes,7,splitmix64/1" ]
    [ "$(jq '[.[] | select(.parameter_value == null or .revision < 1 or .source_line < 1)] | length' \
        <<<"$output")" -eq 0 ]
}

@test "no two cases share an id" {
    [ -z "$("$LAYOUTBENCH" list --profile thorough --format json | jq -r '.[].id' | sort | uniq -d)" ]
}

@test "a profile's cases are among the next larger one's" {
    for pair in 'quick standard' 'standard thorough'; do
        read -r smaller larger <<<"$pair"
        "$LAYOUTBENCH" list --profile "$smaller" | sed -n 's/^  //p' | sort >"$BATS_TEST_TMPDIR/s"
        "$LAYOUTBENCH" list --profile "$larger" | sed -n 's/^  //p' | sort >"$BATS_TEST_TMPDIR/l"
        [ -z "$(comm -23 "$BATS_TEST_TMPDIR/s" "$BATS_TEST_TMPDIR/l")" ]
    done
}

@test "a family's name selects all below it" {
    exits 0 "$LAYOUTBENCH" list --filter boxing --format json
    [ "$(jq '[.[] | select(.id | startswith("boxing/") | not)] | length' <<<"$output")" -eq 0 ]
    [ "$(jq length <<<"$output")" -gt 0 ]
}

@test "exec prints one JSON record with the time, the checksum and the memory" {
    exits 0 "$LAYOUTBENCH" exec boxing/sum/inline/ws=256KiB
    says_one_line
    jq -e '.case == "boxing/sum/inline/ws=256KiB" and .status == "ok" and .wall_ns > 0
           and .ops == .elements and .memory.arena_bytes >= 262136' <<<"$output"
}

@test "exec --ops does exactly that many ops" {
    exits 0 "$LAYOUTBENCH" exec boxing/sum/inline/ws=16KiB --ops 12345
    [ "$(jq .ops <<<"$output")" -eq 12345 ]
}

@test "exec --ops 0 measures nothing and says null, not 0" {
    exits 0 "$LAYOUTBENCH" exec boxing/sum/inline/ws=16KiB --ops 0
    jq -e '.ops == 0 and .wall_ns == null and .cpu_ns == null' <<<"$output"
}

@test "the same seed gives the same checksum, another seed another" {
    checksum() { "$LAYOUTBENCH" exec boxing/sum/inline/ws=16KiB --seed "$1" | jq -r .checksum; }
    [ "$(checksum 7)" = "$(checksum 7)" ]
    [ "$(checksum 7)" != "$(checksum 8)" ]
}

@test "every variant of a benchmark has the same checksum over a pass" {
    sums=$(for variant in inline boxed_fresh boxed_shuffled; do
        "$LAYOUTBENCH" exec "boxing/sum/$variant/ws=16KiB" | jq -r .checksum
    done | sort -u | wc -l)
    [ "$sums" -eq 1 ]
}

@test "exec on a CPU that is not there says so" {
    exits 2 "$LAYOUTBENCH" exec boxing/sum/inline/ws=16KiB --cpu 4095
    says "CPU 4095"
}

@test "verify says that it disturbs a run that measures" {
    exec 8>>/tmp/layoutbench.lock
    flock 8
    exits 0 "$LAYOUTBENCH" verify --quiet --filter boxing/sum/inline 8>&-
    exec 8>&-
    says 'is measuring, and this disturbs it'
}

@test "verify finds every answer right" {
    exits 0 "$LAYOUTBENCH" verify
    says ", 0 failed"
}
