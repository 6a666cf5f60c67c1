/*
 * guest_init.c - the first and only program of the emulated machine: runs what the kernel's command
 * line asks for, and switches the machine off.
 *
 * What each step prints goes to the console between two marked lines, the second with its exit
 * status; check_guest.py takes it from there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 28 };

/* Far more than the PMU has counters; the last is a portable counter's event as well. */
#define CACHE_EVENTS  "arm_n1::L1I_CACHE_REFILL,arm_n1::L1I_TLB_REFILL,arm_n1::L1D_CACHE"
#define CORE_EVENTS   "arm_n1::SW_INCR,arm_n1::INST_SPEC,arm_n1::BR_PRED,arm_n1::MEM_ACCESS"
#define RAW_EVENTS    "r08,r05,r1b,r1d,r60"
#define SIMPLE_EVENTS "BUS_CYCLES,INST_RETIRED,STALL_FRONTEND,faults"
#define NAMED_EVENTS                                                                               \
    "--events", CACHE_EVENTS, "--events", CORE_EVENTS, "--events", RAW_EVENTS, "--events",         \
        SIMPLE_EVENTS, "--events", "arm_n1::L1D_CACHE_REFILL"

static const struct step {
    const char *name;
    const char *command[ARGUMENTS_MAX];
} steps[] = {
    {"counters", {"/layoutbench", "counters", "--format", "json"}},
    {"encode", {"/questions", "encode"}},
    {"multiplex", {"/questions", "multiplex"}},
    {"multiplexed-case", {"/questions", "multiplexed-case"}},
    {"run",
     {"/layoutbench", "run", "--filter", "boxing/sum/inline", "--filter",
      "boxing/sum/boxed_shuffled", "--working-set", "16KiB", "--profile", "quick", "--output",
      "/tmp/results.json", "--no-whole-process", "--no-memory-pass"}},
    {"document", {"/questions", "print", "/tmp/results.json"}},
    {"passes", {"/layoutbench", "counters", NAMED_EVENTS}},
    {"events",
     {"/layoutbench", "run", "--filter", "boxing/sum/inline", "--working-set", "16KiB", "--profile",
      "quick", "--output", "/tmp/events.json", "--no-whole-process", "--no-memory-pass",
      "--simulate", "never", NAMED_EVENTS}},
    {"events_document", {"/questions", "print", "/tmp/events.json"}},
};

static int run(const char *const *command)
{
    pid_t child = fork();
    if (child == 0) {
        execv(command[0], (char *const *)command);
        perror(command[0]);
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void run_step(const char *name)
{
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (strcmp(steps[i].name, name) != 0)
            continue;
        printf("<<<< %s\n", name);
        fflush(stdout);
        int status = run(steps[i].command);
        printf("\n>>>> %s %d\n", name, status);
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    mkdir("/proc", 0755);
    mkdir("/sys", 0755);
    mkdir("/dev", 0755);
    mkdir("/tmp", 0777);
    mount("proc", "/proc", "proc", 0, NULL);
    mount("sysfs", "/sys", "sysfs", 0, NULL);
    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
    mount("tmpfs", "/tmp", "tmpfs", 0, NULL);
    for (int i = 1; i < argc; i++)
        run_step(argv[i]);
    sync();
    reboot(RB_POWER_OFF);
    return 1;
}
