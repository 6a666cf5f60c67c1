/* kernel.c - see kernel.h. */
#include "kernel.h"

#include "harness/base/pin.h"
#include "harness/case/instance.h"

#include <stdio.h>
#include <stdlib.h>

void *peer_kernel_open(const char *case_id)
{
    struct lb_error error;
    struct lb_case c;
    struct lb_instance *instance = malloc(sizeof *instance);
    if (!instance || lb_case_find(lb_benchmark_list, case_id, 1, &c, &error) != LB_OK ||
        lb_instance_create(instance, &c, LB_CPU_NONE, &error) != LB_OK) {
        fprintf(stderr, "peer: %s: %s\n", case_id, instance ? error.text : "out of memory");
        exit(1);
    }
    lb_instance_run(instance, c.mode, lb_instance_pass_ops(instance, c.mode));
    return instance;
}

void peer_kernel_run(void *kernel, uint64_t ops)
{
    struct lb_instance *instance = kernel;
    lb_instance_run(instance, instance->c.mode, ops);
}
