#!/usr/bin/env bats
# scripts/gate: what it builds, hands on, passes through, refuses and cleans up. The builds and the
# gate are fakes in a small repository of their own: real ones are in gate.bats.

# shellcheck disable=SC2016,SC2030,SC2031 # the fakes' own shells expand; bats has one a test

load common

setup() {
    REPOSITORY=$BATS_TEST_TMPDIR/repository
    GATE=$REPOSITORY/scripts/gate
    export TMPDIR=$BATS_TEST_TMPDIR/tmp
    export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.org
    export GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.org
    mkdir -p "$REPOSITORY/scripts" "$TMPDIR"
    cp "$ROOT/scripts/gate" "$REPOSITORY/scripts"
    cd "$REPOSITORY" || return
    git init -q -b main
    echo /build/ >.gitignore
    makefile_that '@true'
    commit first
}

# makefile_that COMMAND: builds a program that is the word in version.txt, after the command.
makefile_that() {
    git log -1 --format=%s >version.txt 2>/dev/null || echo none >version.txt
    printf 'all build/release/layoutbench-gate:\n\t%s\n\t%s\n' "$1" \
        'mkdir -p $(BUILD_DIR) && cp version.txt $(BUILD_DIR)/layoutbench && chmod +x $(BUILD_DIR)/layoutbench && touch $(BUILD_DIR)/liblayoutbench-alloc.so' >Makefile
}

# commit NAME: all that is here becomes a commit and a tag of that name; its program says the name.
commit() {
    echo "$1" >version.txt
    git add -A
    git commit -qm "$1"
    git tag "$1"
}

# fake_gate: the rest of standard input becomes the gate program.
fake_gate() {
    export LB_GATE_PROGRAM=$BATS_TEST_TMPDIR/fake-gate
    { echo '#!/bin/bash' && cat; } >"$LB_GATE_PROGRAM"
    chmod +x "$LB_GATE_PROGRAM"
}

# Shows what it was given: each argument, and of a program what it says.
showing_gate() {
    fake_gate <<'END'
for argument; do
    if [ -x "$argument" ]; then echo "program $(cat "$argument")"; else echo "argument $argument"; fi
done
END
}

# Nothing is left in the temporary folder, and git knows of one worktree.
clean() {
    [ -z "$(ls -A "$TMPDIR")" ] || { ls -la "$TMPDIR" && return 1; }
    [ "$(git worktree list | wc -l)" -eq 1 ] || { git worktree list && return 1; }
    [ -z "$(find build/gate -name '.*' ! -path build/gate)" ]
}

@test "gate --help says what it does, its exit statuses and where the options are" {
    exits 0 "$GATE" --help
    says 'scripts/gate BASE'
    says 'layoutbench-gate --help'
    says 'Exit status: 0 pass; 1 regression'
}

@test "gate without a base is a usage error on one line" {
    exits 2 "$GATE"
    says_one_line
    says 'name a BASE'
    exits 2 "$GATE" --strict
    says_one_line
    exits 2 "$GATE" ''
    says_one_line
}

@test "gate names an unknown revision on one line and builds nothing" {
    for unknown in no-such-branch 0123456789abcdef0123456789abcdef01234567 'main; rm -rf x' HEAD:Makefile; do
        exits 2 "$GATE" "$unknown"
        says_one_line
        says "no revision '$unknown'"
    done
    [ ! -e build ]
}

@test "gate says that a clone is shallow when it lacks the revision" {
    commit second
    git clone -q --depth 1 "file://$REPOSITORY" "$BATS_TEST_TMPDIR/shallow"
    exits 2 "$BATS_TEST_TMPDIR/shallow/scripts/gate" HEAD~1
    says_one_line
    says 'git fetch --unshallow'
}

@test "gate outside of a repository says git's own sentence" {
    rm -rf .git
    exits 2 env GIT_CEILING_DIRECTORIES="$BATS_TEST_TMPDIR" "$GATE" main
    says_one_line
    says 'not a git repository'
    showing_gate
    exits 0 env GIT_CEILING_DIRECTORIES="$BATS_TEST_TMPDIR" "$GATE" --base-binary old
    says 'argument old'
}

@test "gate builds the base as it was and this tree as it stands" {
    commit second
    echo changed >version.txt
    showing_gate
    exits 0 "$GATE" first --strict --filter 'boxing/*'
    says 'program changed'
    says 'argument this tree'
    says 'program first'
    says 'argument first'
    says 'argument --strict'
    says 'argument boxing/*'
    clean
    [ "$(git status --porcelain)" = ' M version.txt' ]
}

@test "gate works from another folder and inside a hook of git" {
    showing_gate
    cd / || return
    exits 0 env GIT_DIR=/nowhere GIT_INDEX_FILE=/nowhere/index "$GATE" first
    says 'program first'
}

@test "gate gives both programs paths of one length" {
    commit second
    echo changed >version.txt
    fake_gate <<<'for a; do case $a in /*) echo "${#a}";; esac; done | sort -u | wc -l'
    exits 0 "$GATE" first
    [ "${lines[-1]}" = 1 ]
}

