#!/usr/bin/env bats
# gate.bats - layoutbench-gate with documents that were made up: what it refuses, what it finds, and
# which exit status that is.

load common

GATE=$BUILD/layoutbench-gate

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    cp "$ROOT/tests/ci/toy_counts.json" base.json
    cp base.json head.json
}

# change JQ_EXPRESSION: of the head.
change() {
    jq "$1" base.json >head.json
}

# gate STATUS OPTION...: judges head.json by base.json.
gate() {
    local wanted=$1
    shift
    exits "$wanted" "$GATE" --base-results base.json --head-results head.json \
        --output verdict.json "$@"
}

# refuses TEXT OPTION...: status 2, one line that says so, and no verdict.
refuses() {
    local text=$1
    shift
    gate 2 "$@"
    says_one_line
    says "$text"
    [ ! -e verdict.json ]
}

# accept CASES METRIC LIMIT EXPIRES
accept() {
    jq -n '{schema_version: 1, accepted: [{cases: $cases, metric: $metric, limit: $limit,
        reason: "agreed in review", expires: $expires}]}' \
        --arg cases "$1" --arg metric "$2" --argjson limit "$3" --arg expires "$4" >accepted.json
}

# valid: verdict.json is what results-schema.json says that it is.
valid() {
    /usr/bin/python3 - "$ROOT/results-schema.json" verdict.json <<'END'
import json
import sys

import jsonschema

schema, verdict = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
schema = {"$defs": schema["$defs"], "$ref": "#/$defs/gate"}
jsonschema.Draft202012Validator(schema).validate(verdict)
END
}

MORE='(.cases[] | select(.id == "toy/sum/inline/ws=16MiB").simulated.instructions.value_per_op)'

# ---- The verdict -------------------------------------------------------------------------------

@test "the made-up document is a valid one" {
    validates base.json
}

@test "a document against itself passes, and every row of it is the same" {
    gate 0
    says 'pass: none of 30 rows is worse'
    valid
    [ "$(jq -r '[.verdict, .exit_status, (.rows | map(.verdict) | unique | join(","))] | @tsv' \
        verdict.json)" = $'pass\t0\tsame' ]
}

@test "0.2 % more instructions are a regression, with both figures and the line that repeats it" {
    change "$MORE *= 1.002"
    gate 1
    says 'toy/sum/inline/ws=16MiB: instructions more, 4 instructions to 4.008 instructions, 1.002'
    says "--filter 'toy/sum/inline/ws=16MiB'"
    says 'toy/sum/inline: 4.008 instructions per op, was 4'
    valid
    [ "$(jq '[.rows[] | select(.verdict == "worse")] | length' verdict.json)" -eq 1 ]
}

@test "the line that repeats a row repeats its verdict" {
    change "$MORE *= 1.002"
    gate 1
    line=$(printf '%s\n' "$output" | sed -n "s/^ *again: layoutbench-gate //p")
    eval "exits 1 '$GATE' $line --output again.json"
    says 'REGRESSION: worse (1 of 3 rows)'
}

@test "the line that repeats a row names policy, acknowledgements, seed and strictness" {
    change "$MORE *= 1.05"
    jq '.counts.simulated.instructions.relative = 0.01' "$ROOT/ci/policy.json" >policy.json
    accept 'toy/sum/*' instructions 0.02 2999-01-01
    gate 1 --policy policy.json --accepted accepted.json --seed 7 --strict
    says '--policy policy.json --accepted accepted.json --seed 7 --strict --filter'
}

@test "0.05 % more instructions are within the tolerance, and listed as other code" {
    change "$MORE *= 1.0005"
    gate 0
    says 'Other instructions than before'
    says 'toy/sum/inline'
}

@test "fewer instructions pass, and are told" {
    change "$MORE *= 0.9"
    gate 0
    says '(1 better,'
    says 'instructions fewer'
}

@test "misses are judged by their share, and by so many an op where there are next to none" {
    change '(.cases[] | select(.id == "toy/sum/boxed/ws=16MiB").simulated.l3_misses.value_per_op) = 1.21'
    gate 1
    says 'toy/sum/boxed/ws=16MiB: l3_misses more'
    change '(.cases[] | select(.id == "toy/sum/boxed/ws=256KiB").simulated.l3_misses.value_per_op) = 0.0009'
    gate 0
    change '(.cases[] | select(.id == "toy/sum/boxed/ws=256KiB").simulated.l3_misses.value_per_op) = 0.0011'
    gate 1
    says 'from 0'
}

