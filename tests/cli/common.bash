# common.bash - what the tests of the command line share.
# shellcheck shell=bash disable=SC2154 # bats sets status, output and lines

ROOT=$(cd "${BATS_TEST_DIRNAME:?}/../.." && pwd)
BUILD=${LB_BUILD_DIR:-$ROOT/build/release}
LAYOUTBENCH=$BUILD/layoutbench
# The same program with the benchmarks of tests/benchmarks, which misbehave.
BROKEN=$ROOT/build/broken/layoutbench
export LAYOUTBENCH BROKEN

# Finished simulations are not the user's own while testing.
export XDG_CACHE_HOME=${BATS_RUN_TMPDIR:?}/cache

# exits STATUS COMMAND...: runs it, and shows what it printed when the status is another.
exits() {
    local wanted=$1
    shift
    run "$@"
    [ "$status" -eq "$wanted" ] || {
        printf 'exit status %s, not %s, from: %s\n%s\n' "$status" "$wanted" "$*" "$output"
        return 1
    }
}

# says TEXT: the last command printed it, on one line.
says() {
    printf '%s\n' "$output" | grep -qF -e "$1" || {
        printf "expected '%s' in:\n%s\n" "$1" "$output"
        return 1
    }
}

# says_not TEXT: the last command did not print it.
says_not() {
    ! says "$1" >/dev/null || {
        printf "did not expect '%s' in:\n%s\n" "$1" "$output"
        return 1
    }
}

# says_one_line: a complaint is one line.
says_one_line() {
    [ "${#lines[@]}" -eq 1 ] || {
        printf 'expected one line, got %s:\n%s\n' "${#lines[@]}" "$output"
        return 1
    }
}

# The quickest run there is; --wait, since a test may meet another run on this machine.
QUICK=(--wait --profile quick --working-set 16KiB --no-whole-process --no-checks)
export QUICK

# validates FILE: it is JSON that results-schema.json accepts.
validates() {
    /usr/bin/python3 - "$ROOT/results-schema.json" "$1" <<'EOF'
import json
import sys

import jsonschema

schema, document = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
jsonschema.Draft202012Validator(schema).validate(document)
EOF
}

# eventually COMMAND...: it succeeds within half a minute.
eventually() {
    local tries
    for ((tries = 0; tries < 300; tries++)); do
        if "$@" 2>/dev/null; then return 0; fi
        sleep 0.1
    done
    printf 'not within 30 s: %s\n' "$*"
    return 1
}
