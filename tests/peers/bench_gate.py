"""How often the gate cries wolf and what it misses, beside the rules of other tools, in one run.

The same kernels in L1, in L2 and beyond L3 are compared with themselves and with builds that do
exactly 3 and 5 % more work (tests/peers/slowed.c). The gate takes pairs of processes until it
knows. The others' rules are applied to what a usual CI job has: all processes of the base, then
all of the head, as many samples of each as the gate's first look has. Trials of every kind take
turns, so that all meet the same load. `make bench-gate` runs it; README.md shows a table of it.
Nothing here passes or fails: it prints what was measured, and the aims beside it.
"""

import argparse
import collections
import contextlib
import math
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kernel:
    where: str
    case: str


KERNELS = [
    Kernel("L1: sum, 16 KiB", "slowed/sum/array/ws=16KiB"),
    Kernel("L2: chase, 256 KiB", "slowed/chase/strided/ws=256KiB"),
    Kernel("beyond L3: chase, 64 MiB", "slowed/chase/strided/ws=64MiB"),
]

# Slowdown in thousandths, and the share of the trials that it gets.
SLOWDOWNS = {0: 1.0, 50: 1.0, 30: 0.4}
PEERS_SHARE = 0.5  # of the gate's trials: their rates are far from 0 and 1

# As ci/pair.c does it before the first look: 8 pairs, 9 visits of 2 samples.
PROCESSES = 8
SAMPLES = 18
WARM_NS = 20_000_000


# ---- The others' rules, on one figure a process -------------------------------------------------


def mann_whitney_p(a: list[float], b: list[float]) -> float:
    """Two-sided p of the rank sum test, by the normal approximation with ties and continuity."""
    ranked = sorted(a + b)
    rank = {}
    for value, count in collections.Counter(ranked).items():
        rank[value] = ranked.index(value) + (count + 1) / 2
    n, m = len(a), len(b)
    u = sum(rank[value] for value in a) - n * (n + 1) / 2
    ties = sum(count**3 - count for count in collections.Counter(ranked).values())
    variance = n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)))
    if variance <= 0:
        return 1.0
    z = max(abs(u - n * m / 2) - 0.5, 0) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2))


def mann_whitney(base: list[float], head: list[float]) -> bool:
    slower = statistics.median(head) > statistics.median(base)
    return slower and mann_whitney_p(base, head) < 0.05


def ten_percent(base: list[float], head: list[float]) -> bool:
    return statistics.mean(head) > 1.10 * statistics.mean(base)


def sigma(base: list[float], head: list[float]) -> bool:
    low = statistics.mean(head) - statistics.stdev(head)
    return low > statistics.mean(base) + statistics.stdev(base)


PEERS: dict[str, Callable[[list[float], list[float]], bool]] = {
    "Mann-Whitney, p < 0.05": mann_whitney,
    "10 % on means": ten_percent,
    "mean ± sigma": sigma,
}


# ---- Measuring ----------------------------------------------------------------------------------


class Exec:
    """A driven `layoutbench exec`, as harness/case/protocol.h has it."""

    def __init__(self, program: str, case: str):
        ours, theirs = socket.socketpair()
        command = [program, "exec", case, "--no-counters", "--control-fd", str(theirs.fileno())]
        self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env={"LC_ALL": "C"})
        theirs.close()
        self.lines = ours.makefile("rw", encoding="ascii")
        self.socket = ours
        self.answer("ready")

    def answer(self, expected: str) -> list[str]:
        words = self.lines.readline().split()
        if not words or words[0] != expected:
            raise RuntimeError(f"expected {expected}, got {words}")
        return words

    def tell(self, line: str) -> None:
        self.lines.write(line + "\n")
        self.lines.flush()

    def cpu_ns_per_op(self) -> list[float]:
        self.tell(f"warm - {WARM_NS}")
        self.answer("warmed")
        self.tell(f"sample - 0 {SAMPLES}")
        rows = [self.answer("s") for _ in range(SAMPLES)]
        self.answer("done")
        return [int(cpu_ns) / int(ops) for _, ops, _, cpu_ns, *_ in rows]

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.lines.close()
        self.socket.close()


def one_after_the_other(program: str, case: str) -> list[float]:
    """One figure a process: the median of its samples, as these tools report one of a run."""
    figures = []
    for _ in range(PROCESSES):
        child = Exec(program, case)
        try:
            figures.append(statistics.median(child.cpu_ns_per_op()))
        finally:
            child.end()
    return figures


@dataclass(frozen=True)
class Verdict:
    verdict: str
    ratio: float
    deviation: float
    measured: int
    setup_s: float
    seconds: float


class Programs:
    def __init__(self, build: str):
        self.folder = f"{build}/tests/peers"

    def slowed(self, permille: int) -> str:
        return f"{self.folder}/slowed_{permille}"

    def gate(self, kernel: Kernel, permille: int, seed: int) -> Verdict:
        command = [f"{self.folder}/gate_bench", self.slowed(0), self.slowed(permille)]
        command += [kernel.case, str(seed)]
        out = subprocess.run(command, check=True, capture_output=True, text=True)
        verdict, ratio, deviation, _, measured, setup, seconds = out.stdout.split()
        return Verdict(
            verdict, float(ratio), float(deviation), int(measured), float(setup), float(seconds)
        )