@test "what the PMU counted is a source of its own, and its misses are shown, not judged" {
    counted='{value_per_op: 4, status: "counted", source: "hardware", event: "x"}'
    jq ".cases[0].counters = {instructions: $counted, l3_misses: $counted}" base.json >counted.json
    mv counted.json base.json
    change '.cases[0].counters.l3_misses.value_per_op = 8'
    gate 0
    [ "$(jq -r '.rows[] | select(.source == "hardware") | "\(.metric) \(.verdict)"' verdict.json |
        sort | paste -sd ,)" = 'instructions same,l3_misses not_gated' ]
    change '.cases[0].counters.instructions.value_per_op = 4.1'
    gate 1
    change '.cases[0].counters.instructions.value_per_op = 4.1 |
        .machine.fingerprints.machine_fields.cpu = "another"'
    gate 5
    says 'cpu: environment not comparable'
}

# ---- The set of benchmarks ---------------------------------------------------------------------

@test "a benchmark that vanished is status 4, and a new one is listed" {
    change '.cases |= map(select(.benchmark != "toy/step")) | .benchmarks |= .[:1]'
    gate 4
    says 'toy/step: vanished; 6 cases are gone'
    cp head.json base.json
    cp "$ROOT/tests/ci/toy_counts.json" head.json
    gate 0
    says 'New, not judged'
    says 'toy/step'
}

@test "a benchmark that was renamed is told with its new name" {
    change '(.. | strings) |= gsub("toy/step"; "toy/walk") | .benchmarks[1].name = "walk"'
    gate 4
    says 'renamed to toy/walk?'
}

@test "a benchmark that came back empty is status 4" {
    change '.cases |= map(select(.benchmark != "toy/step"))'
    gate 4
    says 'toy/step: failed; came back empty: it had 6 cases'
}

@test "a case that vanished is status 4" {
    change '.cases |= .[:-1]'
    gate 4
    says 'toy/step/plain/far/stride_bytes=64: vanished'
}

@test "a case that errored, or came back skipped, is status 4" {
    change '.cases[0] |= (.status = "error" | .reason = "killed by SIGSEGV" | .simulated = {})'
    gate 4
    says 'failed; killed by SIGSEGV'
    change '.cases[0] |= (.status = "skipped" | .reason = "no AVX2" | .simulated = {})'
    gate 4
    says 'failed; came back skipped: no AVX2'
}

@test "a counter that was lost is status 4, with why" {
    change '.cases[0].simulated.l3_misses |= (.value_per_op = null | .status = "lost" |
        .source = null | .reason = "under callgrind: killed")'
    gate 4
    says 'l3_misses failed'
    says 'under callgrind: killed'
}

@test "a definition that changed in any field is status 4, and its rows are not compared" {
    for field in '.benchmarks[0].op = "read"' '.benchmarks[0].revision = 2' \
        '.benchmarks[0].parameter = "bytes"' '.run.seed = 2' '.run.input_generator = "other/2"'; do
        change "$field | $MORE *= 2"
        gate 4
        says 'toy/sum: changed; definition: '
    done
}

@test "a point that means another working set, parameter or size is status 4" {
    for field in working_set_bytes elements parameter; do
        change ".cases[0].point.$field = 12345"
        gate 4
        says 'toy/sum/inline/ws=256KiB: changed; definition: '
        says '12345'
    done
}

# ---- Environments ------------------------------------------------------------------------------

@test "another environment is incomparable, and it is said which field differs" {
    change '.machine.fingerprints.environment_fields.compiler = "clang 14"'
    gate 5
    says "compiler: environment not comparable; 'gcc 12.2.0' against 'clang 14'"
    says_not 'libc'
    valid
    [ "$(jq '[.rows[] | select(.metric != "environment")] | length' verdict.json)" -eq 0 ]
}

@test "what failed or vanished is told where the environment is another, too" {
    change '.machine.fingerprints.environment_fields.compiler = "clang 14"
        | .cases[0].status = "error" | .cases[0].reason = "killed" | .cases |= .[:-1]'
    gate 5
    [ "$(jq '[.rows[] | select(.verdict == "failed")] | length' verdict.json)" -eq 1 ]
    [ "$(jq '[.rows[] | select(.verdict == "vanished")] | length' verdict.json)" -eq 1 ]
}

@test "a field that only one side tells differs" {
    change '.machine.fingerprints.environment_fields.flags = "-O3"'
    gate 5
    says "flags: environment not comparable; 'not told' against '-O3'"
}

