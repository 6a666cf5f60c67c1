"""Every way a number is written."""

from __future__ import annotations

import pytest

from reports import numbers


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "0"),
        (0.30125, "0.301"),
        (1, "1.00"),
        (9.999, "10.0"),
        (99.95, "100"),
        (152.4, "152"),
        (1108.4, "1108"),
        (0.00001234, "1.23e-05"),
        (-2.5, "-2.50"),
    ],
)
def test_a_time_has_three_digits(value: float, text: str) -> None:
    assert numbers.time(value) == text


@pytest.mark.parametrize(
    "value, text",
    [(0, "0"), (1.125, "1.125"), (40.0, "40"), (0.12549, "0.1255"), (1048577, "1048577")],
)
def test_a_count_has_four_digits_and_no_idle_zeros(value: float, text: str) -> None:
    assert numbers.count(value) == text


@pytest.mark.parametrize("value, text", [(0.0312, "+3.1 %"), (-0.5, "-50.0 %"), (2, "+200 %")])
def test_a_difference_has_its_sign(value: float, text: str) -> None:
    assert numbers.percent(value) == text


@pytest.mark.parametrize(
    "value, text",
    [
        (512, "512 B"),
        (48 * 1024, "48 KiB"),
        (1 << 20, "1 MiB"),
        (24 << 30, "24 GiB"),
        (12 << 40, "12 TiB"),
    ],
)
def test_sizes_are_in_binary_units(value: int, text: str) -> None:
    assert numbers.size(value) == text
