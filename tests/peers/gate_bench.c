/*
 * gate_bench.c - the time tier over and over, for `make bench-gate` (tests/peers/bench_gate.py).
 *
 *   gate_bench BASE HEAD CASE SEED
 *
 * One verdict on standard output, as words: VERDICT RATIO DEVIATION PAIRS MEASURED SETUP_S SECONDS.
 * MEASURED counts the confirming pairs too.
 */
#include "ci/duel.h"
#include "harness/base/pin.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int complain(const char *what)
{
    fprintf(stderr, "gate_bench: %s\n", what);
    return 1;
}

int main(int argc, char **argv)
{
    struct lb_gate gate = {.rows = NULL};
    struct lb_error error;
    if (argc != 5)
        return complain("usage: gate_bench BASE HEAD CASE SEED");
    struct lb_duel_options options = {.base_program = argv[1],
                                      .head_program = argv[2],
                                      .seed = strtoull(argv[4], NULL, 10),
                                      .cpu = lb_pin_default_cpu()};
    struct lb_gate_row *row =
        lb_gate_add_row(&gate, argv[3], "", LB_GATE_TIME, LB_GATE_PAIRS, LB_GATE_UNDECIDED);
    if (!row)
        return complain("out of memory");
    row->allowance = 0.02;
    if (lb_duel_run(&options, row, 1, &error) != LB_OK)
        return complain(error.text);
    if (row->verdict == LB_GATE_FAILED || row->verdict == LB_GATE_NOT_GATED)
        return complain(row->reason);
    printf("%s %.6f %.6f %u %u %.4f %.4f\n", lb_gate_verdict_name(row->verdict), row->ratio,
           row->pair_deviation, row->pairs, row->measured_count, row->setup_seconds, row->seconds);
    lb_gate_free(&gate);
    return 0;
}
