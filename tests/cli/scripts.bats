#!/usr/bin/env bats
# scripts/setup, scripts/lint, scripts/asm and make's own words.

# shellcheck disable=SC2016 # the fakes' own shells expand what stands in single quotes

load common

setup() {
    FAKE=$BATS_TEST_TMPDIR/bin
    mkdir -p "$FAKE"
}

# fake NAME: the rest of standard input becomes the program NAME of $FAKE.
# What stands there may be a link to the real program: it is removed, never written through.
fake() {
    rm -f "${FAKE:?}/$1"
    { echo '#!/bin/sh' && cat; } >"$FAKE/$1"
    chmod +x "$FAKE/$1"
}

# Just the base tools that setup uses, so that apt-get and sudo are only there as fakes.
base_tools() {
    for tool in sh dirname cat grep sed env mktemp rm sleep id; do
        ln -sf "$(command -v "$tool")" "$FAKE/$tool"
    done
}

nothing_installed() {
    fake dpkg-query </dev/null
}

# tree: a source tree that has only what setup looks at, with every Debian package there.
tree() {
    TREE=$BATS_TEST_TMPDIR/tree
    mkdir -p "$TREE/scripts" "$TREE/tests/reports"
    cp "$ROOT/scripts/setup" "$ROOT/scripts/packages.txt" "$TREE/scripts"
    echo '{}' >"$TREE/tests/reports/package-lock.json"
    base_tools
    for tool in mkdir mv; do ln -sf "$(command -v "$tool")" "$FAKE/$tool"; done
    fake dpkg-query <<<'for p; do echo "installed $p"; done'
    fake apt-get <<<'echo apt-get was called >&2; exit 1'
}

@test "setup is instant when everything is there: one question to dpkg, no apt-get, no npm" {
    tree
    fake npm <<<'echo npm was called >&2; exit 1'
    mkdir -p "$TREE/tests/reports/node_modules/axe-core"
    : >"$TREE/tests/reports/node_modules/axe-core/axe.min.js"
    exits 0 env PATH="$FAKE" "$TREE/scripts/setup" --test
    says_one_line
    says 'everything is installed'
}

@test "setup asks npm for axe-core only for the tests" {
    tree
    fake npm <<<'echo "npm $*" >&2; exit 0'
    exits 0 env PATH="$FAKE" "$TREE/scripts/setup"
    says_one_line
    exits 0 env PATH="$FAKE" "$TREE/scripts/setup" --test
    says 'fetching axe-core from the npm registry'
    [ ! -e "$TREE/build/axe-core-unavailable" ]
}

@test "setup without a way to the npm registry says so loudly, leaves why, and is no failure" {
    tree
    fake npm <<<'echo "npm error code ENOTFOUND" >&2; exit 1'
    exits 0 env PATH="$FAKE" "$TREE/scripts/setup" --test
    says 'npm error code ENOTFOUND'
    says 'this machine cannot reach the npm registry'
    says 'SKIPPED'
    grep -q ENOTFOUND "$TREE/build/axe-core-unavailable"
}

@test "setup fails when what npm fetched is not what the lock file names" {
    tree
    fake npm <<<'echo "npm error code EINTEGRITY" >&2; exit 1'
    exits 1 env PATH="$FAKE" "$TREE/scripts/setup" --test
    says 'package-lock.json'
}

@test "setup without apt-get prints the packages and stops with status 3" {
    base_tools
    exits 3 env PATH="$FAKE" "$ROOT/scripts/setup"
    says 'no apt-get'
    says 'apt-get install --no-install-recommends make gcc g++'
}

@test "setup without root and sudo prints what is missing and stops with status 3" {
    base_tools
    fake dpkg-query <<<'for p; do [ "$p" = make ] || echo "installed $p"; done'
    fake apt-get <<<'exit 1'
    fake id <<<'echo 1000'
    exits 3 env PATH="$FAKE" "$ROOT/scripts/setup"
    says 'not root, and there is no sudo'
    says 'apt-get install --no-install-recommends make'
    says_not 'make gcc'
}

@test "setup goes through sudo where there is one" {
    base_tools
    nothing_installed
    fake apt-get <<<'echo "apt-get $*"; exit 100'
    fake id <<<'echo 1000'
    fake sudo <<<'[ "$1" = -n ] && shift; [ "$1" = true ] && exit 0; echo "sudo: $1"; exec "$@"'
    exits 1 env PATH="$FAKE" "$ROOT/scripts/setup"
    says 'sudo: env'
}

@test "setup says what to do next when apt-get fails" {
    base_tools
    nothing_installed
    fake id <<<'echo 0'
    fake apt-get <<<'echo "E: Unable to locate package make" >&2; exit 100'
    exits 1 env PATH="$FAKE" "$ROOT/scripts/setup"
    says 'Unable to locate package make'
    says 'check the network and the sources in /etc/apt'
}

@test "setup waits while another program holds apt's lock" {
    base_tools
    fake id <<<'echo 0'
    fake sleep </dev/null
    fake dpkg-query <<<'[ -e "$LOCK_TRIES.done" ] && for p; do echo "installed $p"; done'
    fake apt-get <<'EOF'
for word; do last=$word; done
if [ ! -s "$LOCK_TRIES" ]; then
    echo tried >>"$LOCK_TRIES"
    echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1" >&2
    exit 100
fi
[ "$last" = update ] || : >"$LOCK_TRIES.done"
EOF
    exits 0 env PATH="$FAKE" LOCK_TRIES="$BATS_TEST_TMPDIR/tries" "$ROOT/scripts/setup"
    says 'held by process 1'
    says 'trying again'
    says 'everything is installed'
}

