#!/usr/bin/env bats
# An author's way: the example of docs/adding-a-benchmark.md, taken from the page and built in.

# shellcheck disable=SC2016 # the backquotes are Markdown's

load common

# Every object but the author's own is there: start from it.
setup_file() {
    cp -a "$BUILD" "$BATS_FILE_TMPDIR/build"
    mkdir -p "$BATS_FILE_TMPDIR/own/mine"
    sed -n '/^```c$/,/^```$/p' "$BATS_TEST_DIRNAME/../../docs/adding-a-benchmark.md" |
        sed '1d;$d' >"$BATS_FILE_TMPDIR/own/mine/gaps.c"
}

setup() {
    MADE=$BATS_FILE_TMPDIR/build/layoutbench
}

build() {
    make -C "$ROOT" BUILD_DIR="$BATS_FILE_TMPDIR/build" EXTRA_BENCHMARKS="$BATS_FILE_TMPDIR/own" \
        all "$@"
}

@test "one file is all it takes: it compiles without warnings, and no other is compiled again" {
    exits 0 build
    says 'mine/gaps.c'
    says_not warning
    [ "$(printf '%s\n' "$output" | grep -c '  CC ')" -eq 2 ] # the file and the generated list
    exits 0 "$MADE" list --filter mine
    says 'mine/gaps/gapped/ws=16MiB'
}

@test "a second build does nothing" {
    exits 0 build
    says_not '  CC '
    says_not '  LINK '
}

@test "with another library the programs are linked again, and nothing is compiled again" {
    exits 0 build EXTRA_LDLIBS=-lrt
    says '  LINK '
    says_not '  CC '
}

@test "the linker's flags stand in the document, quotes and all, and in what must be equal" {
    exits 0 build LDFLAGS='-Wl,-O1 -DQUOTED="a"' # which linking ignores
    exits 0 "$MADE" run "${QUICK[@]}" --filter mine --no-memory-pass --output "$BATS_TEST_TMPDIR/a.json"
    jq -e '(.tool.flags | endswith(" LDFLAGS=-Wl,-O1 -DQUOTED=\"a\""))
           and .machine.fingerprints.environment_fields.flags == .tool.flags' "$BATS_TEST_TMPDIR/a.json"
}

@test "its answers are right" {
    exits 0 "$MADE" verify --filter mine
    says '2 right, 0 failed, 0 skipped'
}

@test "make asm reads its kernels" {
    exits 0 "$ROOT/scripts/asm" "$BATS_FILE_TMPDIR/build" mine/gaps
    says '<gapped_run>:'
}

@test "a benchmark that is taken away is gone from the list" {
    rm "$BATS_FILE_TMPDIR/own/mine/gaps.c"
    exits 0 build
    exits 2 "$MADE" list --filter mine
}
