/*
 * known_answer.c - counters prove themselves on loops whose counts are known. See known_answer.h.
 *
 * Why: an event can open, be scheduled all the time, and read 0 or something else than its name
 * says (an emulated L1D_CACHE_REFILL does, and generic events of real CPUs). Only a loop that must
 * miss shows the first, only one that cannot miss the second.
 */
#include "harness/counters/known_answer.h"
#include "harness/counters/session.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * Bounds: a load that must not miss may still be preceded by an interrupt's traces. A walk on
 * 4 KiB pages also misses in the page table, which adds up to 0.3; of L1d up to a line an op, where
 * the page walker loads through it, as Intel's does. A data TLB may hold four pages in an entry
 * where they lie together, and then covers a part of the walk. A dependent instruction
 * takes a cycle, two where the clock that cycles are counted by is another than the core's. A busy
 * machine adds switches, and its interrupts and steal run on in task_clock, not in the CPU clock.
 */
const struct lb_known_answer lb_known_answers[] = {
    {LB_COUNTER_CYCLES, &lb_loop_chain, 0.9, 2.5, "cycles per instruction"},
    {LB_COUNTER_INSTRUCTIONS, &lb_loop_instructions, 1.98, 2.02, "instructions per round"},
    {LB_COUNTER_BRANCH_MISSES, &lb_loop_instructions, 0, 0.02, "misses per branch"},
    {LB_COUNTER_BRANCH_MISSES, &lb_loop_branches, 0.4, 0.6, "misses per branch"},
    {LB_COUNTER_L1D_LOADS, &lb_loop_resident, 0.98, 1.1, "loads per load"},
    {LB_COUNTER_L1D_MISSES, &lb_loop_resident, 0, 0.02, "misses per load"},
    {LB_COUNTER_L1D_MISSES, &lb_loop_far_small_pages, 0.9, 2.3, "misses per line"},
    {LB_COUNTER_L1D_MISSES, &lb_loop_far_huge_pages, 0.95, 1.1, "misses per line"},
    {LB_COUNTER_L2_MISSES, &lb_loop_resident, 0, 0.02, "misses per load"},
    {LB_COUNTER_L2_MISSES, &lb_loop_far_small_pages, 0.9, 1.3, "misses per line"},
    {LB_COUNTER_L2_MISSES, &lb_loop_far_huge_pages, 0.95, 1.1, "misses per line"},
    {LB_COUNTER_L3_MISSES, &lb_loop_resident, 0, 0.02, "misses per load"},
    {LB_COUNTER_L3_MISSES, &lb_loop_far_small_pages, 0.9, 1.3, "misses per line"},
    {LB_COUNTER_L3_MISSES, &lb_loop_far_huge_pages, 0.95, 1.1, "misses per line"},
    {LB_COUNTER_DTLB_MISSES, &lb_loop_resident, 0, 0.02, "misses per load"},
    {LB_COUNTER_DTLB_MISSES, &lb_loop_far_small_pages, 0.4, 1.3, "misses per page"},
    {LB_COUNTER_PAGE_FAULTS, &lb_loop_pages, 1, 1, "faults per page"},
    {LB_COUNTER_CONTEXT_SWITCHES, &lb_loop_sleeps, 1, 1.5, "switches per sleep"},
    {LB_COUNTER_MIGRATIONS, &lb_loop_moves, 1, 1, "moves per move"},
    {LB_COUNTER_TASK_CLOCK, &lb_loop_clock, 0.95, 1.25, "nanoseconds per nanosecond"},
};

const size_t lb_known_answer_count = sizeof lb_known_answers / sizeof *lb_known_answers;

/* A neighbour may spoil a loop once; only a counter that fails every time is untrusted. */
enum { TRIES = 3 };

/* A TLB that holds the walk's pages misses none: on pages of 64 KiB there are a thousand. */
static bool needs_smaller_pages(const struct lb_known_answer *answer)
{
    return answer->counter == LB_COUNTER_DTLB_MISSES && answer->low > 0 &&
           sysconf(_SC_PAGESIZE) != 4096;
}

/* Counters that are still counted and have an answer to give over this loop, as a bit set. */
static unsigned asked(const struct lb_counter_session *session, const struct lb_loop *loop)
{
    unsigned counters = 0;
    for (size_t i = 0; i < lb_known_answer_count; i++) {
        const struct lb_known_answer *answer = &lb_known_answers[i];
        if (answer->loop == loop && session->info[answer->counter].status == LB_COUNTED &&
            !needs_smaller_pages(answer))
            counters |= 1u << answer->counter;
    }
    return counters;
}

