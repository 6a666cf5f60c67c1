/* options.c - see options.h. */
#include "harness/commands/options.h"

#include "harness/base/pin.h"
#include "harness/base/suggest.h"
#include "harness/case/case.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum kind { FLAG, TEXT, NUMBER, SECONDS, CHOICE, FILTER, WORKING_SET, EVENTS, CPU };

#define ALL           0xff
#define SELECT        (LB_COMMAND_LIST | LB_COMMAND_RUN | LB_COMMAND_VERIFY | LB_COMMAND_SIMULATE)
#define MEASURES      (LB_COMMAND_RUN | LB_COMMAND_EXEC | LB_COMMAND_COUNTERS)
#define OFFSET(field) offsetof(struct lb_options, field)
#define NONE          SIZE_MAX

static const struct option {
    const char *name;
    const char *argument; /* for --help; NULL: takes none. For CHOICE: the choices, | between */
    enum kind kind;
    unsigned commands;
    size_t offset, given_offset;
    const char *help;
} table[] = {
    {"--filter", "GLOB", FILTER, SELECT, NONE, NONE,
     "only cases whose id matches (repeatable); 'boxing' means all below it"},
    {"--profile", "quick|standard|thorough", CHOICE, LB_COMMAND_LIST | LB_COMMAND_RUN,
     OFFSET(profile), NONE, "how many points and replicates (default: standard)"},
    {"--working-set", "SIZE", WORKING_SET, LB_COMMAND_LIST | LB_COMMAND_RUN, NONE, NONE,
     "these rungs instead of the profile's: 256KiB, 8MiB, ... (repeatable)"},
    {"--format", "text|json", CHOICE,
     LB_COMMAND_LIST | LB_COMMAND_DOCTOR | LB_COMMAND_COUNTERS | LB_COMMAND_CLAIMS, OFFSET(format),
     NONE, "for people (default) or for programs"},
    {"--output", "FILE", TEXT, LB_COMMAND_RUN, OFFSET(output), NONE,
     "the results document (default: out/results.json)"},
    {"--output", "FILE", TEXT, LB_COMMAND_SIMULATE, OFFSET(output), NONE,
     "a results document that has counts and no times, instead of the table"},
    {"--trace", "FILE", TEXT, LB_COMMAND_RUN, OFFSET(trace), NONE,
     "each visit and sample, with its switches and faults, for Perfetto (Chrome trace JSON)"},
    {"--seed", "N", NUMBER, SELECT | LB_COMMAND_EXEC, OFFSET(seed), NONE,
     "of values, shuffles and the order of visits (default: 1)"},
    {"--cpu", "N|none", CPU, MEASURES, OFFSET(cpu_text), NONE,
     "the CPU to measure on, or none to not pin (default: the last, of the fastest kind)"},
    {"--machine-name", "NAME", TEXT, LB_COMMAND_RUN, OFFSET(machine_name), NONE,
     "how the report names this machine (default: the host's name)"},
    {"--resume", NULL, FLAG, LB_COMMAND_RUN, OFFSET(resume), NONE,
     "go on with an interrupted --output: benchmarks that are whole in it are kept"},
    {"--wait", NULL, FLAG, LB_COMMAND_RUN, OFFSET(wait), NONE,
     "wait for another run on this machine to end, instead of refusing"},
    {"--timeout", "SECONDS", SECONDS, LB_COMMAND_RUN, OFFSET(timeout_seconds), NONE,
     "a variant that is silent for so long while it is measured hangs (default: 30)"},
    {"--no-whole-process", NULL, FLAG, LB_COMMAND_RUN, OFFSET(no_whole_process), NONE,
     "skip hyperfine's timing of whole processes"},
    {"--no-memory-pass", NULL, FLAG, LB_COMMAND_RUN, OFFSET(no_memory_pass), NONE,
     "skip the pass that counts allocations"},
    {"--no-checks", NULL, FLAG, LB_COMMAND_RUN, OFFSET(no_checks), NONE,
     "skip what tells whether a run can be believed: cache curve, clocks, a variant against "
     "itself"},
    {"--no-counters", NULL, FLAG, LB_COMMAND_RUN | LB_COMMAND_EXEC, OFFSET(no_counters), NONE,
     "do not open performance counters (exec opens none but when driven)"},
    {"--events", "EVENT[,EVENT...]", EVENTS, MEASURES, NONE, NONE,
     "count these as well: libpfm4's names, or raw as r11 (repeatable; exec: when driven)"},
    {"--quiet", NULL, FLAG, LB_COMMAND_RUN | LB_COMMAND_VERIFY, OFFSET(quiet), NONE,
     "no progress and no table; errors only"},
    {"--quiet", NULL, FLAG, LB_COMMAND_SIMULATE, OFFSET(quiet), NONE, "no progress"},
    {"--ops", "N", NUMBER, LB_COMMAND_EXEC, OFFSET(ops), OFFSET(ops_given),
     "exactly this many ops (default: one pass; 0: create and destroy only)"},
    {"--metrics", NULL, FLAG, LB_COMMAND_EXEC, OFFSET(metrics), NONE,
     "the benchmark's named metrics as well (probes, percentiles, ...), after the ops"},
    {"--simulation", "BYTES", NUMBER, LB_COMMAND_EXEC, OFFSET(simulation_bytes),
     OFFSET(simulation_given),
     "under callgrind: every mode, warmed for a last level of BYTES (0: a pass); CASE -: a list"},
    {"--simulate", "auto|always|never", CHOICE, LB_COMMAND_RUN, OFFSET(simulate), NONE,
     "cache misses by simulation (default: auto, where the hardware's are not to be had)"},
    {"--geometry", "standard|machine", CHOICE, LB_COMMAND_RUN, OFFSET(geometry), NONE,
     "caches to simulate (default: standard); machine: this machine's as well"},
    {"--control-fd", "N", NUMBER, LB_COMMAND_EXEC, OFFSET(control_fd), OFFSET(control_fd_given),
     "be driven through this descriptor (harness/case/protocol.h)"},
    {"--placement", "N", NUMBER, LB_COMMAND_EXEC, OFFSET(placement), NONE,
     "where heap and mappings lie, as seen from their usual places (harness/base/placement.h)"},
    {"--self-test-slowdown", "PERMILLE", NUMBER, LB_COMMAND_EXEC, OFFSET(slowdown_permille), NONE,
     "when driven: do this much more work than is reported, for layoutbench-gate --self-test"},
    {"--help", NULL, FLAG, ALL, OFFSET(help), NONE, "this text"},
};

