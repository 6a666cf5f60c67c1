#!/usr/bin/env bats
# layoutbench run: the document, and what keeps it whole. No test here looks at how long a thing took.

# shellcheck disable=SC2016 # jq and inner shells expand

load common

setup() {
    OUT=$BATS_TEST_TMPDIR/results.json
}

quick_run() {
    "$LAYOUTBENCH" run "${QUICK[@]}" --output "$OUT" "$@"
}

@test "a run writes a document that validates, and says where and whether to believe it" {
    exits 0 "$LAYOUTBENCH" run --wait --profile quick --working-set 16KiB --no-whole-process \
        --filter boxing/sum --output "$OUT"
    says "$OUT"
    says 'against itself: ratio'
    says 'the smallest difference this run could see'
    validates "$OUT"
    jq -e '.machine.caches_measured.curve | length > 20' "$OUT"
    jq -e '.run.complete and .run.profile == "quick" and (.run.command | index("--working-set"))' "$OUT"
    jq -e '[.cases[] | select(.status != "ok")] == []' "$OUT"
}

@test "the document has every case that list shows, and no other" {
    exits 0 quick_run --filter boxing/sum --no-memory-pass
    jq -r '.cases[].id' "$OUT" | sort >"$BATS_TEST_TMPDIR/document"
    "$LAYOUTBENCH" list --filter boxing/sum | sed -n 's/^  //p' | grep 'ws=16KiB$' | sort |
        diff - "$BATS_TEST_TMPDIR/document"
}

@test "a name that is not UTF-8, or has control characters, leaves a document that can be read" {
    exits 0 quick_run --filter boxing/sum/inline --no-memory-pass --machine-name $'caf\xe9\t\e[1m'
    validates "$OUT"
    jq -e '.machine.name == "caf\ufffd  [1m" and .machine.name == .run.command[-1]' "$OUT"
    exits 0 "$LAYOUTBENCH" claims "$OUT"
}

@test "what --no-checks leaves out is unknown: the caches, each case's level, the smallest difference" {
    exits 0 quick_run --filter boxing/sum/inline --no-memory-pass
    validates "$OUT"
    jq -e '.machine.caches_measured == null and .run.smallest_difference == null
           and (.cases[0].point.level == null)' "$OUT"
    jq -e '.machine.checks | map(.id) == ["no_checks", "placing", "drift"]' "$OUT"
    says 'were not looked at: --no-checks'
}

@test "no counter that could not be read is a number" {
    exits 0 quick_run --filter boxing/sum/inline
    jq -e '[.cases[].counters[] | select((.status == "counted") != (.value_per_op != null))] == []' \
        "$OUT"
    jq -e '[.machine.counters[] | select(.status != "counted" and .reason == null)] == []' "$OUT"
}

@test "sixteen events by name are each a number or null with its reason" {
    local events=faults,perf::MINOR-FAULTS,perf::MAJOR-FAULTS,perf::CONTEXT-SWITCHES,perf::MIGRATIONS
    local raw=r1,r2,r3,r4,r5,r6,r7,r8,r9,ra,rb
    exits 0 quick_run --filter boxing/sum/inline --no-memory-pass --events "$events" --events "$raw"
    validates "$OUT"
    jq -e --arg all "$events,$raw" '.run.events == ($all | split(","))' "$OUT"
    jq -e '.run.events - [.machine.counters[].name] == []' "$OUT"
    jq -e '.run.events as $e | [.cases[].counters | keys_unsorted[12:] == $e] | all' "$OUT"
    jq -e '[.cases[].counters[] | select((.status == "counted") != (.value_per_op != null))] == []' \
        "$OUT"
    jq -e '[.cases[].counters[] | select(.status != "counted" and .reason == null)] == []' "$OUT"
    jq -e '.cases[0].counters | .faults.value_per_op == .page_faults.value_per_op' "$OUT"
}