@test "setup names an unknown argument and stops with status 2" {
    exits 2 "$ROOT/scripts/setup" --tset
    says_one_line
    says "'--tset'"
}

# lint_finds TOOL FILE: a repository that holds FILE (from standard input) fails TOOL, names the
# file, and passes once the file is gone.
lint_finds() {
    local repository=$BATS_TEST_TMPDIR/repository
    git init -q "$repository"
    cp "$ROOT/.clang-format" "$ROOT/.clang-tidy" "$ROOT/.flake8" "$repository"
    mkdir -p "$repository/harness"
    cat >"$repository/$2"
    cd "$repository" || return
    git add -A
    exits 1 "$ROOT/scripts/lint" "$1"
    says FAILED
    says "$(basename "$2")"
    git rm -q --cached "$2"
    exits 0 "$ROOT/scripts/lint" "$1"
}

@test "lint: clang-format fails on a badly laid out file" {
    lint_finds clang-format harness/bad.c <<<'int  f ( void ){return 1;}'
}

@test "lint: clang-tidy fails on a misplaced bracket in malloc" {
    lint_finds clang-tidy harness/bad.c <<'EOF'
#include <stdlib.h>
#include <string.h>
char *copy(const char *text);
char *copy(const char *text)
{
    return malloc(strlen(text + 1));
}
EOF
}

@test "lint: cppcheck fails on an array that is overrun" {
    lint_finds cppcheck harness/bad.c <<'EOF'
int last(void);
int last(void)
{
    int values[4] = {1, 2, 3, 4};
    return values[4];
}
EOF
}

@test "lint: shellcheck fails on an unquoted variable" {
    lint_finds shellcheck bad.sh <<<$'#!/bin/sh\nrm $1'
}

@test "lint: black fails on a badly laid out file" {
    lint_finds black bad.py <<<"x = { 'a':1 }"
}

@test "lint: flake8 fails on an unused import" {
    lint_finds flake8 bad.py <<<'import os'
}

@test "lint goes on after a tool that found something" {
    local repository=$BATS_TEST_TMPDIR/repository
    git init -q "$repository"
    cd "$repository" || return
    echo 'import os' >bad.py
    git add -A
    exits 1 "$ROOT/scripts/lint" flake8 black
    [[ ${lines[-1]} == lint:\ black*ok* ]]
}

@test "make help lists the targets, and needs no tool" {
    exits 0 make -C "$ROOT" -s help CC=no-such-compiler CXX=no-such-compiler PYTHON=no-such-python
    for target in all deps deps-test test lint format asm install clean; do says "make $target"; done
}

# bench OPTION...: the quickest run there is, into a folder whose name has a space.
bench() {
    make -s -C "$ROOT" BUILD_DIR="${BUILD#"$ROOT"/}" bench PROFILE=quick OUT="$BATS_TEST_TMPDIR/my out" \
        RUN_FLAGS="--wait --working-set 16KiB --no-whole-process --no-checks --no-memory-pass \
            --simulate never --filter boxing/sum/inline" "$@"
}

@test "make bench and make report write into a folder whose name has a space" {
    exits 0 bench
    OUT="$BATS_TEST_TMPDIR/my out"
    [ -s "$OUT/report.html" ]
    rm "$OUT/report.html"
    exits 0 make -s -C "$ROOT" BUILD_DIR="${BUILD#"$ROOT"/}" report OUT="$OUT"
    [ -s "$OUT/report.html" ]
    exits 0 make -s -C "$ROOT" BUILD_DIR="${BUILD#"$ROOT"/}" report OUT="$OUT" \
        RESULTS="'$OUT/results.json' '$OUT/results.json'"
}

@test "make bench fails when the page cannot be written, and keeps what was measured" {
    exits 2 bench PYTHON=false
    says 'bench] Error 1'
    [ -s "$BATS_TEST_TMPDIR/my out/results.json" ]
}

@test "make asm prints the timed functions with their source lines" {
    exits 0 "$ROOT/scripts/asm" "$BUILD" boxing/sum
    says '<inline_run>:'
    says '<boxed_run>:'
    says_not '_create>:'
}

@test "make asm finds timed functions by the variants' tables, whatever their names" {
    exits 0 "$ROOT/scripts/asm" "$BUILD" padding/flags
    says '<bits_scan>:'
    says_not '_create>:'
}

@test "make asm prints the loops that the modes of a benchmark share" {
    exits 0 "$ROOT/scripts/asm" "$BUILD" flat_index/lookup
    says '<flat_run_dependent>:'
    says '<flat_apart_run_independent>:'
}

@test "make asm names the benchmarks when there is no such one" {
    exits 2 "$ROOT/scripts/asm" "$BUILD" boxing/sun
    says '  boxing/sum'
}

@test "make gate-stored without a baseline says how to make one" {
    [ ! -e "$ROOT/ci/baseline.json" ] || skip 'this machine has a baseline of its own'
    exits 2 make -s -C "$ROOT" BUILD_DIR="${BUILD#"$ROOT"/}" gate-stored
    says 'run make baseline first'
}
