#!/usr/bin/env bats
# Simulated cache misses: that they are exact, repeat, cost nothing twice, and are refused in words.
# tests/benchmarks/known has loops whose misses are known before they are counted.

# shellcheck disable=SC2016 # inner shells and jq expand

load common

setup_file() {
    command -v valgrind >/dev/null || skip 'valgrind is not installed: run scripts/setup'
}

setup() {
    export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
    OUT=$BATS_TEST_TMPDIR/results.json
}

# figures ID: L1d and last-level misses that the last table has for a case, simulated.
figures() {
    printf '%s\n' "$output" | awk -v id="$1" '$1 == id {
        n = 0; for (i = 2; i <= NF; i++) if ($i ~ /^[0-9.]+$/) f[++n] = $i; print f[2], f[4] }'
}

entries() {
    find "$XDG_CACHE_HOME" -type f | sort
}

# The counts of all entries under a folder, a case a line, in order.
counts() {
    find "$1" -type f -exec grep -h '^mode ' {} + | sort
}

# agree A B: the same cases, ops and instructions, loads and stores to the last one; misses within
# 0.001 an op and the bytes unused in their lines within 64 times that. (Where the kernel puts a
# process moves a line or two of its stack.)
agree() {
    [ "$(counts "$1" | wc -l)" -gt 0 ]
    paste -d ' ' <(counts "$1") <(counts "$2") | awk '
        function off(a, b) { return a > b ? a - b : b - a }
        NF != 22 { bad = 1 }
        { for (i = 2; i <= 6; i++) if ($i != $(i + 11)) bad = 1
          for (i = 7; i <= 10; i++) if (off($i, $(i + 11)) > 0.001 * $3) bad = 1
          if (off($11, $22) > 0.064 * $3) bad = 1 }
        END { exit bad }'
}

# measured OPTION...: run wrote its document. Exit 1: this machine was too busy to time a case.
measured() {
    run "$BROKEN" run "${QUICK[@]}" --working-set 256KiB --simulate always --no-memory-pass \
        --output "$OUT" "$@"
    [ "$status" -le 1 ] && validates "$OUT"
}

@test "a resident loop misses nothing, a walk of a line an op misses once an op" {
    run "$BROKEN" simulate --quiet --filter 'known/walk/*/ws=16MiB'
    [ "$(figures known/walk/resident/ws=16MiB)" = '0.0000 0.0000' ]
    [[ $(figures known/walk/line_each/ws=16MiB) =~ ^1\.000[0-4]\ 1\.000[0-4]$ ]]
    [[ $(figures known/walk/store_each/ws=16MiB) =~ ^1\.000[0-4]\ 1\.000[0-4]$ ]]
}

@test "what fits the last level misses L1d alone, even where the model would warm too little" {
    run "$BROKEN" simulate --quiet --filter known/walk/line_each/ws=256KiB \
        --filter known/walk/hasty_model/ws=256KiB
    [[ $(figures known/walk/line_each/ws=256KiB) =~ ^1\.000[0-9]\ 0\.0000$ ]]
    [[ $(figures known/walk/hasty_model/ws=256KiB) =~ ^1\.000[0-9]\ 0\.0000$ ]]
}

@test "a model that says it is exact, and is not, is found" {
    exits 1 "$BROKEN" simulate --quiet --filter known/walk/wrong_model/ws=16MiB
    says 'exact: OFF'
    says '1 are off by more than 2 %'
}

@test "exact models of the suite are within 2 % of what is simulated" {
    exits 0 "$LAYOUTBENCH" simulate --quiet --filter 'boxing/sum/inline/ws=16MiB' \
        --filter 'boxing/sum/boxed_fresh/ws=16MiB' --filter 'boxing/sum/boxed_shuffled/ws=16MiB' \
        --filter 'padding/misplaced_byte/*/dependent/ws=16MiB'
    says 'of 6 exact models 0 are off'
}

