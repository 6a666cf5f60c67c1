/* gate_options.c - see gate_options.h. */
#include "ci/gate_options.h"

#include "harness/base/pin.h"
#include "harness/base/suggest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum kind { FLAG, TEXT, NUMBER, FILTER, CPU };

#define OFFSET(field)   offsetof(struct lb_gate_options, field)
#define NONE            SIZE_MAX
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct option {
    const char *name;
    const char *argument; /* for --help; NULL: takes none */
    enum kind kind;
    size_t offset;
    const char *help;
} table[] = {
    {"--base-binary", "FILE", TEXT, OFFSET(base_binary), "the layoutbench of the base"},
    {"--head-binary", "FILE", TEXT, OFFSET(head_binary), "the layoutbench of the change"},
    {"--base-results", "FILE", TEXT, OFFSET(base_results),
     "a results document with the base's counts, instead of counting now"},
    {"--head-results", "FILE", TEXT, OFFSET(head_results), "the same of the change"},
    {"--base-revision", "NAME", TEXT, OFFSET(base_revision), "how the verdict names the base"},
    {"--head-revision", "NAME", TEXT, OFFSET(head_revision), "how it names the change"},
    {"--filter", "GLOB", FILTER, NONE,
     "only cases whose id matches (repeatable); 'boxing' means all below it"},
    {"--policy", "FILE", TEXT, OFFSET(policy), "what to judge by (default: the one built in)"},
    {"--accepted", "FILE", TEXT, OFFSET(accepted),
     "acknowledgements (default: ci/accepted.json, where there is one)"},
    {"--strict", NULL, FLAG, OFFSET(strict), "every undecided row fails, with status 3"},
    {"--no-counts", NULL, FLAG, OFFSET(no_counts), "judge by time alone"},
    {"--no-time", NULL, FLAG, OFFSET(no_time), "judge by exact counts alone"},
    {"--cpu", "N|none", CPU, NONE,
     "the CPU to measure on, or none to not pin (default: the last one, of the fastest cores)"},
    {"--seed", "N", NUMBER, OFFSET(seed), "of inputs and of the order of pairs (default: 1)"},
    {"--wait", NULL, FLAG, OFFSET(wait),
     "wait for another run on this machine to end, instead of refusing"},
    {"--output", "FILE", TEXT, OFFSET(output), "the verdict as JSON (default: out/gate.json)"},
    {"--markdown", "FILE", TEXT, OFFSET(markdown), "and as a comment for a pull request"},
    {"--junit", "FILE", TEXT, OFFSET(junit), "and as JUnit XML"},
    {"--annotations", NULL, FLAG, OFFSET(annotations), "and as GitHub annotations, on stdout"},
    {"--write-baseline", "FILE", TEXT, OFFSET(write_baseline),
     "judge nothing: show what changes in FILE, and store the head's counts there"},
    {"--self-test", NULL, FLAG, OFFSET(self_test),
     "inject a slowdown and compare a program with itself: are both judged right?"},
    {"--quiet", NULL, FLAG, OFFSET(quiet), "no progress; the verdict alone"},
    {"--help", NULL, FLAG, OFFSET(help), "this text"},
    {"--version", NULL, FLAG, OFFSET(version), "which layoutbench-gate this is"},
};

static void *field_at(struct lb_gate_options *options, size_t offset)
{
    return (char *)options + offset;
}

/* ---- Parsing ------------------------------------------------------------------------------- */

static const struct option *find_option(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        size_t length = strlen(table[i].name);
        if (strncmp(word, table[i].name, length) == 0 && (word[length] == 0 || word[length] == '='))
            return &table[i];
    }
    return NULL;
}

static enum lb_status unknown_option(const char *word, struct lb_error *error)
{
    struct lb_suggestion nearest = {0};
    for (size_t i = 0; i < COUNT_OF(table); i++)
        lb_suggest(&nearest, word, table[i].name);
    return lb_fail(error, LB_USAGE, "unknown option '%s'%s%s%s; see --help", word,
                   nearest.text[0] ? "; did you mean '" : "", nearest.text,
                   nearest.text[0] ? "'?" : "");
}

static enum lb_status parse_number(const char *name, const char *text, uint64_t most,
                                   uint64_t *number, struct lb_error *error)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || !*text || *end || *text == '-' || *text == '+' || value > most)
        return lb_fail(error, LB_USAGE, "%s wants a number from 0 to %llu, not '%s'", name,
                       (unsigned long long)most, text);
    *number = value;
    return LB_OK;
}

