"""Pages stay small however many cases there are. How long they take is `make bench-report`'s."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest

from . import fixtures


@pytest.mark.parametrize("cases, limit_bytes", [(500, 1_200_000), (1000, 2_000_000)])
def test_a_page_of_many_cases_is_small(
    cases: int, limit_bytes: int, render: Callable[..., Path]
) -> None:
    page = render(f"many_{cases}", fixtures.many_cases(cases))
    assert page.stat().st_size <= limit_bytes
    assert page.read_text(encoding="utf-8").count("<tr id=") == cases