static const struct command {
    const char *name;
    enum lb_command bit;
    const char *argument;
    const char *help;
} commands[] = {
    {"list", LB_COMMAND_LIST, "", "benchmarks and cases; measures nothing"},
    {"run", LB_COMMAND_RUN, "", "measure, and write the results document"},
    {"exec", LB_COMMAND_EXEC, " CASE", "one case in one process, for profilers and hyperfine"},
    {"verify", LB_COMMAND_VERIFY, "", "every case once, small: are the answers right?"},
    {"doctor", LB_COMMAND_DOCTOR, "", "what would make the measurements better, and what to do"},
    {"simulate", LB_COMMAND_SIMULATE, "",
     "simulated cache misses beside theory; waits for a run that measures"},
    {"counters", LB_COMMAND_COUNTERS, "", "what this machine can count, and through which event"},
    {"claims", LB_COMMAND_CLAIMS, " RESULTS.json",
     "what a results document says of the claims, by time and by counts"},
};

static void *field_at(struct lb_options *options, size_t offset)
{
    return (char *)options + offset;
}

/* ---- Parsing ------------------------------------------------------------------------------- */

static enum lb_status parse_command(const char *word, struct lb_options *o, struct lb_error *error)
{
    struct lb_suggestion nearest = {0};
    for (size_t i = 0; i < LB_COUNT_OF(commands); i++) {
        if (strcmp(commands[i].name, word) == 0) {
            o->command = commands[i].bit;
            return LB_OK;
        }
        lb_suggest(&nearest, word, commands[i].name);
    }
    return lb_fail(error, LB_USAGE, "unknown command '%s'%s%s%s; see 'layoutbench --help'", word,
                   nearest.text[0] ? "; did you mean '" : "", nearest.text,
                   nearest.text[0] ? "'?" : "");
}

static const struct option *find_option(const char *word, unsigned command)
{
    for (size_t i = 0; i < LB_COUNT_OF(table); i++) {
        size_t length = strlen(table[i].name);
        if ((table[i].commands & command) && strncmp(word, table[i].name, length) == 0 &&
            (word[length] == 0 || word[length] == '='))
            return &table[i];
    }
    return NULL;
}