@test "a base that was built is not built again, unless the flags are others" {
    makefile_that '@echo made >>$(LOG)'
    commit second
    export LOG=$BATS_TEST_TMPDIR/log
    showing_gate
    exits 0 "$GATE" second
    exits 0 "$GATE" second
    [ "$(wc -l <"$LOG")" -eq 2 ] # this tree, twice: as the clean head it is the base as well
    git commit -q --allow-empty -m third
    exits 0 "$GATE" second
    [ "$(wc -l <"$LOG")" -eq 3 ]
    exits 0 env CFLAGS=-O3 "$GATE" second
    [ "$(wc -l <"$LOG")" -eq 5 ]
}

@test "a kept build of the same commit does not hide what was just built" {
    showing_gate
    exits 0 "$GATE" first
    local kept=("build/gate/$(git rev-parse HEAD)"-*)
    echo 'another one' >"${kept[0]}/layoutbench"
    exits 0 "$GATE" first
    says 'program first'
    says_not 'program another one'
    echo 'another one' >"${kept[0]}/liblayoutbench-alloc.so"
    exits 0 "$GATE" first
    [ ! -s "${kept[0]}/liblayoutbench-alloc.so" ]
}

# builds NUMBER COMMAND...: it succeeds, and so many builds are made.
builds() {
    local wanted=$1
    shift
    : >"$LOG"
    exits 0 "$@"
    [ "$(wc -l <"$LOG")" -eq "$wanted" ] || { echo "$(wc -l <"$LOG") builds for: $*" && return 1; }
}

@test "a kept base is built again for other extra benchmarks, and for flags that differ behind a space" {
    makefile_that '@echo made >>$(LOG)'
    commit second
    git commit -q --allow-empty -m third
    export LOG=$BATS_TEST_TMPDIR/log
    showing_gate
    builds 2 "$GATE" second
    builds 1 "$GATE" second
    for name in EXTRA_BENCHMARKS EXTRA_CFLAGS EXTRA_LDLIBS; do
        builds 2 env "$name=x" "$GATE" second
        builds 1 env "$name=x" "$GATE" second
    done
    builds 2 env MAKEFLAGS='-- CFLAGS=-O2\ -g' "$GATE" second
    builds 2 env MAKEFLAGS='-- CFLAGS=-O2\ -g3' "$GATE" second
    builds 2 env CC='env gcc' "$GATE" second
    mkdir mine
    echo 1 >mine/a.c
    builds 2 env EXTRA_BENCHMARKS=mine "$GATE" second
    echo 2 >mine/a.c
    builds 2 env EXTRA_BENCHMARKS=mine "$GATE" second
    builds 1 env MAKEFLAGS='-- GATE_FLAGS=--strict\ --quiet CFLAGS=-O2\ -g3' "$GATE" second
}

@test "builds that were not used for long are forgotten" {
    showing_gate
    for i in 0 1 2 3 4 5 6 7 8 9; do
        mkdir -p "build/gate/old$i"
        touch -d '2020-01-01' "build/gate/old$i"
    done
    exits 0 "$GATE" first
    [ "$(find build/gate -mindepth 1 -maxdepth 1 -type d | wc -l)" -eq 10 ]
    exits 0 "$GATE" first
    local kept=("build/gate/$(git rev-parse first)"-*)
    [ -x "${kept[0]}/layoutbench" ]
}

@test "what needs no base is handed on with this tree alone" {
    showing_gate
    for option in --self-test --write-baseline=x.json --base-results=x.json; do
        exits 0 "$GATE" "$option"
        says 'argument --head-binary'
        says "argument $option"
        says_not 'argument --base-binary'
    done
}

@test "gate passes every exit status of the gate through" {
    for status in 0 1 2 3 4 5 6 130; do
        fake_gate <<<"exit $status"
        exits "$status" "$GATE" first
    done
    clean
}

@test "a gate that dies without a verdict is the harness's failure, and an old verdict goes" {
    mkdir out
    touch out/gate.json
    fake_gate <<<'kill -KILL $$'
    exits 6 "$GATE" first
    says 'ended with status 137; nothing was judged'
    [ ! -e out/gate.json ]
}

@test "programs that are given are not built" {
    makefile_that '@false'
    commit broken
    showing_gate
    exits 0 "$GATE" --base-binary old --head-binary=new --strict
    says 'argument old'
    says 'argument --head-binary=new'
    exits 2 "$GATE" broken --base-binary old
    says 'this tree does not build'
}

@test "a base that does not build is one line with the place of the log" {
    makefile_that '@echo the reason; false'
    commit broken
    makefile_that '@true'
    commit sound
    fake_gate <<<'echo must not run'
    exits 2 "$GATE" broken
    says "broken does not build: see build/gate/$(git rev-parse broken).log"
    says_not 'must not run'
    grep -q 'the reason' "build/gate/$(git rev-parse broken).log"
    [ -z "$(find build/gate -type d -name "$(git rev-parse broken)*")" ]
    clean
}