static bool within(const struct lb_known_answer *answer, double read)
{
    return read >= answer->low && read <= answer->high;
}

/* Notes what was read; true if it is what it should be. */
static bool note(const struct lb_known_answer *answer, double read, struct lb_counter_info *info)
{
    info->known_answer = true;
    info->loop = answer->loop->words;
    info->unit = answer->unit;
    info->expected_low = answer->low;
    info->expected_high = answer->high;
    info->read = read;
    return within(answer, read);
}

static bool counted_in_full(const struct lb_counter_delta *delta)
{
    return delta->valid && delta->time_running_ns == delta->time_enabled_ns;
}

/* Judges the asked counters of one run; returns those that it proved. */
static unsigned judge(struct lb_counter_session *session, const struct lb_loop *loop,
                      unsigned counters, const struct lb_counter_delta *deltas, uint64_t ops)
{
    unsigned proved = 0;
    for (size_t i = 0; i < lb_known_answer_count; i++) {
        const struct lb_known_answer *answer = &lb_known_answers[i];
        const struct lb_counter_delta *delta = &deltas[answer->counter];
        if (answer->loop != loop || !(counters & 1u << answer->counter) || !counted_in_full(delta))
            continue;
        double read = (double)delta->value / (double)ops;
        if (!note(answer, read, &session->info[answer->counter]))
            continue;
        proved |= 1u << answer->counter;
        if (answer->low > 0)
            session->seen_counting |= 1u << answer->counter;
    }
    return proved;
}

/* The pass that reads the first of these counters. */
static unsigned pass_of(const struct lb_counter_session *session, unsigned counters)
{
    enum lb_counter first = 0;
    while (!(counters & 1u << first))
        first++;
    return (unsigned)session->info[first].pass;
}

static unsigned members_of(const struct lb_counter_session *session, unsigned pass)
{
    unsigned members = 0;
    for (unsigned c = 0; c < LB_COUNTER_COUNT; c++)
        if (session->info[c].pass == (int)pass)
            members |= 1u << c;
    return members;
}

static void distrust(struct lb_counter_info *info)
{
    info->status = LB_UNTRUSTED;
    snprintf(info->reason, sizeof info->reason,
             "%.100s read %.4g where %.4g to %.4g %s were expected: %s", info->event, info->read,
             info->expected_low, info->expected_high, info->unit, info->loop);
    snprintf(info->advice, sizeof info->advice,
             "do not use this counter here; an emulated PMU or a wrong event table does this: "
             "please report the CPU");
}

/* Runs the loop until the counters of one pass are proved or have failed often enough. */
static void prove_pass(struct lb_counter_session *session, const struct lb_loop *loop, void *state,
                       unsigned pass, unsigned counters)
{
    unsigned open = counters, judged = 0;
    for (int try = 0; open && try < TRIES; try++) {
        struct lb_counter_delta deltas[LB_COUNTERS_MAX];
        if (loop->warm)
            loop->warm(state);
        lb_counters_begin(session, pass);
        uint64_t ops = loop->run(state);
        lb_counters_end(session, pass, deltas);
        for (unsigned c = 0; c < LB_COUNTER_COUNT; c++)
            if (open & 1u << c && counted_in_full(&deltas[c]))
                judged |= 1u << c;
        open &= ~judge(session, loop, open, deltas, ops);
    }
    for (unsigned c = 0; c < LB_COUNTER_COUNT; c++)
        if (open & judged & 1u << c)
            distrust(&session->info[c]);
}

enum lb_status lb_known_answer_prove(struct lb_counter_session *session, const struct lb_loop *loop,
                                     struct lb_error *error)
{
    unsigned counters = asked(session, loop);
    void *state = NULL;
    if (!counters)
        return LB_OK;
    if (loop->create) {
        enum lb_status status = loop->create(TRIES * lb_counters_passes(session), &state, error);
        if (status != LB_OK)
            return status;
    }
    while (counters) {
        unsigned pass = pass_of(session, counters);
        unsigned members = counters & members_of(session, pass);
        prove_pass(session, loop, state, pass, members);
        counters &= ~members;
    }
    if (loop->destroy)
        loop->destroy(state);
    return LB_OK;
}