static enum lb_status unknown_option(const char *word, unsigned command, struct lb_error *error)
{
    struct lb_suggestion nearest = {0};
    if (find_option(word, ALL))
        return lb_fail(error, LB_USAGE, "%s is not an option of this command; see --help", word);
    for (size_t i = 0; i < LB_COUNT_OF(table); i++)
        if (table[i].commands & command)
            lb_suggest(&nearest, word, table[i].name);
    return lb_fail(error, LB_USAGE, "unknown option '%s'%s%s%s; see --help", word,
                   nearest.text[0] ? "; did you mean '" : "", nearest.text,
                   nearest.text[0] ? "'?" : "");
}

static enum lb_status parse_number(const char *name, const char *text, uint64_t *number,
                                   struct lb_error *error)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || !*text || *end || *text == '-' || value > INT64_MAX)
        return lb_fail(error, LB_USAGE, "%s wants a number from 0 to 2^63 - 1, not '%s'", name,
                       text);
    *number = value;
    return LB_OK;
}

static enum lb_status parse_seconds(const char *name, const char *text, uint64_t *seconds,
                                    struct lb_error *error)
{
    enum lb_status status = parse_number(name, text, seconds, error);
    if (status == LB_OK && (*seconds < 1 || *seconds > 3600))
        status = lb_fail(error, LB_USAGE, "%s wants 1 to 3600 seconds, not '%s'", name, text);
    return status;
}

static enum lb_status parse_choice(const struct option *option, const char *text,
                                   const char **chosen, struct lb_error *error)
{
    struct lb_suggestion nearest = {0};
    char choices[64];
    snprintf(choices, sizeof choices, "%s", option->argument);
    char *rest = choices;
    for (char *word = strtok_r(rest, "|", &rest); word; word = strtok_r(NULL, "|", &rest)) {
        if (strcmp(word, text) == 0) {
            *chosen = text;
            return LB_OK;
        }
        lb_suggest(&nearest, text, word);
    }
    return lb_fail(error, LB_USAGE, "%s is one of %s, not '%s'%s%s%s", option->name,
                   option->argument, text, nearest.text[0] ? "; did you mean '" : "", nearest.text,
                   nearest.text[0] ? "'?" : "");
}

static enum lb_status parse_cpu(const char *text, struct lb_options *o, struct lb_error *error)
{
    uint64_t number = 0;
    o->cpu_text = text;
    if (strcmp(text, "none") == 0) {
        o->cpu = LB_CPU_NONE;
        return LB_OK;
    }
    enum lb_status status = parse_number("--cpu", text, &number, error);
    if (status == LB_OK && number >= 4096)
        status = lb_fail(error, LB_USAGE, "--cpu wants a CPU's number or none, not '%s'", text);
    if (status == LB_OK)
        o->cpu = (int)number;
    return status;
}

static enum lb_status parse_working_set(const char *text, struct lb_options *o,
                                        struct lb_error *error)
{
    uint64_t bytes = lb_rung_parse(text);
    if (!bytes)
        return lb_fail(error, LB_USAGE,
                       "--working-set wants a power of two from 4KiB to 1GiB, not '%s'", text);
    if (o->working_set_count == LB_WORKING_SETS_MAX)
        return lb_fail(error, LB_USAGE, "at most %d --working-set", LB_WORKING_SETS_MAX);
    o->working_sets[o->working_set_count++] = bytes;
    return LB_OK;
}

static enum lb_status parse_value(const struct option *option, const char *text,
                                  struct lb_options *o, struct lb_error *error)
{
    switch (option->kind) {
    case NUMBER:
        return parse_number(option->name, text, field_at(o, option->offset), error);
    case SECONDS:
        return parse_seconds(option->name, text, field_at(o, option->offset), error);
    case CHOICE:
        return parse_choice(option, text, field_at(o, option->offset), error);
    case CPU:
        return parse_cpu(text, o, error);
    case FILTER:
        if (o->filter_count == LB_FILTERS_MAX)
            return lb_fail(error, LB_USAGE, "at most %d --filter", LB_FILTERS_MAX);
        o->filters[o->filter_count++] = text;
        return LB_OK;
    case WORKING_SET:
        return parse_working_set(text, o, error);
    case EVENTS:
        return lb_named_events_add(&o->events, text, error);
    case TEXT:
        if (!*text)
            return lb_fail(error, LB_USAGE, "%s wants a %s", option->name, option->argument);
        *(const char **)field_at(o, option->offset) = text;
        return LB_OK;
    case FLAG:
        break;
    }
    return LB_OK;
}