# These are cheap: a tenth of a second of CPU a layout. make check-models has the rest.
@test "exact models of conflicts are within 2 %, at every point" {
    exits 0 "$LAYOUTBENCH" simulate --quiet --filter density/conflicts
    says 'of 18 exact models 0 are off'
}

@test "instructions are the same, to the last one, on every repeat, and misses within 0.001 an op" {
    for time in first second; do
        XDG_CACHE_HOME=$BATS_TEST_TMPDIR/$time "$BROKEN" simulate --quiet \
            --filter known/walk/line_each
    done
    [ "$(find "$BATS_TEST_TMPDIR/first" -type f | wc -l)" -eq 2 ]
    agree "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/second"
    sed -i '/^mode /s/ \([0-9]*\) / 1\1 /2' "$BATS_TEST_TMPDIR"/second/*/*/*/*
    run agree "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/second"
    [ "$status" -ne 0 ]
}

@test "neither the user's environment nor the folder changes a count" {
    "$BROKEN" simulate --quiet --filter known/walk/line_each/ws=256KiB
    mkdir -p "$BATS_TEST_TMPDIR/a/rather/long/path/to/be/started/from"
    cd "$BATS_TEST_TMPDIR/a/rather/long/path/to/be/started/from"
    XDG_CACHE_HOME=$BATS_TEST_TMPDIR/other MALLOC_ARENA_MAX=1 LONG=$(printf '%3000s' x) \
        VALGRIND_OPTS=--D1=16384,8,64 "$BROKEN" simulate --quiet \
        --filter known/walk/line_each/ws=256KiB
    agree "$BATS_TEST_TMPDIR/cache" "$BATS_TEST_TMPDIR/other"
}

@test "what was simulated once is known the second time" {
    exits 0 "$BROKEN" simulate --quiet --filter known/walk/resident
    says '2 cases simulated (0 known from before)'
    exits 0 "$BROKEN" simulate --quiet --filter known/walk/resident
    says '2 cases simulated (2 known from before)'
}

@test "a layout counts the same alone and after others under one callgrind" {
    XDG_CACHE_HOME=$BATS_TEST_TMPDIR/alone "$BROKEN" simulate --quiet \
        --filter known/walk/line_each/ws=256KiB
    exits 0 "$BROKEN" simulate --quiet --filter "known/walk/*/ws=256KiB"
    mkdir "$BATS_TEST_TMPDIR/among"
    grep -rlF 'known/walk/line_each' "$BATS_TEST_TMPDIR/cache" |
        xargs -I {} cp {} "$BATS_TEST_TMPDIR/among"
    agree "$BATS_TEST_TMPDIR/alone" "$BATS_TEST_TMPDIR/among"
}

@test "a layout that crashes under callgrind loses its own counts and no other's, and fails" {
    exits 1 "$BROKEN" simulate --quiet --filter broken/crash --filter known/walk/resident/ws=256KiB
    says 'under callgrind: killed by SIGSEGV'
    says '2 cases simulated'
    says '1 not, of which 1 failed'
    exits 1 "$BROKEN" simulate --quiet --filter broken/crash --output "$OUT"
    validates "$OUT"
    jq -e '.cases[] | select(.variant == "broken") | .status == "error" and
        (.reason | startswith("under callgrind: killed by SIGSEGV"))' "$OUT"
}

@test "a layout that answers wrongly under callgrind fails" {
    exits 1 "$BROKEN" simulate --quiet --filter broken/lies
    says 'under callgrind: wrong answer'
    says '1 not, of which 1 failed'
}

@test "an illegal instruction fails where the build was not for this CPU's own instructions" {
    exits 1 "$BROKEN" simulate --quiet --filter broken/illegal
    says 'killed by SIGILL (Illegal instruction)'
    says_not 'march=native'
    says '1 not, of which 1 failed'
}

@test "a layout that cannot be here is not simulated, and that is no failure" {
    exits 0 "$BROKEN" simulate --quiet --filter broken/too_large --filter broken/unavailable
    says '2 not, of which 0 failed'
}