@test "what an earlier gate said goes where a side does not build" {
    makefile_that '@false'
    commit broken
    mkdir out
    touch out/gate.json out/gate.md out/gate.xml out/other
    exits 2 "$GATE" first --markdown=out/gate.md --junit out/gate.xml
    [ "$(ls out)" = other ]
    touch out/gate.json
    exits 2 "$GATE" first --output out/mine.json
    [ -e out/gate.json ]
    exits 2 "$GATE" --self-test
    exits 2 "$GATE" --write-baseline=x.json
    [ -e out/gate.json ]
    exits 2 "$GATE" no-such-revision
    [ ! -e out/gate.json ]
}

@test "what cannot be removed, or is no file, stays, and the exit status is what it is" {
    makefile_that '@false'
    commit broken
    mkdir -p out/folder
    mkfifo out/fifo
    exits 2 "$GATE" first --output out/fifo --markdown out/folder
    [ -p out/fifo ]
}

@test "other worktrees of the repository are left alone, be they there or not" {
    git worktree add -q "$BATS_TEST_TMPDIR/elsewhere" first
    mv "$BATS_TEST_TMPDIR/elsewhere" "$BATS_TEST_TMPDIR/away"
    commit second
    showing_gate
    exits 0 "$GATE" first
    mv "$BATS_TEST_TMPDIR/away" "$BATS_TEST_TMPDIR/elsewhere"
    [ "$(git -C "$BATS_TEST_TMPDIR/elsewhere" log -1 --format=%s)" = first ]
    [ "$(git worktree list | wc -l)" -eq 2 ]
}

@test "a command of its own that fails is the harness's failure, not a verdict" {
    mkdir out
    touch out/gate.json
    TMPDIR=$BATS_TEST_TMPDIR/none exits 6 "$GATE" first --output out/gate.json
    says 'nothing was judged'
    [ ! -e out/gate.json ]
}

@test "two gates in one tree do not build at the same time" {
    showing_gate
    mkdir -p build/gate
    exec 8>build/gate/lock
    flock 8
    "$GATE" first >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- 8>&- &
    local gate=$!
    eventually grep -q 'another gate builds in this tree' "$BATS_TEST_TMPDIR/said"
    [ ! -e build/release ]
    flock -u 8
    wait "$gate"
    grep -q 'program this tree\|program first' "$BATS_TEST_TMPDIR/said"
}

@test "a signal ends a gate that waits for another one's builds" {
    mkdir -p build/gate
    exec 8>build/gate/lock
    flock 8
    "$GATE" first >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- 8>&- &
    local gate=$! status=0
    eventually grep -q 'another gate builds in this tree' "$BATS_TEST_TMPDIR/said"
    kill -TERM "$gate"
    wait "$gate" || status=$?
    [ "$status" -eq 143 ]
    flock -u 8
    [ ! -e build/release ]
}

# interrupts SIGNAL WHAT...: starts gate, waits until the file `started` is there, and sends it.
interrupts() {
    local signal=$1
    shift
    rm -f "$BATS_TEST_TMPDIR/started"
    "$@" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
    local gate=$!
    eventually test -e "$BATS_TEST_TMPDIR/started"
    kill -"$signal" "$gate"
    status=0
    wait "$gate" || status=$?
    output=$(cat "$BATS_TEST_TMPDIR/said")
}

@test "a signal while the base is built ends the compiler and leaves nothing behind" {
    makefile_that '@echo $$$$ >$(STARTED); exec sleep 300'
    commit slow
    makefile_that '@true'
    commit sound
    export STARTED=$BATS_TEST_TMPDIR/started
    mkdir out
    touch out/gate.json
    interrupts TERM "$GATE" slow
    [ "$status" -eq 143 ]
    [ ! -e out/gate.json ]
    eventually sh -c "! kill -0 $(cat "$STARTED")"
    clean
}

@test "a signal while the gate runs reaches it once, and its own exit status is passed through" {
    export STARTED=$BATS_TEST_TMPDIR/started
    fake_gate <<'END'
trap 'echo caught; caught=1' TERM INT
touch "$STARTED"
until [ "$caught" ]; do sleep 0.1; done
sleep 0.5
echo ended in order
exit 130
END
    interrupts TERM "$GATE" first
    [ "$status" -eq 130 ]
    [ "$(grep -c caught "$BATS_TEST_TMPDIR/said")" -eq 1 ]
    says 'ended in order'
    clean
}

@test "Ctrl-C on a terminal reaches the gate once and is cleaned up after" {
    export STARTED=$BATS_TEST_TMPDIR/started
    fake_gate <<'END'
trap 'echo caught; caught=1' TERM INT
touch "$STARTED"
until [ "$caught" ]; do sleep 0.1; done
sleep 0.5
exit 130
END
    run /usr/bin/python3 - "$GATE" "$STARTED" <<'END'
import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "first"])
while not os.path.exists(sys.argv[2]):
    time.sleep(0.05)
os.write(terminal, b"\x03")
said = b""
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    said += part
print(said.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
    [ "$status" -eq 130 ]
    [ "$(printf '%s\n' "$output" | grep -c caught)" -eq 1 ]
    clean
}
