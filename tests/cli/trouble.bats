#!/usr/bin/env bats
# A benchmark that misbehaves takes its own row and no other. tests/benchmarks/broken has them.

# shellcheck disable=SC2016 # inner shells expand

load common

verify_broken() {
    exits "$2" "$BROKEN" verify --filter "broken/$1"
    says "ok      broken/$1/fine/size_bytes=16384"
    says "$3"
}

@test "verify: a crash is a failure that names the signal" {
    verify_broken crash 1 'killed by signal 11'
}

@test "verify: a killed case is a failure that names the signal" {
    verify_broken killed 1 'killed by signal 9'
}

@test "verify: a kernel that calls exit(0) has not answered" {
    verify_broken leaves 1 'ended with status 0 before it answered'
}

@test "verify: a wrong answer is a failure with both checksums" {
    verify_broken lies 1 'wrong answer: checksum'
}

@test "verify: a layout that cannot be created is a failure" {
    verify_broken creates_nothing 1 'create failed'
}

@test "verify: more memory than there is ends the case, with the size" {
    verify_broken too_large 1 'out of memory: 1152921504606846976 bytes'
}

@test "verify: a variant that cannot run here is skipped with its reason" {
    verify_broken unavailable 0 'needs a machine that does not exist'
}

@test "exec: a wrong answer is an error record and exit status 1" {
    exits 1 bash -c '"$BROKEN" exec broken/lies/broken/size_bytes=16384 2>/dev/null'
    jq -e '.status == "error" and (.reason | startswith("wrong answer")) and (has("wall_ns") | not)' \
        <<<"$output"
}

@test "exec: a skip is a record with its reason and exit status 0" {
    exits 0 "$BROKEN" exec broken/unavailable/broken/size_bytes=16384
    jq -e '.status == "skipped" and (.reason | contains("does not exist"))' <<<"$output"
}
