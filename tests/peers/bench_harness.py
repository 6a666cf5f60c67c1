"""What the harness itself costs and scatters, beside Google Benchmark, in one run.

Both measure the same two kernels, in turn, under the same load: a sequential sum over 8 MiB and
a shuffled chase through 64 MiB. A run of the peer is one process that measures for a second, as its
users have it; a run of ours is nine processes that are visited 15 times each, and takes no longer.
`make bench-harness` runs it; README.md shows a table of it. Nothing here passes or fails: it prints
what was measured, and the aims beside it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kernel:
    name: str
    case: str
    peer: str  # its name in gbench_peer
    self_aim_percent: float  # 90th percentile of the difference of a variant against itself
    self_processes: int  # of each of the two, in a trial
    self_visits: int  # to each of them


KERNELS = [
    Kernel("sum, 8 MiB", "boxing/sum/inline/ws=8MiB", "run_kernel/sum", 0.3, 12, 40),
    Kernel("chase, 64 MiB", "density/chase/shuffled/ws=64MiB", "run_kernel/chase", 0.9, 18, 20),
]


class Programs:
    def __init__(self, build: str):
        self.bench = f"{build}/tests/peers/harness_bench"
        self.peer = f"{build}/tests/peers/gbench_peer"
        self.env = dict(os.environ, LAYOUTBENCH=f"{build}/layoutbench")

    def ours(self, *arguments: str) -> list[list[str]]:
        out = subprocess.run(
            [self.bench, *arguments],
            env=self.env,
            check=True,
            capture_output=True,
            text=True,
        )
        return [line.split() for line in out.stdout.splitlines()]

    def our_median(self, kernel: Kernel, cpu: str) -> dict[str, float]:
        return {key: float(value) for key, value in self.ours("median", kernel.case, cpu)}

    def peer_run(self, pattern: str) -> list[dict]:
        command = [
            self.peer,
            f"--benchmark_filter={pattern}",
            "--benchmark_format=json",
        ]
        command += ["--benchmark_min_time=1"]
        out = subprocess.run(command, check=True, capture_output=True, text=True)
        return json.loads(out.stdout)["benchmarks"]

    def peer_median(self, kernel: Kernel) -> float:
        row = self.peer_run(f"^{kernel.peer}$")[0]
        return row["cpu_time"] / row["ops"]


@contextmanager
def spinning(cpus: list[str]):
    """A spinning process for each entry: a CPU's number, or none for one that may roam."""
    loop = "while :; do :; done"
    spinners = []
    for cpu in cpus:
        command = ["sh", "-c", loop] if cpu == "none" else ["taskset", "-c", cpu, "sh", "-c", loop]
        spinners.append(subprocess.Popen(command))
    try:
        yield
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.wait()


def spread_percent(values: list[float]) -> float:
    """Half of the middle 90 % of the values, relative to their median."""
    ranked = sorted(values)
    low, high = ranked[len(ranked) // 20], ranked[-1 - len(ranked) // 20]
    return 100 * (high - low) / 2 / statistics.median(values)


def step_percent(values: list[float]) -> float:
    """The median change from a value to the next, relative to their median: a host that drifts for
    minutes moves it little, and the spread a lot."""
    steps = [abs(after - before) for before, after in zip(values, values[1:])]
    return 100 * statistics.median(steps) / statistics.median(values)


@dataclass
class Runs:
    """What the runs of one program reported, and how long they took."""

    values: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, value: float, started: float) -> None:
        """A run that began at `started`, of the monotonic clock, and has just ended."""
        self.values.append(value)
        self.seconds.append(time.monotonic() - started)

    def cells(self) -> tuple[str, ...]:
        return (
            f"{statistics.median(self.values):.3f}",
            f"{spread_percent(self.values):.2f}",
            f"{step_percent(self.values):.2f}",
            f"{statistics.median(self.seconds):.1f}",
        )


