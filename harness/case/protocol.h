/*
 * protocol.h - the line protocol of a driven `layoutbench exec --control-fd N`, version 1.
 *
 * One side writes a line, the other answers; words are separated by one space. MODE is a mode's
 * name, or - for the nameless one. Figures are decimal integers unless stated.
 *
 *   exec:   ready VERSION CREATE_NS ARENA_BYTES HEAP_BYTES RESIDENT_BYTES HUGE_PAGE_BYTES
 *           ALLOCATOR...
 *          bytes as in struct lb_memory_use (harness/case/instance.h)
 *   or:     skipped REASON...             it cannot run here; exec ends
 *   or:     failed REASON...              it should have run and did not; exec ends
 *
 *   driver: warm MODE MAX_NS
 *   exec:   warmed SLICES STEADY NS_PER_OP    STEADY is 0 or 1; NS_PER_OP is a decimal fraction
 *
 *   driver: sample MODE OPS COUNT         OPS 0: as many as last a sample's time
 *   exec:   COUNT times
 *           s OPS WALL_NS CPU_NS MINOR_FAULTS MAJOR_FAULTS VOLUNTARY INVOLUNTARY MIGRATED ...
 *           then a word a counter: NUMBER=VALUE:ENABLED_NS:RUNNING_NS, or NUMBER=lost; NUMBER as
 *           in harness/counters/counters.h, named events behind the portable ones
 *           and, where it is known, at=START_NS by CLOCK_MONOTONIC
 *   exec:   done
 *
 *   driver: metrics MODE                  after the last sample of all modes; nothing is timed then
 *   exec:   a line a metric of the benchmark
 *           m NAME VALUE                  a decimal fraction
 *           or: m NAME - REASON...        it is not known
 *   exec:   done
 *
 *   driver: quit
 *   exec:   verified CHECKSUM             hexadecimal, all modes; or: failed REASON...; exec ends
 *
 * `prepare` of a kernel that consumes its state is called by exec before each slice and sample.
 * A sample that came out too short is followed by longer ones: OPS in its line is what it did.
 */
#ifndef LB_PROTOCOL_H
#define LB_PROTOCOL_H

#include "harness/base/error.h"
#include "harness/case/sample.h"

enum { LB_PROTOCOL_VERSION = 1, LB_LINE_BYTES = 4096 };

/* One end of the conversation. Zero it and set fd. */
struct lb_line_reader {
    int fd;
    size_t start, end;
    bool timed_out; /* the last line did not come in its time */
    char buffer[8192];
};

/*
 * Reads one line into `line` (LB_LINE_BYTES, no newline). timeout_ms < 0: waits for ever.
 * LB_CHILD when the other side closed or the time is up, LB_INTERRUPTED on a signal.
 */
enum lb_status lb_line_read(struct lb_line_reader *reader, int timeout_ms, char *line,
                            struct lb_error *error);

/* Writes one line (a newline is added), whole. Never raises SIGPIPE on a socket. */
enum lb_status lb_line_write(int fd, struct lb_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A sample as a line, and back. */
enum lb_status lb_sample_write(int fd, const struct lb_sample *sample, struct lb_error *error);
enum lb_status lb_sample_parse(const char *line, struct lb_sample *sample, struct lb_error *error);

/* A metric as a line, and back: LB_PROTOCOL when `values` has none of that name, or no number. */
enum lb_status lb_metric_write(int fd, const char *name, const struct lb_metric_value *value,
                               struct lb_error *error);
enum lb_status lb_metric_parse(const char *line, struct lb_metric_values *values,
                               struct lb_error *error);

#endif