@test "--resume goes on with the same events only" {
    exits 0 quick_run --filter boxing/sum/inline --no-memory-pass --events faults
    jq '.run.complete = false' "$OUT" >"$OUT.cut" && mv "$OUT.cut" "$OUT"
    exits 2 quick_run --filter boxing/sum/inline --no-memory-pass --resume
    says "its list of --events is 'faults', here it is ''"
    exits 0 quick_run --filter boxing/sum/inline --no-memory-pass --resume --events faults
    says '1 cases are kept'
    jq -e '.run.complete and .cases[0].counters.faults' "$OUT"
}

# cut_short JQ-FILTER: the document as an interrupted run would have left it.
cut_short() {
    jq "(.run.complete = false) | $1" "$OUT" >"$OUT.cut" && mv "$OUT.cut" "$OUT"
}

@test "--resume does not put rows with counters beside rows without" {
    exits 0 quick_run --filter boxing/sum/inline --no-memory-pass
    cut_short .
    exits 2 quick_run --filter boxing/sum/inline --no-memory-pass --no-counters --resume
    says "its counting (--no-counters) is 'on', here it is 'off'"
}

@test "--resume measures a comparison again that Ctrl-C ended" {
    exits 0 quick_run --filter boxing/sum/inline --no-memory-pass
    cut_short '.cases[0].notes += ["interrupted"]'
    exits 0 quick_run --filter boxing/sum/inline --no-memory-pass --resume
    says '0 cases are kept'
    jq -e '.run.complete and (.cases[0].notes | index("interrupted")) == null' "$OUT"
}

@test "--resume gives kept cases the passes that the interrupted run did not come to" {
    local flags=(--wait --profile quick --working-set 256KiB --no-checks --simulate never)
    flags+=(--filter boxing/sum/boxed_fresh --output "$OUT")
    exits 0 "$LAYOUTBENCH" run "${flags[@]}" --no-memory-pass --no-whole-process
    jq -e '.cases[0].memory.allocations == null and .whole_process == []' "$OUT"
    jq '.cases[0]' "$OUT" >"$BATS_TEST_TMPDIR/before"
    cut_short .
    exits 0 "$LAYOUTBENCH" run "${flags[@]}" --resume
    says '1 cases are kept'
    validates "$OUT"
    jq -e '.cases[0].memory | .allocations > 0 and .status == "ok"' "$OUT"
    jq -e '.whole_process | length == 1 and .[0].status == "ok"' "$OUT"
    jq -e --slurpfile before "$BATS_TEST_TMPDIR/before" \
        '(.cases[0] | del(.memory)) == ($before[0] | del(.memory))
         and .cases[0].memory.heap_bytes == $before[0].memory.heap_bytes' "$OUT"
}

@test "--resume does not go on with what another build or CPU measured" {
    exits 0 quick_run --filter boxing/sum/inline --no-memory-pass
    cp "$OUT" "$BATS_TEST_TMPDIR/whole"
    local change
    for change in '.tool.flags = "-O0"' '.tool.compiler = "cc 1"' '.tool.build = "debug"' \
        '.tool.program = "0123456789abcdef"' '.run.cpu = 77'; do
        cp "$BATS_TEST_TMPDIR/whole" "$OUT"
        cut_short "$change"
        exits 2 quick_run --filter boxing/sum/inline --no-memory-pass --resume
        says 'cannot be gone on with'
    done
}

@test "--resume refuses a selection that would lose rows, and leaves them" {
    exits 0 quick_run --filter boxing/sum/inline --filter boxing/sum/boxed_fresh --no-memory-pass
    cut_short .
    cp "$OUT" "$BATS_TEST_TMPDIR/before"
    exits 2 quick_run --filter boxing/sum/inline --no-memory-pass --resume
    says_one_line
    says 'holds boxing/sum/boxed_fresh/ws='
    cmp "$OUT" "$BATS_TEST_TMPDIR/before"
    exits 0 quick_run --filter boxing/sum/inline --filter boxing/sum/boxed_fresh --no-memory-pass \
        --resume
    says '2 cases are kept'
}

