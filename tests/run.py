"""Runs the tests of every kind and ends with one line that counts them.

Kinds: the C unit tests (cmocka), the tests of the report and of the tree (pytest), the tests of
the command line (bats), those that measure apart. `make test` builds what they need and calls this.

A test that cannot run skips itself with a reason. "this machine ..." opens a reason that no
installation can cure; with --strict (or CI in the environment) any other skip is a failure.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE_TIMEOUT_S = 600
AT_ONCE = 3  # kinds: no test looks at how long a thing took, and many wait for what they started
INCURABLE = "this machine "


@dataclass(frozen=True)
class Result:
    """One test: its name, how it ended ("passed", "failed", "skipped") and what it said."""

    name: str
    outcome: str
    detail: str = ""


def run(command, env):
    """Returns the exit status and everything that the command printed, in order."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=FILE_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        text = (error.output or b"").decode(errors="replace")
        return -1, f"{text}\nstopped after {FILE_TIMEOUT_S} s"
    return done.returncode, done.stdout.decode(errors="replace")


def results_of_cmocka(text):
    """cmocka gives a skip no reason, so it is what the test printed just before."""
    outcomes = {"OK": "passed", "FAILED": "failed", "SKIPPED": "skipped", "ERROR": "failed"}
    said = []
    for line in text.splitlines():
        match = re.match(r"\[ *(RUN|OK|FAILED|SKIPPED|ERROR) *\] (\w+)$", line)
        if not match:
            said.append(line)
        elif match[1] == "RUN":
            said = []
        else:
            yield Result(match[2], outcomes[match[1]], "\n".join(said))
            said = []
        if line.startswith("[==========]") and "run." in line:
            return  # what follows only repeats the failures


def results_of_tap(text):
    current = None
    for line in text.splitlines():
        match = re.match(r"(ok|not ok) \d+ (.*?)(?: # skip ?(.*))?$", line)
        if match:
            if current:
                yield current
            if match[3] is not None:
                current = Result(match[2], "skipped", match[3])
            else:
                current = Result(match[2], "passed" if match[1] == "ok" else "failed")
        elif current and line.startswith("#"):
            current = Result(current.name, current.outcome, f"{current.detail}{line}\n")
    if current:
        yield current


def results_of_junit(path):
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        outcome, detail = "passed", ""
        for child in case:
            if child.tag == "skipped":
                outcome, detail = "skipped", child.get("message") or ""
            elif child.tag in ("failure", "error"):
                outcome, detail = "failed", child.text or ""
        yield Result(name, outcome, detail)


def with_status(results, status, text, name):
    """A program that ends badly without a failed test, or that ran none, is a failure itself."""
    results = list(results)
    if status != 0 and not any(result.outcome == "failed" for result in results):
        results.append(Result(name, "failed", f"exit status {status}\n{text[-4000:]}"))
    elif not results:
        results.append(Result(name, "failed", "no test ran\n" + text[-4000:]))
    return results


def run_unit(build_dir, env):
    sources = sorted(ROOT.glob("tests/harness/test_*.c")) + sorted(ROOT.glob("tests/ci/test_*.c"))
    for source in sources:
        name = source.relative_to(ROOT).with_suffix("")
        status, text = run([str(build_dir / name)], env)
        yield str(name), with_status(results_of_cmocka(text), status, text, str(name))


def run_python(_build_dir, env):
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "junit.xml")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        status, text = run([*command, f"--junitxml={report}", "tests"], env)
        results = results_of_junit(report) if report.exists() else []
        yield "tests/**/test_*.py", with_status(results, status, text, "pytest")


def takes_the_lock(source):
    """Whether it measures: such files would wait for each other (QUICK is in common.bash)."""
    return '"${QUICK[@]}"' in source.read_text()


def run_bats(sources, env):
    for source in sources:
        name = str(source.relative_to(ROOT))
        status, text = run(["bats", "--formatter", "tap", name], env)
        yield name, with_status(results_of_tap(text), status, text, name)


def run_measuring(_build_dir, env):
    yield from run_bats((s for s in bats_files() if takes_the_lock(s)), env)


def run_cli(_build_dir, env):
    yield from run_bats((s for s in bats_files() if not takes_the_lock(s)), env)


def bats_files():
    return sorted(ROOT.glob("tests/cli/*.bats"))


# In this order, so many at a time: the longest first.
KINDS = {"measuring": run_measuring, "python": run_python, "unit": run_unit, "cli": run_cli}


def judged(result, strict):
    if strict and result.outcome == "skipped" and INCURABLE not in result.detail:
        detail = f"skipped: {result.detail or 'no reason given'}"
        return Result(result.name, "failed", f"{detail}\na skip that an installation could cure")
    return result


def summary(counts):
    return ", ".join(f"{counts[key]} {key}" for key in ("passed", "failed", "skipped"))


def details(results):
    """What a person must read of them: why tests failed, and why they were skipped."""
    for result in results:
        detail = result.detail.strip()
        if result.outcome == "failed":
            yield f"    FAILED {result.name}"
            yield from (f"      {line}" for line in detail.splitlines())
        elif result.outcome == "skipped":
            yield f"    skipped {result.name}: {detail or 'no reason given'}"


def run_kind(kind, build_dir, env, strict):
    """Runs it, prints as files end, and returns the counts of outcomes."""
    total = Counter()
    started = time.monotonic()
    for name, results in KINDS[kind](build_dir, env):
        results = [judged(result, strict) for result in results]
        counts = Counter(result.outcome for result in results)
        line = f"  {name}: {summary(counts)} ({time.monotonic() - started:.1f} s)"
        print("\n".join([line, *details(results)]), flush=True)
        total += counts
        started = time.monotonic()
    return total


def main():
    parser = argparse.ArgumentParser(description="Runs the tests; make test builds them first.")
    parser.add_argument("kinds", nargs="*", help=f"{', '.join(KINDS)}; all of them by default")
    parser.add_argument("--build-dir", type=Path, default=Path("build/release"))
    parser.add_argument("--strict", action="store_true", default=bool(os.environ.get("CI")))
    options = parser.parse_args()
    unknown = [kind for kind in options.kinds if kind not in KINDS]
    if unknown:
        parser.error(f"unknown kind '{unknown[0]}'; there are: {', '.join(KINDS)}")

    build_dir = (ROOT / options.build_dir).resolve()
    env = dict(os.environ, LB_BUILD_DIR=str(build_dir), PYTHONPATH=str(ROOT))
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        env.pop(name, None)  # a make that a test starts is not a child of this one
    total = Counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [
            pool.submit(run_kind, kind, build_dir, env, options.strict)
            for kind in options.kinds or KINDS
        ]
        for kind in running:
            total += kind.result()
    print(f"{summary(total)}")
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