@test "another machine does not matter to simulated counts" {
    change '.machine.fingerprints.machine_fields.cpu = "another"'
    gate 0
}

# ---- Which status wins -------------------------------------------------------------------------

@test "incomparable wins over regression, and regression over a changed set" {
    change "$MORE *= 2 | .cases |= .[:-1]"
    gate 1
    says 'Vanished, redefined or failed'
    change "$MORE *= 2 | .machine.fingerprints.environment_fields.compiler = \"clang 14\""
    gate 5
}

# ---- Acknowledgements --------------------------------------------------------------------------

@test "an acknowledged regression passes within its limit, and not beyond it" {
    change "$MORE *= 1.04"
    accept 'toy/sum/*' instructions 0.05 2999-01-01
    gate 0 --accepted accepted.json
    says 'accepted: agreed in review'
    accept 'toy/sum/*' instructions 0.03 2999-01-01
    gate 1 --accepted accepted.json
    says 'beyond the 3 % that were accepted'
}

@test "an acknowledgement of another metric or another case does not help" {
    change "$MORE *= 1.04"
    accept 'toy/sum/*' l1d_misses null 2999-01-01
    gate 1 --accepted accepted.json
    accept 'toy/step/*' instructions null 2999-01-01
    gate 1 --accepted accepted.json
}

@test "an expired acknowledgement does not help, and is told" {
    change "$MORE *= 1.04"
    accept 'toy/sum/*' instructions null 2020-01-31
    gate 1 --accepted accepted.json
    says 'expired on 2020-01-31'
}

@test "vanished, changed and failed are acknowledged as case, other fields as environment" {
    change '.cases |= .[:-1]'
    accept 'toy/step/*' case null 2999-01-01
    gate 0 --accepted accepted.json
    change '.machine.fingerprints.environment_fields.compiler = "clang 14"'
    accept compiler environment null 2999-01-01
    gate 0 --accepted accepted.json
}

# ---- What is refused ---------------------------------------------------------------------------

@test "documents that cannot be believed are refused, with the place" {
    change '.run.complete = false'
    refuses '$.run: complete is false'
    change '.schema_version = 2'
    refuses 'schema_version'
    change '.cases += [.cases[0]]'
    refuses 'the case toy/sum/inline/ws=256KiB stands there twice'
    change '.benchmarks += [.benchmarks[0]]'
    refuses 'the benchmark toy/sum stands there twice'
    change '.cases = []'
    refuses '$.cases: empty'
    change '.benchmarks |= .[:1]'
    refuses 'its benchmark toy/step is not in $.benchmarks'
    change 'del(.run.input_generator)'
    refuses '$.run.input_generator: missing'
    change '.cases[0].simulated.instructions.value_per_op = null'
    refuses '$.cases[0].simulated.instructions'
    change '.cases[0].simulated.instructions.value_per_op = -1'
    refuses '-1 is not from 0'
    change '.cases[0].id = "toy\u001b[2J"'
    refuses 'control character'
}

@test "NaN, infinity, duplicate keys, half a document and none are refused" {
    for bad in NaN Infinity 1e999; do
        sed "s/\"value_per_op\": 4.0/\"value_per_op\": $bad/" base.json >head.json
        refuses 'head.json:'
    done
    sed 's/"complete": true,/"complete": true, "complete": true,/' base.json >head.json
    refuses 'head.json:'
    head -c 5000 base.json >head.json
    refuses 'head.json:'
    : >head.json
    refuses 'head.json'
    rm head.json
    refuses 'head.json'
    echo '[]' >head.json
    refuses 'not an object'
}

@test "a policy that is not understood to the last field is refused" {
    jq . "$ROOT/ci/policy.json" >good.json
    gate 0 --policy good.json
    rm verdict.json
    while IFS='|' read -r expression text; do
        jq "$expression" good.json >policy.json
        refuses "$text" --policy policy.json
    done <<'END'
.counts.simulated.l4_misses = .counts.simulated.l3_misses|unknown field 'l4_misses'; did you mean 'l3_misses'?
.counts.simulated.instructions.relativ = 0.1|unknown field 'relativ'; did you mean 'relative'?
del(.counts.hardware)|$.counts.hardware: missing
.counts.simulated.instructions.relative = "0.1"|$.counts.simulated.instructions.relative: not a number
.counts.simulated.instructions.relative = -0.1|-0.1 is not from 0 to 1
.counts.simulated.instructions.judged = 1|not true or false
del(.counts.simulated.l1d_misses.reason)|$.counts.simulated.l1d_misses.reason: missing
.time.working_sets = ["256K"]|$.time.working_sets[0]: not a working set
.time.working_sets = []|has to name 1 to 8
.time.allowance = 2|2 is not from 0.001 to 1
.times = {}|unknown field 'times'; did you mean 'time'?
.schema_version = 7|schema_version
END
    echo '{' >policy.json
    refuses 'policy.json' --policy policy.json
    refuses 'no-such-file.json' --policy no-such-file.json
}

