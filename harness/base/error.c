/* error.c - see error.h. */
#include "harness/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum lb_status lb_fail(struct lb_error *error, enum lb_status status, const char *format, ...)
{
    if (error) {
        va_list args;
        va_start(args, format);
        vsnprintf(error->text, sizeof error->text, format, args);
        va_end(args);
    }
    return status;
}

enum lb_status lb_fail_errno(struct lb_error *error, enum lb_status status, const char *format, ...)
{
    int saved = errno;
    if (error) {
        va_list args;
        va_start(args, format);
        int used = vsnprintf(error->text, sizeof error->text, format, args);
        va_end(args);
        if (used >= 0 && (size_t)used < sizeof error->text)
            snprintf(error->text + used, sizeof error->text - (size_t)used, ": %s",
                     strerror(saved));
    }
    return status;
}
