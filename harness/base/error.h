/*
 * error.h - how everything in harness/ and ci/ reports failure.
 *
 * A function that can fail returns an lb_status and fills the lb_error it was given (which may be
 * NULL). The status is set where the failure is; results go out by pointer, last.
 */
#ifndef LB_ERROR_H
#define LB_ERROR_H

#include <stddef.h>

enum lb_status {
    LB_OK = 0,
    LB_USAGE,       /* the user's words or files are wrong: exit 2 */
    LB_UNAVAILABLE, /* cannot be done here, and that is no fault: a skip with its reason */
    LB_SYSTEM,      /* a system call or a file failed */
    LB_PROTOCOL,    /* a child said something that it must not */
    LB_CHILD,       /* a child crashed, hung or was killed */
    LB_WRONG,       /* a kernel computed a wrong answer */
    LB_NO_MEMORY,
    LB_INTERRUPTED,
};

struct lb_error {
    char text[512]; /* one line, no newline, says what to do next where there is something to do */
};

/* Fills *error (unless NULL) like printf and returns `status`, so: return lb_fail(...); */
enum lb_status lb_fail(struct lb_error *error, enum lb_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As lb_fail, with ": " and strerror(errno) behind the text. */
enum lb_status lb_fail_errno(struct lb_error *error, enum lb_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
