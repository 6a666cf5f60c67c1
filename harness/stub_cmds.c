/* Temporary. */
#include "harness/cmd.h"
int lb_cmd_doctor(const struct lb_options *options)
{
    (void)options;
    return 3;
}
