"""How long a page takes and how large it is, for pages of 500, 1,000 and 2,000 cases.

`make bench-report` prints it; no test looks at seconds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.reports import fixtures

COUNTS = (500, 1000, 2000)


def measure(folder: Path, count: int) -> tuple[float, float, int]:
    """Seconds on the wall, seconds of CPU in all processes, bytes of the page."""
    results, page = folder / f"{count}.json", folder / f"{count}.html"
    results.write_text(json.dumps(fixtures.many_cases(count)), encoding="utf-8")
    command = [sys.executable, "-m", "reports", str(results), "--output", str(page)]
    before, start = os.times(), time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.monotonic() - start, os.times()
    cpu = sum(after[i] - before[i] for i in (2, 3))  # of children, user and system
    return wall, cpu, page.stat().st_size


def main() -> None:
    print("cases  seconds  CPU seconds    bytes")
    with tempfile.TemporaryDirectory() as folder:
        for count in COUNTS:
            wall, cpu, size = measure(Path(folder), count)
            print(f"{count:5}  {wall:7.1f}  {cpu:11.1f}  {size:7}", flush=True)


if __name__ == "__main__":
    main()