@test "another seed is another simulation" {
    exits 0 "$BROKEN" simulate --quiet --filter known/walk/resident/ws=256KiB
    exits 0 "$BROKEN" simulate --quiet --filter known/walk/resident/ws=256KiB --seed 2
    says '(0 known from before)'
}

@test "a damaged entry is simulated again, and mended" {
    "$BROKEN" simulate --quiet --filter known/walk/line_each/ws=256KiB
    entry=$(entries)
    cp "$entry" "$BATS_TEST_TMPDIR/whole"
    truncate -s -20 "$entry"
    exits 0 "$BROKEN" simulate --quiet --filter known/walk/line_each/ws=256KiB
    says '(0 known from before)'
    cmp "$entry" "$BATS_TEST_TMPDIR/whole"
}

@test "a cache that cannot be written is said once, and nothing is lost" {
    : >"$BATS_TEST_TMPDIR/file"
    XDG_CACHE_HOME=$BATS_TEST_TMPDIR/file exits 0 "$BROKEN" simulate --filter known/walk/resident
    says '2 cases simulated (0 known from before)'
    [ "$(grep -c 'cannot make the folder' <<<"$output")" -eq 1 ]
}

@test "interrupted, it keeps what was finished" {
    "$BROKEN" simulate --filter known/walk >"$BATS_TEST_TMPDIR/said" 2>&1 &
    child=$!
    eventually bash -c 'test -n "$(find "$XDG_CACHE_HOME" -type f)"'
    kill -INT "$child"
    status=0
    wait "$child" || status=$?
    [ "$status" -eq 130 ]
    grep -q 'interrupted before it was simulated' "$BATS_TEST_TMPDIR/said"
    grep -qE '^known/walk/[a-z_]+/ws=[0-9]+[KM]iB +[0-9]+[.]' "$BATS_TEST_TMPDIR/said"
}

@test "run simulates where no hardware counts misses, and the document says by what" {
    measured --filter known/walk/line_each --geometry machine
    validates "$OUT"
    jq -e '.run.simulation | .tool | startswith("callgrind ")' "$OUT"
    jq -e '.run.simulation.geometries[0] | .name == "standard" and .l1d.size_bytes == 32768
           and .l1d.ways == 8 and .last_level.size_bytes == 4194304 and .last_level.ways == 16' "$OUT"
    jq -e '.machine.fingerprints.environment_fields | (.valgrind | startswith("callgrind"))
           and (.geometry | contains("32 KiB 8-way"))' "$OUT"
    jq -e '.cases[] | select(.id == "known/walk/line_each/ws=256KiB").simulated
           | [.instructions, .l1d_loads, .l1d_misses, .l3_misses, .useful_bytes_per_line]
           | all(.status == "simulated" and .source == "simulated"
                 and (.event | test("^callgrind [0-9.]+ .*L1d 32 KiB 8-way")))' "$OUT"
}

@test "simulate --output writes a document of counts alone, which says that nothing was timed" {
    exits 0 "$LAYOUTBENCH" simulate --quiet --filter padding/flags/bools \
        --filter padding/false_sharing/one_line --output "$BATS_TEST_TMPDIR/counts.json"
    [ -z "$output" ] || says 'waiting for the run of process'
    validates "$BATS_TEST_TMPDIR/counts.json"
    [ "$(jq -r '.run.profile, .run.complete, (.run.cpu | tostring)' "$BATS_TEST_TMPDIR/counts.json" |
        paste -sd ' ')" = "counts true null" ]
    jq -e '.cases | map(select(.status == "not_timed")) | length > 0 and all(.time == null)' \
        "$BATS_TEST_TMPDIR/counts.json"
    jq -e '[.cases[] | .simulated.instructions.value_per_op | numbers] | length > 0 and all(. > 0)' \
        "$BATS_TEST_TMPDIR/counts.json"
}

@test "simulate --output leaves nothing when it cannot be written" {
    mkdir "$BATS_TEST_TMPDIR/taken"
    exits 3 "$LAYOUTBENCH" simulate --quiet --filter padding/flags --output "$BATS_TEST_TMPDIR/taken"
    says_one_line
}