@test "a policy's tolerance is the one that is judged by" {
    jq '.counts.simulated.instructions.relative = 0.1' "$ROOT/ci/policy.json" >policy.json
    change "$MORE *= 1.05"
    gate 0 --policy policy.json
    gate 1
}

@test "every exception of the policy means a case" {
    local cases
    jq -r '.time.exceptions[].cases' "$ROOT/ci/policy.json" >globs
    [ -s globs ]
    while IFS= read -r cases; do
        exits 0 "$BUILD/layoutbench" list --filter "$cases"
    done <globs
    exits 2 "$BUILD/layoutbench" list --filter 'padding/false_sharin'
}

@test "acknowledgements that are not understood to the last field are refused" {
    while IFS='|' read -r expression text; do
        accept 'toy/sum/*' instructions 0.05 2999-01-01
        jq ".accepted[0] |= ($expression)" accepted.json >bad.json
        refuses "$text" --accepted bad.json
    done <<'END'
.metric = "instruction"|unknown metric 'instruction'; did you mean 'instructions'?
.cases = ""|cases is empty
.reason = ""|reason is empty
.expires = "2026-02-30"|'2026-02-30' is not a day
.expires = "soon"|'soon' is not a day
del(.expires)|$.accepted[0].expires: missing
.limit = "5 %"|$.accepted[0].limit: not a number
.metric = "case"|limit: has to be null
.until = "never"|unknown field 'until'
END
    refuses 'no-such-file.json' --accepted no-such-file.json
}

@test "a filter that matches nothing is refused" {
    refuses "no case of either side matches 'toy/summ'" --filter toy/summ
}

@test "a filter that matches nothing is refused beside one that matches, for programs as well" {
    refuses "no case of either side matches 'toy/stp'" --filter toy/sum --filter toy/stp
    exits 2 "$GATE" --base-binary "$LAYOUTBENCH" --head-binary "$LAYOUTBENCH" --no-time \
        --filter padding/flags --filter flat_index/lokup --output verdict.json
    says_one_line
    says "no case of either side matches 'flat_index/lokup'"
}

@test "a gate that judged nothing is no pass" {
    for side in base head; do
        jq '.cases[].simulated = {}' "$ROOT/tests/ci/toy_counts.json" >$side.json
    done
    gate 4
    says 'NOTHING JUDGED'
    valid
}

@test "a gate in which all is new, or agreed to, is no pass" {
    jq '.cases[] |= (.status = "skipped" | .reason = "no AVX2" | .simulated = {})' \
        "$ROOT/tests/ci/toy_counts.json" >base.json
    gate 4
    says 'NOTHING JUDGED: no case was compared (10 rows, 10 new, 0 accepted)'
    jq '.cases[].simulated = {}' "$ROOT/tests/ci/toy_counts.json" >base.json
    change '.machine.fingerprints.environment_fields.compiler = "clang 14"'
    accept compiler environment null 2999-01-01
    gate 4 --accepted accepted.json
    says 'NOTHING JUDGED: no case was compared (1 rows, 0 new, 1 accepted)'
    valid
}

@test "a filter narrows what is judged" {
    change "$MORE *= 2"
    gate 0 --filter toy/step
    says 'none of 18 rows'
    gate 1 --filter 'toy/sum/inline'
}

# ---- The command line --------------------------------------------------------------------------

@test "--help lists every exit status, and --version the version" {
    exits 0 "$GATE" --help
    for number in '0 pass' '1 regression' '2 usage' '3 undecided' '4 the set' '5 incomparable' \
        '6 the harness' '130 interrupted'; do
        says "$number"
    done
    exits 0 "$GATE" --version
    says 'layoutbench-gate '
}