@dataclass
class Found:
    """Of one kernel and one slowdown."""

    verdicts: list[Verdict] = field(default_factory=list)
    peers: collections.Counter = field(default_factory=collections.Counter)
    peer_trials: int = 0


def trials_in_turn(trials: int) -> list[tuple[Kernel, int, bool]]:
    """Every trial that there is to be, whoever's, in random order."""
    kinds = []
    for kernel in KERNELS:
        for permille, share in SLOWDOWNS.items():
            count = max(1, round(trials * share))
            kinds += [(kernel, permille, False)] * count
            kinds += [(kernel, permille, True)] * max(1, round(count * PEERS_SHARE))
    random.Random(trials).shuffle(kinds)
    return kinds


def progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def trial(programs: Programs, kernel: Kernel, permille: int, peers: bool, seed: int, cell: Found):
    if not peers:
        cell.verdicts.append(programs.gate(kernel, permille, seed))
        return
    base = one_after_the_other(programs.slowed(0), kernel.case)
    head = one_after_the_other(programs.slowed(permille), kernel.case)
    cell.peer_trials += 1
    cell.peers.update(name for name, rule in PEERS.items() if rule(base, head))


def measure(programs: Programs, trials: int) -> dict[tuple[Kernel, int], Found]:
    """Ctrl-C ends it; what was measured is shown."""
    found: dict[tuple[Kernel, int], Found] = collections.defaultdict(Found)
    kinds = trials_in_turn(trials)
    with contextlib.suppress(KeyboardInterrupt):
        for i, (kernel, permille, peers) in enumerate(kinds):
            progress(f"{i}/{len(kinds)} {kernel.where}, {permille / 10:g} %")
            trial(programs, kernel, permille, peers, i + 1, found[kernel, permille])
    progress("")
    return found


# ---- The tables ---------------------------------------------------------------------------------


def share(count: int, total: int) -> str:
    if not total:
        return "-"
    return f"{count}/{total} ({100 * count / total:.0f} %)"


def count_of(cell: Found, verdict: str) -> str:
    return share(sum(v.verdict == verdict for v in cell.verdicts), len(cell.verdicts))


def percentile(values: list[float], p: float) -> float:
    return sorted(values)[max(0, math.ceil(p * len(values)) - 1)]


def print_verdicts(found: dict[tuple[Kernel, int], Found]) -> None:
    """Rows: who judges, where the kernel lies. Columns: what was said of each slowdown."""
    print("| rule | kernel | false alarms | undecided | 3 % found | 5 % found | 5 % called same |")
    print("|---|---|---|---|---|---|---|")
    for kernel in KERNELS:
        self_, three, five = (found[kernel, permille] for permille in (0, 30, 50))
        print(
            f"| **the gate** | {kernel.where} | {count_of(self_, 'worse')} "
            f"| {count_of(self_, 'undecided')} | {count_of(three, 'worse')} "
            f"| {count_of(five, 'worse')} | {count_of(five, 'same')} |"
        )
    for name in PEERS:
        for kernel in KERNELS:
            cells = [found[kernel, permille] for permille in (0, 30, 50)]
            self_, three, five = (share(c.peers[name], c.peer_trials) for c in cells)
            print(f"| {name} | {kernel.where} | {self_} | - | {three} | {five} | - |")
    print()
    print("Aims of the gate: no false alarm in 300, undecided at most 1 %, 3 % found at least 80 %")
    print("where a pair scatters by at most 1.3 %, 5 % found at least 95 %, and never called same.")


def print_costs(found: dict[tuple[Kernel, int], Found]) -> None:
    """What a case costs when nothing changed, which is what a case usually costs."""
    print("| kernel | a pair scatters by | pairs | seconds: median | 95th percentile | set-up |")
    print("|---|---|---|---|---|---|")
    everything = []
    for kernel in KERNELS:
        verdicts = found[kernel, 0].verdicts
        if not verdicts:
            continue
        seconds = [v.seconds for v in verdicts]
        everything += seconds
        print(
            f"| {kernel.where} "
            f"| {100 * statistics.median(v.deviation for v in verdicts):.2f} % "
            f"| {statistics.median(v.measured for v in verdicts):g} "
            f"| {statistics.median(seconds):.2f} | {percentile(seconds, 0.95):.2f} "
            f"| {statistics.median(v.setup_s for v in verdicts):.2f} |"
        )
    if not everything:
        return
    print()
    print(
        f"All: median {statistics.median(everything):.2f} s (aim 0.6), "
        f"95th percentile {percentile(everything, 0.95):.2f} s (aim 2), set-up apart."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/release")
    parser.add_argument(
        "--trials", type=int, default=100, help="comparisons of each kernel with itself"
    )
    arguments = parser.parse_args()
    start = time.monotonic()
    load_before = os.getloadavg()[0]
    found = measure(Programs(arguments.build), max(1, arguments.trials))
    print_verdicts(found)
    print()
    print_costs(found)
    print()
    print(
        f"{time.monotonic() - start:.0f} s, load {load_before:.1f} before and "
        f"{os.getloadavg()[0]:.1f} after, on {os.cpu_count()} CPUs."
    )


if __name__ == "__main__":
    main()
