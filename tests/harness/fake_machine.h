/*
 * fake_machine.h - a machine for tests of counters: a tree of /proc and /sys in a temporary
 * folder, and a fake kernel.
 */
#ifndef LB_FAKE_MACHINE_H
#define LB_FAKE_MACHINE_H

#include "harness/counters/provider_fake.h"
#include "harness/counters/session.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fake_machine {
    char root[64];
    struct lb_fake_kernel kernel;
    struct lb_syscalls sys;
};

static const char fake_zen3_cpuinfo[] = "processor\t: 0\n"
                                        "vendor_id\t: AuthenticAMD\n"
                                        "cpu family\t: 25\n"
                                        "model\t\t: 1\n"
                                        "stepping\t: 1\n"
                                        "flags\t\t: fpu vme sse2\n\n";

/* Writes one file below the root, with the folders above it. */
static inline void fake_machine_write(const struct fake_machine *machine, const char *path,
                                      const char *text)
{
    char full[512];
    snprintf(full, sizeof full, "%s%s", machine->root, path);
    for (char *slash = strchr(full + strlen(machine->root) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(full, 0755);
        *slash = '/';
    }
    FILE *file = fopen(full, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        abort();
}

/* A machine without a PMU, with a kernel that has `counters` counters all the same. */
static inline void fake_machine_init(struct fake_machine *machine, unsigned counters)
{
    memset(machine, 0, sizeof *machine);
    snprintf(machine->root, sizeof machine->root, "/tmp/lb_fake_machine.XXXXXX");
    if (!mkdtemp(machine->root))
        abort();
    lb_fake_kernel_init(&machine->kernel, counters);
    machine->sys = lb_fake_syscalls(&machine->kernel);
    fake_machine_write(machine, "/proc/sys/kernel/perf_event_paranoid", "2\n");
    fake_machine_write(machine, "/proc/self/status", "Name:\ttest\nSeccomp:\t0\n");
    fake_machine_write(machine, "/sys/bus/event_source/devices/software/type", "1\n");
}

/* An EPYC of the Zen 3 kind, with its PMU. */
static inline void fake_machine_init_zen3(struct fake_machine *machine, unsigned counters)
{
    fake_machine_init(machine, counters);
    fake_machine_write(machine, "/proc/cpuinfo", fake_zen3_cpuinfo);
    fake_machine_write(machine, "/sys/bus/event_source/devices/cpu/type", "4\n");
}

static inline int fake_machine_remove_one(const char *path, const struct stat *status, int type,
                                          struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

static inline void fake_machine_remove(struct fake_machine *machine)
{
    nftw(machine->root, fake_machine_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline struct lb_counter_session *fake_machine_open_with(const struct fake_machine *machine,
                                                                int cpu,
                                                                const struct lb_named_events *named)
{
    const struct lb_counter_setup setup = {
        .cpu = cpu, .root = machine->root, .sys = &machine->sys, .named = named};
    struct lb_counter_session *session = NULL;
    if (lb_session_open(&setup, &session, NULL) != LB_OK)
        abort();
    return session;
}

static inline struct lb_counter_session *fake_machine_open(const struct fake_machine *machine,
                                                           int cpu)
{
    return fake_machine_open_with(machine, cpu, NULL);
}

#endif
