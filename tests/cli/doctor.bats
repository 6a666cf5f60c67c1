#!/usr/bin/env bats
# doctor: conditions with their advice; none of them is a failure.

load common

@test "doctor describes the machine and exits with 0, whatever it notices" {
    exits 0 "$LAYOUTBENCH" doctor
    says 'CPU  '
    says 'caches  '
    says "$(uname -r)"
}

@test "doctor --format json is an array of conditions, each with its advice" {
    exits 0 "$LAYOUTBENCH" doctor --format json
    jq -e 'type == "array" and all(.[]; keys == ["advice", "id", "message", "severity"]
           and (.advice | length) > 0 and (.severity | IN("info", "warning")))' <<<"$output"
}

@test "doctor misses the tools that are not in the path, and says how to get them" {
    exits 0 env PATH=/nonexistent "$LAYOUTBENCH" doctor
    for tool in valgrind hyperfine pahole; do says "apt install $tool"; done
}

@test "doctor sees a process that keeps a CPU busy" {
    timeout 20 sh -c 'while :; do :; done' &
    busy=$!
    run "$LAYOUTBENCH" doctor
    kill "$busy"
    [ "$status" -eq 0 ]
    says 'Other processes are busy'
}

@test "doctor refuses a CPU that is not there" {
    exits 2 "$LAYOUTBENCH" doctor --cpu 4000
    says_one_line
}