@test "what does not go together is a usage error of one line" {
    for arguments in '' '--base-results x' '--head-binary x' '--no-such' 'word' '--seed x --help' \
        '--filter' '--output=' '--strict=yes' '--self-test' '--cpu 5000' \
        '--base-results x --head-results y --no-counts' \
        '--base-binary x --head-binary y --no-counts --no-time' \
        '--write-baseline x' '--write-baseline x --head-results y --filter boxing' \
        '--write-baseline x --head-results y --base-results z'; do
        # shellcheck disable=SC2086 # a list of words
        exits 2 "$GATE" $arguments
        says_one_line
    done
    exits 2 "$GATE" --base-result x
    says "did you mean '--base-results'?"
}

@test "a verdict that cannot be written is known before anything is judged" {
    mkdir taken
    exits 6 "$GATE" --base-results base.json --head-results head.json --output taken
    says_one_line
}

@test "one file cannot hold two verdicts" {
    ln -s . alias
    exits 2 "$GATE" --base-results base.json --head-results head.json --output v --junit alias/v
    says_one_line
    says 'is to hold two files'
    [ ! -e v ]
}

@test "a gate that ends without a verdict says so where an earlier one stands" {
    gate 0 --markdown verdict.md --junit verdict.xml
    printf '#!/bin/sh\nexit 2\n' >old
    chmod +x old
    exits 5 "$GATE" --base-binary ./old --head-results head.json --output verdict.json \
        --markdown verdict.md --junit verdict.xml --annotations
    says '::error title=layoutbench::NO VERDICT: ./old is no layoutbench'
    valid
    [ "$(jq -r '.verdict, .exit_status, (.rows | length)' verdict.json | paste -sd ' ')" = \
        'incomparable 5 0' ]
    grep -q 'NO VERDICT.*old is no layoutbench' verdict.md
    grep -q 'errors="1"' verdict.xml
}

@test "a refused input leaves an earlier verdict as it was" {
    gate 0
    cp verdict.json earlier.json
    echo '{' >head.json
    gate 2
    cmp verdict.json earlier.json
}

@test "a verdict that does not reach its reader is no pass" {
    [ -w /dev/full ] || skip 'this machine has no /dev/full'
    run bash -c "'$GATE' --base-results base.json --head-results head.json --output o.json >/dev/full"
    [ "$status" -eq 6 ]
}

@test "a program that is none, or is too old to tell definitions, is said to be so" {
    exits 2 "$GATE" --base-binary ./none --head-results head.json --output verdict.json
    says './none: No such file'
    printf '#!/bin/sh\nexit 2\n' >old
    chmod +x old
    exits 5 "$GATE" --base-binary ./old --head-results head.json --output verdict.json
    says 'is no layoutbench that can be compared'
    printf '#!/bin/sh\necho %s\n' "'[{\"id\": \"toy/sum/inline/ws=16MiB\", \"elements\": 1}]'" >old
    exits 5 "$GATE" --base-binary ./old --head-results head.json --output verdict.json
    says 'too old to compare with'
    says_one_line
}

# listing_program: ./listing lists the cases of base.json, whatever it is asked.
listing_program() {
    jq '. as $all | [.cases[] as $case | .benchmarks[] |
        select("\(.family)/\(.name)" == $case.benchmark) |
        {id: $case.id, benchmark: $case.benchmark, variant: $case.variant, mode: $case.mode,
         point: $case.point.label, working_set_bytes: $case.point.working_set_bytes,
         parameter_value: $case.point.parameter, elements: $case.point.elements,
         op, revision, parameter, seed: $all.run.seed, input_generator: $all.run.input_generator,
         source_file, source_line}]' base.json >listing.json
    printf '#!/bin/sh\ncat listing.json\n' >listing
    chmod +x listing
}

@test "counts of another question are not taken for a program's" {
    listing_program
    for field in '.run.seed = 2' '.benchmarks[0].revision = 2' '.cases[0].point.elements = 7'; do
        change "$field"
        exits 2 "$GATE" --base-binary ./listing --base-results head.json --head-binary ./listing \
            --wait --output verdict.json
        says_one_line
        says 'head.json: toy/'
        says 'not what its program measures: definition: '
    done
}

# ---- Baselines ---------------------------------------------------------------------------------

@test "a baseline is written on purpose only, and what changes is shown" {
    exits 0 "$GATE" --write-baseline kept.json --head-results base.json
    says 'kept.json is new'
    says 'stored the counts of 10 cases'
    cmp kept.json base.json
    change "$MORE *= 1.1"
    exits 1 "$GATE" --base-results kept.json --head-results head.json --output verdict.json
    cmp kept.json base.json
    exits 0 "$GATE" --write-baseline kept.json --head-results head.json
    says 'toy/sum/inline/ws=16MiB: instructions more'
    cmp kept.json head.json
}

