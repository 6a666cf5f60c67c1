#!/usr/bin/env bats
# Variants that name an allocator: preloaded and named with its version, or skipped with the reason.

load common

CASE=boxing/fragmentation/fresh_jemalloc/ws=16KiB
MIMALLOC=boxing/fragmentation/fresh_mimalloc/ws=16KiB

# has LIBRARY: the loader finds it.
has() {
    ldconfig -p | grep -qF "$1" || skip "$1 is not installed"
}

# field CASE JQ: of the record that exec writes.
field() {
    exits 0 "$LAYOUTBENCH" exec "$1" --metrics
    jq -r "$2" <<<"$output"
}

@test "the allocator that a variant names is in its process, with its version" {
    has libjemalloc.so.2
    [[ $(field "$CASE" .memory.allocator) =~ ^jemalloc\ [0-9]+\.[0-9]+ ]]
    has libmimalloc.so.2
    [[ $(field "$MIMALLOC" .memory.allocator) =~ ^mimalloc\ [0-9]+\.[0-9]+ ]]
    [[ $(field boxing/fragmentation/fresh/ws=16KiB .memory.allocator) =~ ^glibc\ 2\. ]]
}

@test "what only glibc's allocator tells is not known under another, and no 0" {
    has libjemalloc.so.2
    [ "$(field "$CASE" '.metrics.system_allocations | "\(.value) \(.reason)"')" = \
        "null only glibc's allocator tells" ]
    [ "$(field "$CASE" .metrics.live_bytes.value)" != null ]
}

@test "an allocator that the loader does not find is a skip with its package" {
    # As in the process that was started anew, when nothing came of it.
    LAYOUTBENCH_PRELOADED=jemalloc exits 0 "$LAYOUTBENCH" exec "$CASE"
    [ "$(jq -r .status <<<"$output")" = skipped ]
    [ "$(jq -r .reason <<<"$output")" = \
        'jemalloc is not installed: libjemalloc.so.2, in the package libjemalloc2' ]
}

@test "a run has the allocators side by side, with what the shim counts behind them" {
    has libjemalloc.so.2
    local document=$BATS_TEST_TMPDIR/results.json
    run "$LAYOUTBENCH" run "${QUICK[@]}" --simulate always --quiet --output "$document" \
        --filter 'boxing/fragmentation/fresh*'
    validates "$document"
    jq -e '.cases[] | select(.variant == "fresh_jemalloc") | .status == "error" or
            (.memory.allocator | startswith("jemalloc")) and .memory.heap_bytes > 0
            and .memory.allocations > 0' "$document"
    jq -e '.cases[] | select(.variant == "fresh_jemalloc") | [.simulated[].reason] | unique
            | length == 1' "$document"
}
