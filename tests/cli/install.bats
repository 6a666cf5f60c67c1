#!/usr/bin/env bats
# make install: what is installed works from anywhere, without the source tree.

load common

setup_file() {
    export INSTALLED=$BATS_FILE_TMPDIR/root/opt/layoutbench
    make -s -C "$ROOT" install BUILD_DIR="${BUILD#"$ROOT"/}" \
        DESTDIR="$BATS_FILE_TMPDIR/root" PREFIX=/opt/layoutbench
    (cd "$ROOT" && /usr/bin/python3 -c \
        'import json; from tests.reports import fixtures; print(json.dumps(fixtures.few()))') \
        >"$BATS_FILE_TMPDIR/few.json"
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return
}

@test "the installed program lists its benchmarks" {
    exits 0 "$INSTALLED/bin/layoutbench" list
    says boxing/sum/inline
}

@test "the installed report makes a page, whatever the current folder is called or holds" {
    mkdir reports
    echo 'raise SystemExit("the wrong reports")' >reports/__init__.py
    exits 0 "$INSTALLED/bin/layoutbench-report" "$BATS_FILE_TMPDIR/few.json" --output page.html
    says page.html
    head -c 15 page.html | grep -q '<!DOCTYPE html>'
}

@test "the installed report refuses a broken document as the one of the tree does" {
    echo '{' >broken.json
    exits 2 "$INSTALLED/bin/layoutbench-report" broken.json --output page.html
    says 'the file is cut off'
    [ ! -e page.html ]
}

@test "each program is one link away from bin/, and is a program" {
    for program in layoutbench layoutbench-gate layoutbench-report; do
        [ -L "$INSTALLED/bin/$program" ] && [ -x "$INSTALLED/bin/$program" ]
    done
    [ ! -x "$INSTALLED/lib/layoutbench/reports/cli.py" ]
}