def say(*cells: object) -> None:
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def bench_empty(programs: Programs) -> None:
    ours = {key: value for key, value in programs.ours("empty")}
    rows = programs.peer_run("^empty_region")
    peer = next(row for row in rows if row.get("aggregate_name") == "median")
    print("## An empty timed region\n")
    say("what", "layoutbench", "Google Benchmark", "aim")
    say("---", "---:", "---:", "---:")
    say(
        "empty region, no counters, ns",
        ours["empty_region_without_counters"],
        f"{peer['real_time']:.0f}",
        25,
    )
    say(
        "empty region, counters on, ns",
        ours["empty_region_with_counters"],
        "none here",
        25,
    )
    say(
        "a group of four counters, ns of wall time outside the region",
        ours["counters_alone"],
        "none here",
        3000,
    )
    say(
        "a system call that does nothing (getppid), of which a group needs two, ns",
        ours["system_call"],
        "",
        "",
    )
    print(
        "\nDebian's libbenchmark says of itself that it was built as DEBUG, and it was built "
        "without libpfm: it has no counters.\n"
    )


def bench_spread(programs: Programs, runs: int, cpu: str, other: str) -> None:
    print(f"## Spread of the reported median over {runs} runs\n")
    say(
        "kernel",
        "load",
        *("layoutbench ns", "spread %", "step %", "a run, s"),
        *("Google Benchmark ns", "spread %", "step %", "a run, s"),
        "ratio of spreads",
        "ratio of steps",
        "runs with few samples",
    )
    say("---", "---", *["---:"] * 11)
    loads = {"calm": [], "a neighbour": [other], "two, unpinned": ["none", "none"]}
    for kernel in KERNELS:
        for load, spinners in loads.items():
            ours, peers, few = Runs(), Runs(), 0
            with spinning(spinners):
                for _ in range(runs):
                    started = time.monotonic()
                    got = programs.our_median(kernel, cpu)
                    ours.add(got["median"], started)
                    few += int(got["few_samples"])
                    started = time.monotonic()
                    peers.add(programs.peer_median(kernel), started)
            ratios = (
                f"{measure(ours.values) / measure(peers.values):.2f}"
                for measure in (spread_percent, step_percent)
            )
            say(kernel.name, load, *ours.cells(), *peers.cells(), *ratios, few)
    print(
        "\nSpread: half of the middle 90 % of the reported values, relative to their median. Step: "
        "the median change from a run to the next, likewise: the host's drift is hardly in it.\n"
    )


def bench_self(programs: Programs, trials: dict[str, int], cpu: str) -> None:
    print("## A variant against itself\n")
    say(
        "kernel",
        "load",
        "trials",
        "a trial, s",
        "90th percentile of the difference %",
        "aim",
        "trials outside their 95 % interval",
    )
    say("---", "---", *["---:"] * 5)
    for kernel in KERNELS:
        for load, spinners in {"calm": [], "two, unpinned": ["none", "none"]}.items():
            count = trials[kernel.name]
            started = time.monotonic()
            with spinning(spinners):
                depth = (str(kernel.self_processes), str(kernel.self_visits))
                rows = programs.ours("self", kernel.case, cpu, *depth, str(count))
                seconds = (time.monotonic() - started) / count
            differences = sorted(abs(float(row[1]) - 1) for row in rows)
            outside = sum(row[2] == "0" for row in rows)
            worst = 100 * differences[int(0.9 * (len(differences) - 1))]
            say(
                kernel.name,
                load,
                count,
                f"{seconds:.1f}",
                f"{worst:.2f}",
                kernel.self_aim_percent,
                f"{outside} of {count}",
            )
    print()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/release", help="the build folder")
    parser.add_argument("--runs", type=int, default=30, help="runs a kernel, load and program")
    parser.add_argument("--trials", type=int, default=200, help="of a variant against itself")
    arguments = parser.parse_args()
    cpus = sorted(os.sched_getaffinity(0))
    started = time.monotonic()
    programs = Programs(arguments.build)
    print(f"load average before: {os.getloadavg()[0]:.2f}; {len(cpus)} CPUs\n")
    bench_empty(programs)
    bench_spread(programs, arguments.runs, str(cpus[-1]), str(cpus[0]))
    trials = {
        KERNELS[0].name: arguments.trials,
        KERNELS[1].name: max(arguments.trials // 5, 1),
    }
    bench_self(programs, trials, str(cpus[-1]))
    print(f"took {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
