#!/usr/bin/env bats
# What a user types wrong is named in one line, with the nearest right word, and exit status 2.

# shellcheck disable=SC2016 # inner shells expand

load common

@test "no command is a usage error that points to --help" {
    exits 2 "$LAYOUTBENCH"
    says_one_line
    says --help
}

@test "--help lists every command and the exit statuses" {
    exits 0 "$LAYOUTBENCH" --help
    for word in list run exec verify doctor counters simulate claims 'Exit status'; do says "$word"; done
}

@test "every command has a help of its own" {
    for command in list run exec verify doctor counters simulate claims; do
        exits 0 "$LAYOUTBENCH" "$command" --help
        says "Usage: layoutbench $command"
    done
}

@test "--version names the version and the commit" {
    exits 0 "$LAYOUTBENCH" --version
    [[ $output =~ ^layoutbench\ [0-9]+\.[0-9]+\.[0-9]+ ]]
}

@test "an unknown command suggests the nearest" {
    exits 2 "$LAYOUTBENCH" lsit
    says_one_line
    says "did you mean 'list'"
}

@test "an unknown option suggests the nearest" {
    exits 2 "$LAYOUTBENCH" list --fliter x
    says_one_line
    says "did you mean '--filter'"
}

@test "another command's option is refused as such" {
    exits 2 "$LAYOUTBENCH" list --output x
    says_one_line
    says "not an option of this command"
}

@test "an unknown profile suggests the nearest" {
    exits 2 "$LAYOUTBENCH" run --profile standrad
    says_one_line
    says "did you mean 'standard'"
}

@test "an unknown format names the choices" {
    exits 2 "$LAYOUTBENCH" list --format xml
    says_one_line
    says "text|json"
}

@test "--format json is JSON, and no option of a command that prints text alone" {
    for command in list doctor counters; do
        exits 0 bash -c '"$LAYOUTBENCH" "$0" --format json | jq -e .' "$command"
    done
    exits 2 "$LAYOUTBENCH" verify --format json
    says_one_line
    says "not an option of this command"
    exits 0 "$LAYOUTBENCH" verify --help
    says_not '--format'
}

@test "a filter that matches nothing suggests the nearest" {
    exits 2 "$LAYOUTBENCH" list --filter boxing/sun
    says_one_line
    says "did you mean 'boxing/sum'"
}

@test "an unknown benchmark or variant suggests the nearest case" {
    for id in boxing/sun/inline/ws=16KiB boxing/sum/inlin/ws=16KiB boxing/sum/inline/w=16KiB; do
        exits 2 "$LAYOUTBENCH" exec "$id"
        says_one_line
        says "did you mean 'boxing/sum/inline/ws=16KiB'"
    done
}

@test "a point out of range is answered with the range" {
    exits 2 "$LAYOUTBENCH" exec boxing/sum/inline/ws=17MiB
    says_one_line
    says "ws is a power of two from 4KiB to 1GiB, not '17MiB'"
    exits 2 "$LAYOUTBENCH" exec density/stride/load/stride_bytes=16384
    says_one_line
    says 'stride_bytes is one of 8, 16,'
    exits 2 "$LAYOUTBENCH" list --working-set 4TiB
    says_one_line
    says 'from 4KiB to 1GiB'
}

@test "a number that is none is refused, and so are negative and oversized ones" {
    for number in -1 1e3 '' ten 99999999999999999999; do
        exits 2 "$LAYOUTBENCH" exec boxing/sum/inline/ws=16KiB --ops "$number"
        says_one_line
        says --ops
    done
}

@test "a slowdown for the self-test is refused where it could end up in a figure" {
    exits 2 "$LAYOUTBENCH" exec boxing/sum/inline/ws=16KiB --self-test-slowdown 50
    says_one_line
    exits 2 "$LAYOUTBENCH" exec boxing/sum/inline/ws=16KiB --control-fd 3 --self-test-slowdown 1001
    says_one_line
}

@test "an event that libpfm4 does not know suggests the nearest" {
    for command in counters run 'exec boxing/sum/inline/ws=16KiB --control-fd 3'; do
        # shellcheck disable=SC2086 # words
        exits 2 "$LAYOUTBENCH" $command --events r11,perf::MINOR-FUALTS
        says_one_line
        says "'perf::MINOR-FUALTS'"
        says "did you mean 'perf::MINOR-FAULTS'?"
    done
}

@test "events that cannot be, stand there twice or are counted anyway are refused" {
    for events in '' ',' 'r11,' 'r11, r12' rxyz r11,r11 cycles perf::CYCLES:k; do
        exits 2 "$LAYOUTBENCH" counters --events "$events"
        says_one_line
        says --events
    done
}

@test "events where nothing would count them are refused" {
    exits 2 "$LAYOUTBENCH" run --events r11 --no-counters
    says_one_line
    exits 2 "$LAYOUTBENCH" exec boxing/sum/inline/ws=16KiB --events r11
    says_one_line
    exits 2 "$LAYOUTBENCH" verify --events r11
    says "not an option of this command"
}

@test "an option without its value is refused" {
    exits 2 "$LAYOUTBENCH" list --filter
    says_one_line
    says "--filter wants"
}

@test "a word too many is refused" {
    exits 2 "$LAYOUTBENCH" list extra
    says_one_line
    says "'extra'"
}

@test "output that does not arrive is an error" {
    exits 1 sh -c '"$LAYOUTBENCH" list >/dev/full'
    says "cannot write to standard output"
}
