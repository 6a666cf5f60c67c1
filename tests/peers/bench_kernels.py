"""The suite's own kernels beside what a specialist would use, in one run.

Sequential sum beside a STREAM-like read, the pointer chase beside a plain one, the flat index
beside the hash tables of the system's packages. All of a comparison are visited in turn in one
process, and a comparison is several processes, another one's data built first in each: that
averages the luck of the page placement.
`make bench-kernels` runs it. Nothing here passes or fails: it prints what was measured, and the
aims beside it. A peer whose package was missing when this was built is named, and left out.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Comparison:
    title: str
    case: str  # ours; {ws} is the working set
    also: tuple[str, ...]  # further kernels of the suite, for the table
    working_sets: tuple[str, ...]  # "beyond" is the one beyond L3
    aims: dict[str, float]  # by contender: its time over ours, at least


TABLES = ("khash", "khash, hash of the flat index", "uthash", "GHashTable")
LEVEL = 0.05  # differences that the page placement of one run can make


def lookup(mode: str, working_set: str, held: str, beside: str, unordered_aim: float) -> Comparison:
    """`held` is the flat index's layout for this mode and size, `beside` the other one."""
    case = f"flat_index/lookup/{{}}/{mode},hit/ws={{{{ws}}}}"
    unordered = case.format("std_unordered_map")
    return Comparison(
        f"hash lookup, {mode}, hits",
        case.format(held),
        (case.format(beside), unordered),
        (working_set,),
        dict.fromkeys(TABLES, 1.0) | {unordered: unordered_aim},
    )


COMPARISONS = [
    Comparison(
        "sequential sum",
        "boxing/sum/inline_vector/ws={ws}",
        ("boxing/sum/inline/ws={ws}",),  # scalar by design, as the boxed rows must be
        ("beyond",),
        {"STREAM-like read": 0.9},
    ),
    Comparison(
        "pointer chase",
        "density/chase/shuffled/ws={ws}",
        (),
        ("16KiB", "256KiB", "2MiB", "beyond"),
        {"plain chase": 0.9},
    ),
    # A chain waits for the value's line alone: keys and values apart are faster (flat_apart.h).
    # Independent lookups pay for each line: the record in one line is.
    lookup("dependent", "256KiB", "flat_apart", "flat", 1.0),
    lookup("dependent", "beyond", "flat_apart", "flat", 2.0),
    lookup("independent", "256KiB", "flat", "flat_apart", 1.0),
    lookup("independent", "beyond", "flat", "flat_apart", 1.0),
]


@dataclass
class Contender:
    lacks: str = ""  # the package that this build was made without
    processes: list[list[float]] = field(default_factory=list)  # ns per op, a visit each

    def median(self) -> float:
        return statistics.median(statistics.median(visits) for visits in self.processes)

    def minimum(self) -> float:
        return min(min(visits) for visits in self.processes)


def parse(output: str, contenders: dict[str, Contender]) -> None:
    """Adds what one process of kernels_bench printed."""
    visits: dict[str, list[float]] = {}
    for line in output.splitlines():
        name, kind, value = line.split("\t")
        contender = contenders.setdefault(name, Contender())
        if kind == "lacks":
            contender.lacks = value
        else:
            visits.setdefault(name, []).append(float(value))
    for name, values in visits.items():
        contenders[name].processes.append(values)


def ratio(contender: Contender, ours: Contender) -> float:
    """Its time over ours, visit by visit: above 1, ours is the faster."""
    return statistics.median(
        statistics.median(theirs / own for theirs, own in zip(*pair))
        for pair in zip(contender.processes, ours.processes)
    )


def judged(quotient: float, aim: float) -> str:
    if quotient >= aim:
        return "met"
    return "level" if quotient >= aim - LEVEL else "MISSED"


def say(*cells: object) -> None:
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def measure(program: str, cases: list[str], processes: int, visits: int) -> dict[str, Contender]:
    contenders: dict[str, Contender] = {}
    for first in range(processes):
        command = [program, str(visits), str(first), *cases]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        parse(done.stdout, contenders)
    return contenders


def show(label: str, comparison: Comparison, cases: list[str], got: dict[str, Contender]) -> None:
    ours = got[cases[0]]
    aims = {name.format(ws=cases[0].split("=")[-1]): aim for name, aim in comparison.aims.items()}
    for name, contender in sorted(got.items(), key=lambda row: (row[0] != cases[0], row[0])):
        if contender.lacks:
            continue
        quotient = ratio(contender, ours)
        aim = aims.get(name)
        verdict = "" if aim is None else f"{aim:g}: {judged(quotient, aim)}"
        times = (f"{contender.minimum():.3f}", f"{contender.median():.3f}")
        say(label, name, *times, f"{quotient:.2f}", verdict)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/release", help="the build folder")
    parser.add_argument("--processes", type=int, default=6, help="processes a comparison")
    parser.add_argument("--visits", type=int, default=11, help="visits to each in a process")
    parser.add_argument("--beyond", default="64MiB", help="a working set beyond this machine's L3")
    parser.add_argument("--only", default="", help="comparisons whose title has this in it")
    arguments = parser.parse_args()
    program = f"{arguments.build}/tests/peers/kernels_bench"
    started = time.monotonic()
    print(f"load average before: {os.getloadavg()[0]:.2f}; {os.cpu_count()} CPUs\n")
    say("comparison", "kernel", "min ns", "median ns", "its time / ours", "aim")
    say("---", "---", "---:", "---:", "---:", "---")
    missing: dict[str, str] = {}
    for comparison in COMPARISONS:
        if arguments.only not in comparison.title:
            continue
        for name in comparison.working_sets:
            ws = arguments.beyond if name == "beyond" else name
            cases = [case.format(ws=ws) for case in (comparison.case, *comparison.also)]
            got = measure(program, cases, arguments.processes, arguments.visits)
            show(f"{comparison.title}, {ws}", comparison, cases, got)
            missing |= {name: who.lacks for name, who in got.items() if who.lacks}
    for name, package in missing.items():
        print(f"\nNOT COMPARED WITH {name}: {package} was not there when this was built.")
    print(f"\nlevel: less than {LEVEL} short of the aim, as much as one run's pages can make.")
    print(f"took {time.monotonic() - started:.0f} s; load average after: {os.getloadavg()[0]:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
