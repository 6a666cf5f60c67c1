/*
 * kernels_bench.c - one comparison of `make bench-kernels`, in one process: kernels of benchmarks,
 * and the contenders that the first of them is held against, visited in turn.
 *
 *   kernels_bench VISITS FIRST CASE...
 *
 * A visit warms one contender and takes one sample of it, so that what drifts meets all alike; the
 * order changes from visit to visit, and FIRST says whose data is built first. Prints a line a
 * visit, "NAME<tab>visit<tab>NS_PER_OP", in thread CPU time, and "NAME<tab>lacks<tab>PACKAGE" for a
 * contender that this build is without. Exit status: 0 measured; 1 a case could not be built, or
 * contenders disagree on the answer; 2 usage.
 */
#include "harness/base/clock.h"
#include "harness/base/pin.h"
#include "harness/case/instance.h"
#include "tests/peers/contender.h"
#include "tests/peers/peer_table.h"

#include <stdio.h>
#include <string.h>

enum { CANDIDATES_MAX = 8, PLAYERS_MAX = 2 * CANDIDATES_MAX };

#define WARM_NS   UINT64_C(20000000)
#define SAMPLE_NS UINT64_C(8000000)

/* One contender in this process. */
struct player {
    const char *name;
    void *state;
    uint64_t (*run)(void *state, uint64_t first_op, uint64_t ops);
    uint64_t next_op;
    uint64_t sample_ops; /* as many as take about SAMPLE_NS */
    uint64_t first_pass; /* checksum */
};

struct players {
    struct player all[PLAYERS_MAX];
    size_t count;
};

static uint64_t run(struct player *p, uint64_t ops)
{
    uint64_t sum = p->run(p->state, p->next_op, ops);
    p->next_op += ops;
    return sum;
}

/* The first pass of a new player: its answer, and how many ops make a sample. */
static void admit(struct players *players, struct player player, uint64_t pass_ops)
{
    uint64_t start = lb_clock_cpu_ns();
    player.first_pass = run(&player, pass_ops);
    uint64_t spent_ns = lb_clock_cpu_ns() - start + 1;
    player.sample_ops = (uint64_t)((double)SAMPLE_NS / (double)spent_ns * (double)pass_ops) + 1;
    players->all[players->count++] = player;
}

/* A benchmark's own kernel: exactly what the harness would run. */
static void admit_case(struct players *players, const struct lb_case *c)
{
    struct lb_error error;
    struct lb_instance *instance = malloc(sizeof *instance);
    if (!instance || lb_instance_create(instance, c, LB_CPU_NONE, &error) != LB_OK) {
        fprintf(stderr, "kernels_bench: %s: %s\n", c->id, instance ? error.text : "no memory");
        exit(1);
    }
    admit(players,
          (struct player){.name = c->id, .state = instance->state, .run = c->variant->run[c->mode]},
          lb_instance_pass_ops(instance, c->mode));
}

static void admit_contender(struct players *players, const struct contender *contender,
                            const struct lb_case *held, struct lb_arena *arena)
{
    if (contender->lacks) {
        printf("%s\tlacks\t%s\n", contender->name, contender->lacks);
        return;
    }
    uint64_t (*pass_ops)(const struct lb_point *, unsigned) = held->benchmark->pass_ops;
    admit(players,
          (struct player){.name = contender->name,
                          .state = contender->open(held, arena),
                          .run = contender->run},
          pass_ops ? pass_ops(&held->point, held->mode) : held->point.elements);
}

/* Who stands against this case: at most CANDIDATES_MAX, and how many. */
static size_t choose_contenders(const struct lb_case *c, const struct contender **chosen)
{
    const char *name = c->benchmark->name;
    size_t count = 0;
    if (strcmp(name, "sum") == 0)
        chosen[count++] = &peer_read;
    else if (strcmp(name, "chase") == 0)
        chosen[count++] = &peer_chase;
    else if (c->mode == LOOKUP_INDEPENDENT_HIT || c->mode == LOOKUP_DEPENDENT_HIT) {
        size_t mode = c->mode == LOOKUP_DEPENDENT_HIT ? PEER_DEPENDENT : PEER_INDEPENDENT;
        chosen[count++] = &peer_khash[mode];
        chosen[count++] = &peer_khash_fibonacci[mode];
        chosen[count++] = &peer_uthash[mode];
        chosen[count++] = &peer_glib[mode];
    }
    return count;
}

/*
 * Builds all, number `first` first: the same code was seen 5 to 10 % slower when its data was built
 * first than when it was built last, perhaps for the pages it then gets.
 */
static void admit_all(struct players *players, const struct lb_case *cases, size_t case_count,
                      size_t first)
{
    const struct contender *contenders[CANDIDATES_MAX];
    size_t count = case_count + choose_contenders(&cases[0], contenders);
    struct lb_arena *arena = lb_arena_new(false);
    if (!arena)
        abort();
    for (size_t i = 0; i < count; i++) {
        size_t who = (first + i) % count;
        if (who < case_count)
            admit_case(players, &cases[who]);
        else
            admit_contender(players, contenders[who - case_count], &cases[0], arena);
    }
}

static bool agree(const struct players *players)
{
    for (size_t i = 1; i < players->count; i++)
        if (players->all[i].first_pass != players->all[0].first_pass) {
            fprintf(stderr, "kernels_bench: %s answers %llx, %s %llx\n", players->all[0].name,
                    (unsigned long long)players->all[0].first_pass, players->all[i].name,
                    (unsigned long long)players->all[i].first_pass);
            return false;
        }
    return true;
}

static void visit(struct player *p)
{
    uint64_t start = lb_clock_cpu_ns();
    do
        run(p, p->sample_ops);
    while (lb_clock_cpu_ns() - start < WARM_NS);
    start = lb_clock_cpu_ns();
    run(p, p->sample_ops);
    uint64_t spent_ns = lb_clock_cpu_ns() - start;
    printf("%s\tvisit\t%.6f\n", p->name, (double)spent_ns / (double)p->sample_ops);
}

static void visit_in_turn(struct players *players, unsigned long visits)
{
    struct lb_rng rng = {.state = lb_clock_wall_ns()};
    for (unsigned long i = 0; i < visits; i++) {
        uint32_t order[PLAYERS_MAX];
        lb_permutation(order, players->count, lb_rng_next(&rng));
        for (size_t k = 0; k < players->count; k++)
            visit(&players->all[order[k]]);
    }
}

int main(int argc, char **argv)
{
    static struct lb_case cases[CANDIDATES_MAX];
    struct players players = {.count = 0};
    struct lb_error error;
    if (argc < 4 || argc > 3 + CANDIDATES_MAX) {
        fprintf(stderr, "usage: kernels_bench VISITS FIRST CASE...\n");
        return 2;
    }
    size_t case_count = (size_t)argc - 3;
    enum lb_status status = lb_pin_to(lb_pin_default_cpu(), &error);
    for (size_t i = 0; status == LB_OK && i < case_count; i++)
        status = lb_case_find(lb_benchmark_list, argv[3 + i], 1, &cases[i], &error);
    if (status != LB_OK) {
        fprintf(stderr, "kernels_bench: %s\n", error.text);
        return 1;
    }
    admit_all(&players, cases, case_count, strtoul(argv[2], NULL, 10));
    if (!agree(&players))
        return 1;
    visit_in_turn(&players, strtoul(argv[1], NULL, 10));
    return 0;
}