static enum lb_status parse_value(const struct option *option, const char *text,
                                  struct lb_gate_options *o, struct lb_error *error)
{
    uint64_t number = 0;
    enum lb_status status = LB_OK;
    if (!*text)
        return lb_fail(error, LB_USAGE, "%s wants %s", option->name, option->argument);
    switch (option->kind) {
    case NUMBER:
        return parse_number(option->name, text, INT64_MAX, field_at(o, option->offset), error);
    case CPU:
        o->cpu_text = text;
        o->cpu = LB_GATE_CPU_NONE;
        if (strcmp(text, "none") == 0)
            return LB_OK;
        status = parse_number(option->name, text, 4095, &number, error);
        o->cpu = (int)number;
        return status;
    case FILTER:
        if (o->filter_count == LB_GATE_FILTERS_MAX)
            return lb_fail(error, LB_USAGE, "at most %d --filter", LB_GATE_FILTERS_MAX);
        o->filters[o->filter_count++] = text;
        return LB_OK;
    case TEXT:
        *(const char **)field_at(o, option->offset) = text;
        return LB_OK;
    case FLAG:
        break;
    }
    return LB_OK;
}

static enum lb_status parse_option(char **argv, int *i, struct lb_gate_options *o,
                                   struct lb_error *error)
{
    const struct option *option = find_option(argv[*i]);
    if (!option)
        return unknown_option(argv[*i], error);
    const char *value = strchr(argv[*i], '=');
    if (option->kind == FLAG) {
        if (value)
            return lb_fail(error, LB_USAGE, "%s takes no value", option->name);
        *(bool *)field_at(o, option->offset) = true;
        return LB_OK;
    }
    if (value)
        return parse_value(option, value + 1, o, error);
    if (!argv[*i + 1])
        return lb_fail(error, LB_USAGE, "%s wants %s", option->name, option->argument);
    return parse_value(option, argv[++*i], o, error);
}

static enum lb_status check_baseline(const struct lb_gate_options *o, struct lb_error *error)
{
    bool base = o->base_binary || o->base_results, head = o->head_binary || o->head_results;
    if (base || !head)
        return lb_fail(
            error, LB_USAGE,
            "--write-baseline wants a head, --head-binary or --head-results, and no base");
    if (o->filter_count)
        return lb_fail(error, LB_USAGE,
                       "--write-baseline stores every case, and would drop those that a --filter "
                       "leaves out: say it without --filter");
    if (o->no_counts)
        return lb_fail(error, LB_USAGE,
                       "--write-baseline stores counts: say it without --no-counts");
    return LB_OK;
}

/* What does not go together, each with the way out. */
static enum lb_status check(const struct lb_gate_options *o, struct lb_error *error)
{
    bool base = o->base_binary || o->base_results, head = o->head_binary || o->head_results;
    if (o->help || o->version)
        return LB_OK;
    if (o->self_test)
        return o->head_binary ? LB_OK
                              : lb_fail(error, LB_USAGE, "--self-test wants a --head-binary");
    if (o->write_baseline)
        return check_baseline(o, error);
    if (!base || !head)
        return lb_fail(error, LB_USAGE, "no %s: give --%s-binary or --%s-results; see --help",
                       base ? "head" : "base", base ? "head" : "base", base ? "head" : "base");
    if (o->no_counts && (o->no_time || !o->base_binary || !o->head_binary))
        return lb_fail(error, LB_USAGE, "there is nothing to judge by: %s",
                       o->no_time ? "--no-counts and --no-time exclude each other"
                                  : "without counts, both sides have to be programs");
    return LB_OK;
}

enum lb_status lb_gate_options_parse(int argc, char **argv, struct lb_gate_options *o,
                                     struct lb_error *error)
{
    enum lb_status status = LB_OK;
    *o = (struct lb_gate_options){
        .output = "out/gate.json", .cpu = lb_pin_default_cpu(), .seed = LB_GATE_SEED};
    for (int i = 1; i < argc && status == LB_OK; i++) {
        if (argv[i][0] == '-')
            status = parse_option(argv, &i, o, error);
        else
            status = lb_fail(error, LB_USAGE, "unexpected '%s'; see --help", argv[i]);
    }
    return status == LB_OK ? check(o, error) : status;
}

/* ---- Help ---------------------------------------------------------------------------------- */

void lb_gate_options_help(FILE *out)
{
    fputs("layoutbench-gate: did a change make any benchmark slower, or make it miss more?\n\n"
          "Usage: layoutbench-gate --base-binary FILE --head-binary FILE [OPTION...]\n"
          "       layoutbench-gate --base-results FILE --head-results FILE [OPTION...]\n\n"
          "'scripts/gate REVISION' builds both sides and calls this. docs/gate.md explains it.\n\n",
          out);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", table[i].name, table[i].argument ? " " : "",
                 table[i].argument ? table[i].argument : "");
        fprintf(out, "  %-24s %s\n", left, table[i].help);
    }
    fputs(
        "\nExit status: 0 pass; 1 regression; 2 usage, or input that is refused; 3 undecided;\n"
        "4 the set of benchmarks changed, or a row failed; 5 incomparable; 6 the harness failed;\n"
        "130 interrupted. Where several apply: 5, then 1, 4, 3.\n",
        out);
}
