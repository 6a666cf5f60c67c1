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

@test "verify: a layout that needs more memory than there is is skipped with what it needs" {
    verify_broken too_large 0 'needs 1099511627776 MiB of memory'
}

@test "verify: a variant that cannot run here is skipped with its reason" {
    verify_broken unavailable 0 'needs a machine that does not exist'
}

@test "exec: a wrong answer is an error record and exit status 1" {
    exits 1 bash -c '"$BROKEN" exec broken/lies/broken/size_bytes=16384 2>/dev/null'
    jq -e '.status == "error" and (.reason | startswith("wrong answer")) and (has("wall_ns") | not)' \
        <<<"$output"
}

@test "exec: a layout that cannot be created is an error record and exit status 1" {
    exits 1 bash -c '"$BROKEN" exec broken/creates_nothing/broken/size_bytes=16384 2>/dev/null'
    jq -e '.status == "error" and .reason == "create failed: it returned NULL"' <<<"$output"
}

@test "exec: a skip is a record with its reason and exit status 0" {
    exits 0 "$BROKEN" exec broken/unavailable/broken/size_bytes=16384
    jq -e '.status == "skipped" and (.reason | contains("does not exist"))' <<<"$output"
    exits 0 "$BROKEN" exec broken/too_large/broken/size_bytes=16384
    jq -e '.status == "skipped" and (.reason | startswith("needs "))' <<<"$output"
}

@test "exec: a malloc that fails is a skip with what the layout needs" {
    exits 0 bash -c 'ulimit -v 200000; "$LAYOUTBENCH" exec boxing/sum/boxed_fresh/ws=64MiB'
    jq -e '.status == "skipped" and (.reason | test("needs [0-9]{3} MiB of memory"))' <<<"$output"
}

# ---- run: all of them in one run ------------------------------------------------------------------

setup_file() {
    export DOCUMENT=$BATS_FILE_TMPDIR/broken.json
    "$BROKEN" run "${QUICK[@]}" --timeout 3 --filter broken --output "$DOCUMENT" \
        >"$BATS_FILE_TMPDIR/said" 2>&1 </dev/null || echo $? >"$BATS_FILE_TMPDIR/status"
}

# row NAME STATUS REASON: the row of the broken variant; the fine one beside it is ok.
row() {
    jq -e --arg name "broken/$1" --arg status "$2" --arg reason "$3" '
        [.cases[] | select(.benchmark == $name)] | length == 2
        and (.[] | select(.variant == "fine") | .status == "ok" and .time != null)
        and (.[] | select(.variant == "broken") | .status == $status
             and (.reason // "" | contains($reason)))' "$DOCUMENT" || {
        jq -c --arg name "broken/$1" '.cases[] | select(.benchmark == $name) | [.id, .status, .reason]' \
            "$DOCUMENT"
        return 1
    }
}

@test "run: failed cases make exit status 1, and the document validates" {
    [ "$(cat "$BATS_FILE_TMPDIR/status")" -eq 1 ]
    validates "$DOCUMENT"
    jq -e '.run.complete' "$DOCUMENT"
}

@test "run: a crash is an error row that names the signal" {
    row crash error SIGSEGV
}

@test "run: a killed case is an error row that names the signal and the likely cause" {
    row killed error SIGKILL
    row killed error 'out of memory?'
}

@test "run: a hang is an error row, and the run goes on" {
    row hang error 'no answer for 3 s (run --timeout allows more)'
}

@test "run: a kernel that calls exit(0) is an error row" {
    row leaves error 'ended with status 0'
}

@test "run: a wrong answer is an error row without a time" {
    row lies error 'wrong answer'
    jq -e '.cases[] | select(.benchmark == "broken/lies" and .variant == "broken")
           | .time == null and .ratio == null' "$DOCUMENT"
}

@test "run: beside a reference with a wrong answer the others have times and no ratios" {
    jq -e '[.cases[] | select(.benchmark == "broken/misleads")]
           | (.[] | select(.variant == "fine") | .status == "error" and .time == null)
           and (.[] | select(.variant == "broken") | .status == "ok" and .time != null
                and .ratio == null)' "$DOCUMENT"
}

@test "run: a layout that cannot be created is an error row" {
    row creates_nothing error 'create failed'
}

@test "run: a layout that needs more memory than there is is skipped with what it needs" {
    row too_large skipped 'needs 1099511627776 MiB of memory'
}

@test "run: a variant that cannot run here is skipped with its reason" {
    row unavailable skipped 'does not exist'
}

@test "run: a kernel that prints, and reads standard input, does no harm" {
    row chatters ok ''
}

# hangs: the variant that never returns has been at it for a second.
hangs() {
    [ "$(ps -o etimes= -p "$(pgrep -s "$RUN" -f 'exec broken/hang/broken')")" -ge 1 ]
}

# With this seed the variant that behaves is visited first.
@test "run: a row of a comparison that Ctrl-C ended says so, its answers unverified" {
    local document=$BATS_TEST_TMPDIR/cut.json
    setsid "$BROKEN" run "${QUICK[@]}" --no-memory-pass --filter broken/hang --seed 1 \
        --output "$document" >/dev/null 2>&1 3>&- &
    RUN=$!
    eventually hangs
    kill -INT "$RUN"
    status=0
    wait "$RUN" || status=$?
    [ "$status" -eq 130 ]
    validates "$document"
    jq -e '.cases | length == 1 and (.[0] | .variant == "fine" and .checksum == null
           and (.notes | index("interrupted")))' "$document"
}

@test "run: failures that --resume keeps make exit status 1 as well" {
    jq '.run.complete = false' "$DOCUMENT" >"$BATS_TEST_TMPDIR/results.json"
    exits 1 "$BROKEN" run "${QUICK[@]}" --filter broken --resume \
        --output "$BATS_TEST_TMPDIR/results.json"
    says '22 cases are kept'
    says '22 cases, 8 failed, 2 skipped'
}

@test "run: every trouble is told on the terminal, too" {
    for name in crash killed hang leaves lies creates_nothing; do
        grep -q "ERROR: broken/$name/broken" "$BATS_FILE_TMPDIR/said"
    done
    grep -q 'skipped: broken/unavailable/broken' "$BATS_FILE_TMPDIR/said"
    grep -q 'skipped: broken/too_large/broken' "$BATS_FILE_TMPDIR/said"
    grep -q '22 cases, 8 failed, 2 skipped' "$BATS_FILE_TMPDIR/said"
}