@test "what cannot be simulated is unsupported, with its reason, and never 0" {
    measured --filter known
    jq -e '[.cases[].simulated[]
            | select((.status == "simulated") != (.value_per_op != null))] == []' "$OUT"
    reason() {
        jq -r --arg id "$1" --arg name "$2" '.cases[] | select(.id == $id).simulated[$name]
            | select(.status == "unsupported").reason' "$OUT"
    }
    [ "$(reason known/threads/one/ws=16KiB l1d_misses)" = \
        'its threads take turns under the simulator' ]
    [ "$(reason known/walk/line_each/ws=16KiB l3_misses)" = 'simulated at 256 KiB and 16 MiB only' ]
    [ "$(reason known/walk/resident/ws=256KiB useful_bytes_per_line)" = \
        'fewer than 1,000 lines were fetched' ]
}

@test "the plan says what simulating will take, and nothing of what is known" {
    run "$BROKEN" run "${QUICK[@]}" --working-set 256KiB --simulate always --no-memory-pass \
        --filter known/walk/resident --output "$OUT"
    grep -qE 'about [0-9ms]+ of measuring and [0-9ms]+ of simulating' <<<"$output"
    says 'simulating caches, about'
    run "$BROKEN" run "${QUICK[@]}" --working-set 256KiB --simulate always --no-memory-pass \
        --filter known/walk/resident --output "$OUT"
    says_not 'of simulating'
    says_not 'simulating caches, about'
}

@test "--simulate never simulates nothing" {
    measured --filter known/walk/resident --simulate never
    validates "$OUT"
    jq -e '.run.simulation == null and ([.cases[].simulated[]] == [])' "$OUT"
}

@test "without valgrind, misses are unsupported and it is said what to install" {
    mkdir "$BATS_TEST_TMPDIR/bin"
    PATH=$BATS_TEST_TMPDIR/bin exits 3 "$BROKEN" simulate --quiet --filter known/walk/resident
    says 'valgrind is not installed: scripts/setup installs it'
    PATH=$BATS_TEST_TMPDIR/bin run "$BROKEN" run "${QUICK[@]}" --working-set 256KiB \
        --filter known/walk/line_each --simulate always --no-memory-pass --output "$OUT"
    says 'cache misses are not simulated: valgrind is not installed'
    validates "$OUT"
    jq -e '.run.simulation.tool == null and .run.simulation.reason != null' "$OUT"
    jq -e '[.cases[].simulated[]] | length > 0
           and all(.status == "unsupported" and .value_per_op == null)' "$OUT"
}

# The lock is taken as a run would take it.
LOCK=/tmp/layoutbench.lock

@test "a simulation waits for a run that measures: it would keep all cores busy" {
    exec 8>>"$LOCK"
    flock 8
    "$BROKEN" simulate --quiet --filter known/walk/resident >"$BATS_TEST_TMPDIR/said" 2>&1 8>&- 3>&- &
    eventually grep -q 'waiting for the run' "$BATS_TEST_TMPDIR/said"
    [ -z "$(find "$BATS_TEST_TMPDIR/cache" -type f 2>/dev/null)" ]
    exec 8>&-
    wait $!
    grep -q '2 cases simulated' "$BATS_TEST_TMPDIR/said"
}

@test "what the holder of the lock starts, as the gate does, simulates under it" {
    exits 0 bash -c 'exec 8>>"$0" && flock 8 && echo $$ >"$0" &&
        "$BROKEN" simulate --quiet --filter known/walk/resident; exit $?' "$LOCK"
    says '2 cases simulated'
    says_not 'waiting'
}

@test "exec --simulation is for valgrind" {
    exits 2 bash -c '"$BROKEN" exec known/walk/resident/ws=256KiB --simulation 0 2>&1 >/dev/null'
    says_one_line
    says 'under valgrind'
}

@test "exec - is for --simulation, with cases through --control-fd" {
    exits 2 bash -c '"$BROKEN" exec - 2>&1 >/dev/null'
    says_one_line
    says 'goes with --simulation and --control-fd'
}
