/* child.c - see child.h. */
#include "harness/case/child.h"

#include "harness/base/interrupt.h"
#include "harness/case/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Time limits: a kernel that hangs must not hold up the run for ever. 1 GiB of boxes was seen to
 * take up to a minute to build, and is verified and measured in less.
 */
enum {
    CREATE_MS = 120000,
    CREATE_MS_PER_GIB = 60000,
    ANSWER_MS = 30000,
    ARGUMENTS_MAX = 18 + 2 * LB_NAMED_EVENTS_MAX
};

/* Words of the command line that outlive the call. */
struct arguments {
    char seed[32], cpu[16], placement[32], slowdown[16];
    const char *list[ARGUMENTS_MAX];
};

static void make_arguments(const char *case_id, const struct lb_child_options *options,
                           struct arguments *a)
{
    snprintf(a->seed, sizeof a->seed, "%" PRIu64, options->seed);
    snprintf(a->cpu, sizeof a->cpu, options->cpu < 0 ? "none" : "%d", options->cpu);
    snprintf(a->placement, sizeof a->placement, "%" PRIu64, options->placement);
    snprintf(a->slowdown, sizeof a->slowdown, "%u", options->slowdown_permille);
    const char *always[] = {options->program ? options->program : lb_spawn_self(),
                            "exec",
                            case_id,
                            "--seed",
                            a->seed,
                            "--cpu",
                            a->cpu,
                            "--control-fd",
                            "3"};
    size_t n = sizeof always / sizeof *always;
    memcpy(a->list, always, sizeof always);
    if (!options->counters)
        a->list[n++] = "--no-counters";
    for (unsigned i = 0; options->events && i < options->events->count; i++) {
        a->list[n++] = "--events";
        a->list[n++] = options->events->names[i];
    }
    if (options->placement) {
        a->list[n++] = "--placement";
        a->list[n++] = a->placement;
    }
    if (options->slowdown_permille) {
        a->list[n++] = "--self-test-slowdown";
        a->list[n++] = a->slowdown;
    }
    a->list[n] = NULL;
}

int lb_child_create_ms(uint64_t layout_bytes)
{
    double gib = (double)layout_bytes / (double)(UINT64_C(1) << 30);
    return CREATE_MS + (int)(gib * CREATE_MS_PER_GIB);
}

static int create_ms(const struct lb_child_options *options)
{
    int least = lb_child_create_ms(options->layout_bytes);
    return options->answer_ms > least ? options->answer_ms : least;
}

enum lb_status lb_child_start(struct lb_child *child, const char *case_id,
                              const struct lb_child_options *options, struct lb_error *error)
{
    struct arguments arguments = {.list = {NULL}};
    int ends[2];
    memset(child, 0, sizeof *child);
    child->answer_ms = options->answer_ms ? options->answer_ms : ANSWER_MS;
    child->create_ms = create_ms(options);
    child->limit_option = options->limit_option;
    child->exit_status = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return lb_fail_errno(error, LB_SYSTEM, "socketpair");
    child->err_fd = memfd_create("stderr", MFD_CLOEXEC);
    child->reader.fd = ends[0];
    make_arguments(case_id, options, &arguments);
    struct lb_spawn spawn = {.argv = arguments.list,
                             .file = options->file,
                             .placement = options->placement,
                             .out_fd = -1,
                             .err_fd = child->err_fd,
                             .extra_fd = ends[1]};
    enum lb_status status = lb_spawn_start(&spawn, &child->pid, error);
    close(ends[1]);
    if (status != LB_OK) {
        child->pid = 0;
        close(ends[0]);
        close(child->err_fd);
    }
    return status;
}

void lb_child_kill(struct lb_child *child)
{
    if (!child->pid)
        return;
    kill(child->pid, SIGKILL);
    waitpid(child->pid, NULL, 0);
    close(child->reader.fd);
    close(child->err_fd);
    child->pid = 0;
}

/* The last line the child wrote to its standard error, if any. */
static void last_words(const struct lb_child *child, char *text, size_t size)
{
    off_t end = lseek(child->err_fd, 0, SEEK_END);
    off_t start = end > (off_t)size - 1 ? end - (off_t)size + 1 : 0;
    ssize_t got = pread(child->err_fd, text, size - 1, start);
    text[got > 0 ? got : 0] = 0;
    while (got > 0 && text[got - 1] == '\n')
        text[--got] = 0;
    char *line = strrchr(text, '\n');
    if (line)
        memmove(text, line + 1, strlen(line + 1) + 1);
}

/* The child does not answer: finds out why, ends it, and says so. */
static enum lb_status mourn(struct lb_child *child, enum lb_status status, struct lb_error *error)
{
    char words[200];
    int wait_status;
    if (status == LB_INTERRUPTED || !child->pid)
        return status;
    pid_t gone = 0;
    for (int i = 0; i < 100 && gone == 0; i++) {
        gone = waitpid(child->pid, &wait_status, WNOHANG);
        if (gone == 0)
            usleep(1000);
    }
    if (gone == child->pid) {
        last_words(child, words, sizeof words);
        lb_spawn_describe(wait_status, error);
        if (WIFEXITED(wait_status))
            child->exit_status = WEXITSTATUS(wait_status);
        size_t used = strlen(error->text);
        if (words[0])
            snprintf(error->text + used, sizeof error->text - used, ": %s", words);
        close(child->reader.fd);
        close(child->err_fd);
        child->pid = 0;
    } else {
        lb_child_kill(child);
        size_t used = strlen(error->text);
        if (child->limit_option && child->reader.timed_out)
            snprintf(error->text + used, sizeof error->text - used, " (%s allows more)",
                     child->limit_option);
    }
    return LB_CHILD;
}

