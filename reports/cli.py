"""The command line: which documents, which page."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from . import document, gate, output, page
from .errors import InputError, one_line

EXIT_BAD_INPUT = 2
EXIT_NOT_WRITABLE = 3


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="layoutbench-report",
        description="Turns results documents of layoutbench into one self-contained HTML page. "
        "One document: a full report. Several: the machines side by side; two runs of one "
        "machine: their difference, as advice.",
        epilog="Exit status: 0 the page was written; 2 usage or unreadable input; 3 the page "
        "could not be written. In both failures an old page stays as it was.",
    )
    parser.add_argument("results", nargs="+", metavar="RESULTS.json", help="a results document")
    parser.add_argument(
        "--gate",
        metavar="GATE.json",
        help="what layoutbench-gate wrote: its verdict becomes a section of the page",
    )
    parser.add_argument(
        "--output",
        default="out/report.html",
        metavar="PAGE.html",
        help="where the page goes (default: %(default)s)",
    )
    return parser


# Nearly all that is read lives to the end: looking for rubbish often is a tenth of the time.
_OBJECTS_BEFORE_COLLECTING = 200_000


def _complain(text: str) -> None:
    print(f"reports: {text}", file=sys.stderr)


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTING)
    try:
        documents = [document.load(file) for file in options.results]
        verdict = gate.load(options.gate) if options.gate else None
    except InputError as error:
        _complain(str(error))
        return EXIT_BAD_INPUT
    html = page.render(documents, verdict)
    try:
        output.write_atomically(Path(options.output), html)
    except OSError as error:
        _complain(one_line(f"{options.output}: {error.strerror or error}"))
        return EXIT_NOT_WRITABLE
    print(options.output)
    return 0