@test "columns of samples have equal lengths, and kept ones were not disturbed" {
    exits 0 quick_run --filter boxing/sum/inline --no-memory-pass
    jq -e '[.cases[].samples | [.[] | length] | unique | length] | unique == [1]' "$OUT"
    jq -e '[.cases[].samples | [.kept, .involuntary_switches, .migrated] | transpose[]
            | select(.[0] and (.[1] > 0 or .[2]))] == []' "$OUT"
}

@test "--quiet says nothing when nothing is wrong" {
    exits 0 quick_run --quiet --filter boxing/sum/inline --no-memory-pass
    [ -z "$output" ] || says 'waiting for the run of process'
}

@test "an unknown working set is refused with what it looks like" {
    exits 2 "$LAYOUTBENCH" run --working-set 17K --output "$OUT"
    says --working-set
    [ ! -e "$OUT" ]
}

# ---- Output that cannot be written is known before anything is measured ---------------------------

# refused_at_once: status 3, one line, and not a word of progress.
refused_at_once() {
    exits 3 "$LAYOUTBENCH" run "${QUICK[@]}" --filter boxing/sum --output "$1"
    says "$2"
    says_not '%'
}

@test "a folder that cannot be made is refused before measuring" {
    : >"$BATS_TEST_TMPDIR/file"
    refused_at_once "$BATS_TEST_TMPDIR/file/results.json" "$BATS_TEST_TMPDIR/file"
}

@test "output in a file system that takes no files is refused before measuring" {
    refused_at_once /proc/results.json /proc/results.json
}

@test "output that is no regular file is refused and left alone" {
    mkfifo "$BATS_TEST_TMPDIR/fifo"
    refused_at_once "$BATS_TEST_TMPDIR/fifo" 'not a regular file'
    [ -p "$BATS_TEST_TMPDIR/fifo" ]
    mkdir "$BATS_TEST_TMPDIR/folder"
    refused_at_once "$BATS_TEST_TMPDIR/folder" 'not a regular file'
}

@test "a full disk is refused before measuring, and the old document stays" {
    disk=$BATS_TEST_TMPDIR/disk
    mkdir "$disk"
    mount -t tmpfs -o size=64k none "$disk" 2>/dev/null || skip "this machine lets no test mount"
    echo old >"$disk/results.json"
    run refused_at_once "$disk/results.json" 'MiB are free'
    left=$(ls "$disk" && cat "$disk/results.json")
    umount "$disk"
    [ "$status" -eq 0 ] || { echo "$output" && return 1; }
    [ "$left" = $'results.json\nold' ]
}

@test "a disk that fills up while a run measures does not lose the run" {
    disk=$BATS_TEST_TMPDIR/disk
    mkdir "$disk"
    mount -t tmpfs -o size=66m none "$disk" 2>/dev/null || skip "this machine lets no test mount"
    quick_run --filter boxing/sum/inline --no-memory-pass --output "$disk/results.json" \
        >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
    eventually grep -q '% about\|% *about' "$BATS_TEST_TMPDIR/said"
    cat /dev/zero >"$disk/full" 2>/dev/null || true
    status=0
    wait $! || status=$?
    run validates "$disk/results.json"
    umount "$disk"
    [ "$status" -eq 0 ]
}

# Another /tmp, with an inode for the lock and none for what comes after measuring.
@test "a pass that fails after measuring does not lose the run" {
    exits 0 unshare -m true || skip "this machine lets no test mount"
    # shellcheck disable=SC2016 # expanded by the inner shell
    run unshare -m bash -c '
        set -e
        mount -t tmpfs none /mnt && mkdir /mnt/build /mnt/out
        mount --bind "$1" /mnt/build && mount --bind "$2" /mnt/out
        mount -t tmpfs -o nr_inodes=2 none /tmp
        /mnt/build/layoutbench run --profile quick --working-set 256KiB --no-checks \
            --simulate always --filter boxing/sum/inline --output /mnt/out/results.json' \
        bash "$BUILD" "$BATS_TEST_TMPDIR"
    [ "$status" -eq 0 ] || { echo "$output" && return 1; }
    says 'whole processes are not timed: '
    says 'caches are not simulated: '
    validates "$OUT"
    jq -e '.run.complete and .cases[0].time != null and .whole_process == []' "$OUT"
}