static enum lb_status listen_to(struct lb_child *child, int timeout_ms, char *line,
                                struct lb_error *error)
{
    enum lb_status status;
    if (!child->pid)
        return lb_fail(error, LB_CHILD, "it has ended");
    do
        status = lb_line_read(&child->reader, timeout_ms, line, error);
    while (status == LB_INTERRUPTED && !lb_interrupted());
    if (status != LB_OK)
        return mourn(child, status, error);
    if (strncmp(line, "failed ", 7) == 0) {
        bool wrong = strncmp(line + 7, "wrong answer", 12) == 0;
        lb_fail(error, LB_WRONG, "%s", line + 7);
        lb_child_kill(child);
        return wrong ? LB_WRONG : LB_CHILD;
    }
    return LB_OK;
}

static enum lb_status tell(struct lb_child *child, const char *line, struct lb_error *error)
{
    if (!child->pid)
        return lb_fail(error, LB_CHILD, "it has ended");
    enum lb_status status = lb_line_write(child->reader.fd, error, "%s", line);
    return status == LB_OK ? LB_OK : mourn(child, status, error);
}

static enum lb_status nonsense(struct lb_child *child, const char *line, struct lb_error *error)
{
    lb_child_kill(child);
    return lb_fail(error, LB_PROTOCOL, "it answered '%.200s'", line);
}

bool lb_child_speaks(const struct lb_child *child, int timeout_ms)
{
    struct pollfd p = {.fd = child->reader.fd, .events = POLLIN};
    int ready;
    do
        ready = poll(&p, 1, timeout_ms);
    while (ready < 0 && errno == EINTR && !lb_interrupted());
    return ready != 0;
}

enum lb_status lb_child_wait_ready(struct lb_child *child, struct lb_child_ready *r,
                                   struct lb_error *error)
{
    char line[LB_LINE_BYTES];
    int version = 0;
    enum lb_status status = listen_to(child, child->create_ms, line, error);
    if (status != LB_OK)
        return status;
    if (strncmp(line, "skipped ", 8) == 0) {
        lb_child_kill(child);
        return lb_fail(error, LB_UNAVAILABLE, "%s", line + 8);
    }
    struct lb_memory_use *m = &r->memory;
    m->allocations = LB_MEMORY_UNKNOWN;
    m->allocator[0] = 0;
    if (sscanf(line,
               "ready %d %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %31[^\n]",
               &version, &r->create_ns, &m->arena_bytes, &m->heap_bytes, &m->resident_bytes,
               &m->huge_page_bytes, m->allocator) < 6 ||
        version != LB_PROTOCOL_VERSION)
        return nonsense(child, line, error);
    return LB_OK;
}

enum lb_status lb_child_warm(struct lb_child *child, const char *mode, uint64_t max_ns,
                             struct lb_warmth *warmth, struct lb_error *error)
{
    char line[LB_LINE_BYTES];
    int steady;
    snprintf(line, sizeof line, "warm %s %" PRIu64, *mode ? mode : "-", max_ns);
    enum lb_status status = tell(child, line, error);
    if (status == LB_OK)
        status = listen_to(child, child->answer_ms, line, error);
    if (status != LB_OK)
        return status;
    if (sscanf(line, "warmed %u %d %lf", &warmth->slices, &steady, &warmth->ns_per_op) != 3)
        return nonsense(child, line, error);
    warmth->steady = steady != 0;
    return LB_OK;
}

enum lb_status lb_child_sample(struct lb_child *child, const char *mode, uint64_t ops,
                               unsigned count, struct lb_sample *samples, struct lb_error *error)
{
    char line[LB_LINE_BYTES];
    snprintf(line, sizeof line, "sample %s %" PRIu64 " %u", *mode ? mode : "-", ops, count);
    enum lb_status status = tell(child, line, error);
    for (unsigned i = 0; i <= count && status == LB_OK; i++) {
        status = listen_to(child, child->answer_ms, line, error);
        if (status == LB_OK && i == count)
            return strcmp(line, "done") == 0 ? LB_OK : nonsense(child, line, error);
        if (status == LB_OK)
            status = lb_sample_parse(line, &samples[i], error);
    }
    if (status == LB_PROTOCOL)
        lb_child_kill(child);
    return status;
}

enum lb_status lb_child_metrics(struct lb_child *child, const char *mode,
                                struct lb_metric_values *values, struct lb_error *error)
{
    char line[LB_LINE_BYTES];
    unsigned count = lb_metrics_count(values->benchmark);
    snprintf(line, sizeof line, "metrics %s", *mode ? mode : "-");
    enum lb_status status = tell(child, line, error);
    for (unsigned i = 0; i <= count && status == LB_OK; i++) {
        status = listen_to(child, child->create_ms, line, error);
        if (status == LB_OK && i == count)
            return strcmp(line, "done") == 0 ? LB_OK : nonsense(child, line, error);
        if (status == LB_OK)
            status = lb_metric_parse(line, values, error);
    }
    if (status == LB_PROTOCOL)
        lb_child_kill(child);
    return status;
}

void lb_child_quit_begin(struct lb_child *child)
{
    if (child->pid)
        lb_line_write(child->reader.fd, NULL, "quit"); /* of one that died, _end tells the cause */
}

enum lb_status lb_child_quit_end(struct lb_child *child, uint64_t *checksum, struct lb_error *error)
{
    char line[LB_LINE_BYTES];
    enum lb_status status = listen_to(child, child->create_ms, line, error);
    if (status != LB_OK)
        return status;
    if (sscanf(line, "verified %" SCNx64, checksum) != 1)
        return nonsense(child, line, error);
    lb_child_kill(child); /* its answer is in; tear-down of the heap is not waited for */
    return LB_OK;
}
