/* events_intel.c - see events.h. */
#include "harness/events.h"

const struct lb_microarchitecture lb_events_intel[] = {{.name = NULL}};