# ---- One run at a time ------------------------------------------------------------------------

# The lock is taken as another run would take it.
LOCK=/tmp/layoutbench.lock

@test "a second run refuses, and says that another one measures" {
    exec 8>>"$LOCK"
    flock 8
    exits 3 "$LAYOUTBENCH" run --profile quick --filter boxing/sum --output "$OUT"
    exec 8>&-
    says 'another run is measuring on this machine'
    says --wait
    [ ! -e "$OUT" ]
}

@test "--wait waits for the other run, and then measures" {
    exec 8>>"$LOCK"
    flock 8
    quick_run --filter boxing/sum/inline --no-memory-pass >"$BATS_TEST_TMPDIR/said" 2>&1 8>&- 3>&- &
    eventually grep -q 'waiting for the run' "$BATS_TEST_TMPDIR/said"
    [ ! -e "$OUT" ]
    exec 8>&-
    wait $!
    validates "$OUT"
}

# ---- Interrupted --------------------------------------------------------------------------------

# started: a long run in a session of its own is measuring; its process is $RUN.
started() {
    setsid "$LAYOUTBENCH" run --wait --filter boxing --no-memory-pass --no-whole-process \
        --output "$OUT" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
    RUN=$!
    eventually grep -q '% about\|% *about' "$BATS_TEST_TMPDIR/said"
    eventually children
}

# children: the run has processes of cases.
children() {
    pgrep -s "$RUN" -f 'layoutbench exec .*--control-fd'
}

no_children() {
    ! children
}

# keeps_what_was_measured SIGNAL: a valid document, complete: false, no children, status 130.
keeps_what_was_measured() {
    started
    kill -"$1" "$RUN"
    [ "$1" = INT ] || kill -"$1" "$RUN" || true # a shell's beside the terminal's own
    status=0
    wait "$RUN" || status=$?
    [ "$status" -eq 130 ]
    validates "$OUT"
    jq -e '.run.complete == false' "$OUT"
    eventually no_children
    [ "$(find "$BATS_TEST_TMPDIR" -name 'results.json*')" = "$OUT" ]
}

@test "Ctrl-C keeps what was measured: a valid document, complete: false, no children, status 130" {
    keeps_what_was_measured INT
}

@test "a terminal that goes away keeps what was measured, as Ctrl-C does" {
    keeps_what_was_measured HUP
}

@test "a reader that goes away does not lose the run" {
    (
        quick_run --filter boxing/sum/inline --no-memory-pass 2>&1 || true
        echo ended >"$BATS_TEST_TMPDIR/ended"
    ) | head -c 1 >/dev/null
    eventually test -s "$BATS_TEST_TMPDIR/ended"
    validates "$OUT"
    jq -e '.run.complete' "$OUT"
}

@test "a run without standard descriptors writes a document, and nothing else into it" {
    (
        exec 0<&- 1>&- 2>&- 3>&-
        quick_run --filter boxing/sum/inline --no-memory-pass || true # its summary was lost
    )
    validates "$OUT"
    jq -e '.run.complete' "$OUT"
}

@test "output that has nowhere to go is no success" {
    exits 1 bash -c '"$LAYOUTBENCH" list >&-'
    says 'cannot write to standard output'
}

@test "a run that is killed leaves the old document and no children" {
    echo old >"$OUT"
    started
    kill -KILL "$RUN"
    wait "$RUN" || true
    eventually no_children
    [ "$(cat "$OUT")" = old ]
}
