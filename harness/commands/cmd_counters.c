/* cmd_counters.c - `layoutbench counters`: what this machine can count, and through which event. */
#include "harness/base/pin.h"
#include "harness/commands/cmd.h"
#include "harness/counters/counters_text.h"

int lb_cmd_counters(const struct lb_options *options)
{
    struct lb_error error;
    struct lb_counter_session *session = NULL;
    enum lb_status status = lb_pin_to(options->cpu, &error);
    if (status == LB_OK)
        status = lb_counters_open(options->cpu, &options->events, &session, &error);
    if (status == LB_OK)
        status = lb_counters_prove(session, &error);
    if (status != LB_OK) {
        lb_counters_close(session);
        return lb_cmd_complain(status, &error);
    }
    status = options->format[0] == 'j' ? lb_counters_print_json(stdout, session)
                                       : lb_counters_print(stdout, session);
    lb_counters_close(session);
    return status == LB_OK ? LB_EXIT_FINE : LB_EXIT_REFUSED;
}
