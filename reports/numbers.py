"""Numbers as people read them. Rounded only here, and only to what the digits shown can say."""

from __future__ import annotations

DASH = "\u2014"
_KIB = 1024


def significant(value: float, digits: int) -> str:
    """`value` to `digits` significant digits, never in fewer than its whole part has."""
    if value == 0:
        return "0"
    size = abs(value)
    if size < 1e-4 or size >= 1e15:
        return f"{value:.{digits - 1}e}"
    whole = len(str(int(size))) if size >= 1 else 0
    rounded = f"{value:.{digits - 1}e}"
    exponent = int(rounded[rounded.index("e") + 1 :])
    decimals = max(0, digits - 1 - exponent) if whole <= digits else 0
    return f"{value:.{decimals}f}"


def time(value: float) -> str:
    """A time or a ratio: three digits, for noise leaves no more."""
    return significant(value, 3)


def count(value: float) -> str:
    """A count: four digits, without the zeros behind that say nothing."""
    text = significant(value, 4)
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return text


def percent(share: float) -> str:
    """A relative difference with its sign: +3.1 %."""
    value = share * 100
    text = f"{value:+.1f}" if abs(value) < 100 else f"{value:+.0f}"
    return f"{text} %" if float(text) else "0.0 %"


def size(value: int | float) -> str:
    """Bytes in B, KiB, MiB, GiB or TiB; exact where it is whole."""
    amount = float(value)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < _KIB:
            return f"{amount:.4g} {unit}"
        amount /= _KIB
    return f"{amount:.4g} TiB"


def duration(seconds: float) -> str:
    """A run's length: 41 s, 5 min 42 s."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60} s"


def milliseconds(seconds: float) -> str:
    return time(seconds * 1000)
