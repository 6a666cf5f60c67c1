/* cpu_quota.h - how much CPU time the control groups leave this process. */
#ifndef LB_CPU_QUOTA_H
#define LB_CPU_QUOTA_H

/* CPUs' worth of time, of the tightest group; INFINITY where none limits it. */
double lb_cpu_quota(const char *root);

#endif