static enum lb_status parse_option(char **argv, int *i, struct lb_options *o,
                                   struct lb_error *error)
{
    const struct option *option = find_option(argv[*i], o->command);
    if (!option)
        return unknown_option(argv[*i], o->command, error);
    const char *value = strchr(argv[*i], '=');
    if (option->given_offset != NONE)
        *(bool *)field_at(o, option->given_offset) = true;
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

enum lb_status lb_options_parse(int argc, char **argv, struct lb_options *o, struct lb_error *error)
{
    *o = (struct lb_options){.profile = "standard",
                             .format = "text",
                             .simulate = "auto",
                             .geometry = "standard",
                             .seed = 1};
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        o->help = argc >= 2;
        return o->help ? LB_OK
                       : lb_fail(error, LB_USAGE, "say what to do; see 'layoutbench --help'");
    }
    if (strcmp(argv[1], "--version") == 0) {
        o->version = true;
        return LB_OK;
    }
    enum lb_status status = parse_command(argv[1], o, error);
    for (int i = 2; i < argc && status == LB_OK; i++) {
        if (argv[i][0] == '-' && argv[i][1])
            status = parse_option(argv, &i, o, error);
        else if (o->command == LB_COMMAND_EXEC && !o->case_id)
            o->case_id = argv[i];
        else if (o->command == LB_COMMAND_CLAIMS && !o->results)
            o->results = argv[i];
        else
            status = lb_fail(error, LB_USAGE, "unexpected '%s'; see --help", argv[i]);
    }
    if (status == LB_OK && !o->cpu_text) /* not before: it looks at each CPU */
        o->cpu = lb_pin_default_cpu();
    if (status == LB_OK && o->command == LB_COMMAND_EXEC && !o->case_id && !o->help)
        status = lb_fail(error, LB_USAGE, "exec wants a case; 'layoutbench list' shows all");
    if (status == LB_OK && o->events.count && o->no_counters)
        status = lb_fail(error, LB_USAGE, "--events and --no-counters exclude each other");
    if (status == LB_OK && o->events.count && o->command == LB_COMMAND_EXEC && !o->control_fd_given)
        status = lb_fail(error, LB_USAGE, "--events of exec goes with --control-fd");
    if (status == LB_OK && o->command == LB_COMMAND_CLAIMS && !o->results && !o->help)
        status = lb_fail(error, LB_USAGE, "claims wants a results document: out/results.json");
    return status;
}

/* ---- Help ---------------------------------------------------------------------------------- */

static void help_overview(FILE *out)
{
    fputs("layoutbench: what does this memory layout cost on this machine?\n\n"
          "Usage: layoutbench COMMAND [OPTION...]\n\nCommands:\n",
          out);
    for (size_t i = 0; i < LB_COUNT_OF(commands); i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].help);
    fputs("\n'layoutbench COMMAND --help' shows its options; --version the version.\n"
          "'make bench' runs everything and writes the report.\n\n"
          "Exit status: 0 fine; 1 a case failed; 2 usage or unreadable input; 3 refused before\n"
          "measuring (another run, output not writable); 130 interrupted.\n",
          out);
}

void lb_options_help(FILE *out, const struct lb_options *options)
{
    if (!options->command) {
        help_overview(out);
        return;
    }
    for (size_t i = 0; i < LB_COUNT_OF(commands); i++)
        if (commands[i].bit == options->command)
            fprintf(out, "Usage: layoutbench %s%s [OPTION...]\n%s\n\n", commands[i].name,
                    commands[i].argument, commands[i].help);
    for (size_t i = 0; i < LB_COUNT_OF(table); i++) {
        char left[64];
        if (!(table[i].commands & options->command))
            continue;
        snprintf(left, sizeof left, "%s%s%s", table[i].name, table[i].argument ? " " : "",
                 table[i].argument ? table[i].argument : "");
        if (strlen(left) > 22)
            fprintf(out, "  %s\n  %-22s %s\n", left, "", table[i].help);
        else
            fprintf(out, "  %-22s %s\n", left, table[i].help);
    }
}