static const struct lb_encoding *encoding_of(const struct lb_counter_session *session, unsigned c)
{
    for (unsigned p = 0; p < session->passes.count; p++)
        for (unsigned i = 0; i < session->passes.groups[p].size; i++)
            if ((unsigned)session->passes.groups[p].events[i].counter == c)
                return &session->passes.groups[p].events[i].encoding;
    return NULL;
}

static bool same_event(const struct lb_encoding *a, const struct lb_encoding *b)
{
    return a && b && a->type == b->type && a->config == b->config && a->config1 == b->config1 &&
           a->config2 == b->config2;
}

/* A named event may be that of a portable counter: what was found out of one goes for both. */
static void share_answers(struct lb_counter_session *session)
{
    for (unsigned n = LB_COUNTER_COUNT; n < lb_counters_count(session); n++)
        for (unsigned c = 0; c < LB_COUNTER_COUNT; c++) {
            struct lb_counter_info *named = &session->info[n];
            const struct lb_counter_info *portable = &session->info[c];
            if (named->status != LB_COUNTED ||
                !same_event(encoding_of(session, n), encoding_of(session, c)))
                continue;
            named->known_answer = portable->known_answer;
            named->loop = portable->loop;
            named->unit = portable->unit;
            named->expected_low = portable->expected_low;
            named->expected_high = portable->expected_high;
            named->read = portable->read;
            named->status = portable->status;
            memcpy(named->reason, portable->reason, sizeof named->reason);
            memcpy(named->advice, portable->advice, sizeof named->advice);
        }
}

static const struct lb_loop *const loops[] = {
    &lb_loop_instructions,    &lb_loop_chain,          &lb_loop_branches, &lb_loop_resident,
    &lb_loop_far_small_pages, &lb_loop_far_huge_pages, &lb_loop_pages,    &lb_loop_sleeps,
    &lb_loop_moves,           &lb_loop_clock,
};
enum { LOOP_COUNT = sizeof loops / sizeof *loops };

/* What kept this loop from running; "" when nothing did. */
static const char *hindrance_of(const struct lb_known_answer *answer,
                                const struct lb_error why[LOOP_COUNT])
{
    if (needs_smaller_pages(answer))
        return "its loop is for pages of 4 KiB";
    for (unsigned l = 0; l < LOOP_COUNT; l++)
        if (answer->loop == loops[l])
            return why[l].text;
    return "";
}

/* What kept all loops that this counter must count from running; "" when one of them ran. */
static const char *hindrance(unsigned counter, const struct lb_error why[LOOP_COUNT])
{
    const char *hindered = "";
    for (size_t i = 0; i < lb_known_answer_count; i++) {
        const struct lb_known_answer *answer = &lb_known_answers[i];
        if (answer->counter != (enum lb_counter)counter || answer->low <= 0)
            continue;
        hindered = hindrance_of(answer, why);
        if (!*hindered)
            break;
    }
    return hindered;
}

/* A hardware counter that nothing made count may be one that cannot: its zeros prove nothing. */
static void distrust_unproved(struct lb_counter_session *session,
                              const struct lb_error why[LOOP_COUNT])
{
    for (unsigned c = 0; c < LB_COUNTER_PAGE_FAULTS; c++) {
        struct lb_counter_info *info = &session->info[c];
        if (info->status != LB_COUNTED || session->seen_counting & 1u << c)
            continue;
        const char *hindered = hindrance(c, why);
        info->status = LB_UNTRUSTED;
        snprintf(info->reason, sizeof info->reason,
                 "%.90s was not seen to count, so that a 0 of it proves nothing: %.90s",
                 info->event,
                 *hindered ? hindered : "it was not on the PMU all of the time that its loops ran");
        snprintf(info->advice, sizeof info->advice, "%s",
                 *hindered ? "run where that does not hold"
                           : "end other users of the PMU (NMI watchdog, perf), pin to one kind of "
                             "core (--cpu) and run again");
    }
}

enum lb_status lb_counters_prove(struct lb_counter_session *session, struct lb_error *error)
{
    struct lb_error why[LOOP_COUNT] = {0};
    for (unsigned i = 0; i < LOOP_COUNT; i++) {
        enum lb_status status = lb_known_answer_prove(session, loops[i], &why[i]);
        if (status == LB_OK || status == LB_UNAVAILABLE)
            continue;
        if (error)
            *error = why[i];
        return status;
    }
    distrust_unproved(session, why);
    share_answers(session);
    return LB_OK;
}
