"""docs/results-format.md says what results-schema.json says."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_the_schemas():
    made = subprocess.run(
        [sys.executable, ROOT / "scripts/results_format.py"], check=True, capture_output=True
    )
    page = (ROOT / "docs/results-format.md").read_bytes()
    assert page == made.stdout, "the schema changed: run make docs, and read what it wrote"
