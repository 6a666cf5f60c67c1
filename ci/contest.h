/*
 * contest.h - one row of the time tier while it is being measured: what its pairs say, and when
 * that is enough.
 *
 * Looks (looks.h) say when to stop. A row that looks slower is measured again from nothing, in
 * fresh pairs, and is worse only if those say so as well; its figures are then theirs, since the
 * first ones were picked for being slow.
 *
 * Pairs that scatter too much for the looks to come to an end soon are put off: measured later,
 * from nothing, when the machine may be quieter. A pair of a small layout is then several processes
 * of each side, two more each time, because what scatters may be where a process has its pages.
 * What scatters too much in the last attempt is undecided without taking all pairs. What is dropped
 * is chosen for its scatter, never for its ratio.
 */
#ifndef LB_CONTEST_H
#define LB_CONTEST_H

#include "ci/looks.h"
#include "ci/pair.h"
#include "ci/verdict.h"

enum { LB_CONTEST_ATTEMPTS = 5 };

enum lb_contest_state { LB_CONTEST_OPEN, LB_CONTEST_PUT_OFF, LB_CONTEST_DECIDED };

struct lb_contest {
    struct lb_gate_row *row;
    enum lb_contest_state state;
    char mode[64];    /* of the case's id; "" for none */
    bool wall;        /* judged by wall time: it gives up the CPU by itself */
    bool small;       /* quickly built, in the first pair of all */
    unsigned attempt; /* how often it was put off */
    bool confirming;
    struct lb_look first;  /* what the first sequence said, once it is confirmed or not */
    double sums[LB_SIDES]; /* of the processes that are going to be a pair */
    unsigned summed;
    unsigned pairs; /* of the sequence that is going on: the last ones of row->measured */
    double log_ratios[LB_LOOKS_PAIRS_MAX];
};

/*
 * Where an id has its mode: FAMILY/NAME/VARIANT/MODE/POINT. False: it has none. *mode points into
 * the id.
 */
bool lb_contest_find_mode(const char *id, const char **mode, size_t *length);

/* Starts with no pairs, of a row with its allowance. LB_NO_MEMORY. The row keeps what it is given:
 * its pairs, and figures. */
enum lb_status lb_contest_open(struct lb_contest *contest, struct lb_gate_row *row,
                               struct lb_error *error);

/* What was put off starts again. */
void lb_contest_resume(struct lb_contest *contest);

/* Of how many processes of each side the next pair is made. */
unsigned lb_contest_processes(const struct lb_contest *contest);

/* One process of each side was timed, after base took create_ns to build. */
void lb_contest_record(struct lb_contest *contest, const struct lb_pair_time *times,
                       uint64_t create_ns, bool head_first);

/* Ends it for another reason than its times. */
void __attribute__((format(printf, 3, 4)))
lb_contest_end(struct lb_contest *contest, enum lb_gate_verdict verdict, const char *format, ...);

#endif