@test "a baseline does not lose counts without an acknowledgement" {
    cp base.json kept.json
    change '.cases[0] |= (.status = "error" | .reason = "killed by SIGSEGV" | .simulated = {})'
    exits 4 "$GATE" --write-baseline kept.json --head-results head.json
    says 'not stored: a case fails'
    cmp kept.json base.json
    accept 'toy/sum/*' case null 2999-01-01
    exits 0 "$GATE" --write-baseline kept.json --head-results head.json --accepted accepted.json
    cmp kept.json head.json
}

@test "a baseline is not written without counts" {
    exits 2 "$GATE" --write-baseline kept.json --head-results base.json --no-counts
    says_one_line
    says 'say it without --no-counts'
    [ ! -e kept.json ]
}

@test "a baseline that cannot be read is refused, and stays" {
    echo '{' >kept.json
    exits 2 "$GATE" --write-baseline kept.json --head-results head.json
    [ "$(cat kept.json)" = '{' ]
    [ "$(echo kept.json*)" = kept.json ]
}

@test "a case that crashes is no first baseline, and is named" {
    change '.cases[0] |= (.status = "error" | .reason = "killed by SIGSEGV" | .simulated = {})'
    exits 4 "$GATE" --write-baseline kept.json --head-results head.json
    says 'toy/sum/inline/ws=256KiB: killed by SIGSEGV'
    says 'not stored: a case fails'
    [ ! -e kept.json ]
}

# ---- Two programs ------------------------------------------------------------------------------

@test "two programs are counted, and one against itself passes; nothing is left behind" {
    mkdir tmp
    TMPDIR=$PWD/tmp exits 0 "$GATE" --base-binary "$LAYOUTBENCH" --head-binary "$LAYOUTBENCH" --no-time \
        --filter 'padding/flags/bools/*/ws=64MiB' --quiet --output verdict.json
    says 'pass: none of'
    valid
    [ "$(jq '[.rows[] | select(.source == "simulated" and .verdict == "same")] | length' \
        verdict.json)" -gt 0 ]
    [ -z "$(ls -A tmp)" ]
}

@test "a new benchmark that crashes is a failed row, whatever passes beside it" {
    exits 4 "$GATE" --base-binary "$LAYOUTBENCH" --head-binary "$BROKEN" --no-time --quiet \
        --filter broken/crash --filter 'padding/flags/bools/scan/ws=64MiB' --output verdict.json
    says 'broken/crash/'
    [ "$(jq -r '[.rows[] | select(.verdict == "failed").case_id] | length > 0' verdict.json)" = true ]
    [ "$(jq '[.rows[] | select(.verdict == "same")] | length > 0' verdict.json)" = true ]
}

@test "interrupted while it counts, the gate ends its children and leaves nothing behind" {
    mkdir tmp
    TMPDIR=$PWD/tmp "$GATE" --base-binary "$LAYOUTBENCH" --head-binary "$LAYOUTBENCH" --no-time \
        --filter flat_index/lookup --seed 4711 --output verdict.json 2>said &
    gate=$!
    eventually pgrep -P "$gate" -f simulate >/dev/null
    eventually grep -q counting said
    kill -INT "$gate"
    wait "$gate" || status=$?
    [ "$status" -eq 130 ]
    [ -z "$(ls -A tmp)" ]
    [ "$(jq -r '.verdict, .headline' verdict.json | paste -sd ' ')" = \
        'interrupted NO VERDICT: interrupted' ]
    valid
    [ -z "$(pgrep -f -- '--seed 4711')" ]
}

@test "two programs are counted and timed, and each time has its pairs in the document" {
    status=0
    "$GATE" --base-binary "$LAYOUTBENCH" --head-binary "$LAYOUTBENCH" --wait --quiet \
        --filter padding/flags/sets/scan/ws=256KiB --output verdict.json >said || status=$?
    # What a busy machine makes of the time is not this test's matter, what is told of it is.
    [ "$status" -eq 0 ] || [ "$status" -eq 1 ]
    valid
    [ "$(jq '[.rows[] | select(.metric == "time") | .pairs | length >= 8] | all and length == 1' \
        verdict.json)" = true ]
    [ "$(jq '[.rows[] | select(.source == "simulated") | .verdict == "same"] | all and length >= 3' \
        verdict.json)" = true ]
}
