// gbench_peer.cpp - the same kernels under Google Benchmark, as Debian ships it.
// One iteration is as many ops as take some hundred microseconds, as its users would write it.
#include "kernel.h"

#include <benchmark/benchmark.h>

static void run_kernel(benchmark::State &state, const char *case_id, uint64_t ops)
{
    void *kernel = peer_kernel_open(case_id);
    for (auto _ : state)
        peer_kernel_run(kernel, ops);
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * ops));
    state.counters["ops"] = static_cast<double>(ops);
}

static void empty_region(benchmark::State &state)
{
    for (auto _ : state) {
    }
}

BENCHMARK(empty_region)->Iterations(1)->Repetitions(101)->ReportAggregatesOnly(true);
BENCHMARK_CAPTURE(run_kernel, sum, "boxing/sum/inline/ws=8MiB", (8u << 20) / 8 - 1);
BENCHMARK_CAPTURE(run_kernel, chase, "density/chase/shuffled/ws=64MiB", 4096);

BENCHMARK_MAIN();
