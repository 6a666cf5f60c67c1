"""The one error that a user may see: what is wrong, where, and with which file."""

from __future__ import annotations


class InputError(Exception):
    """A file that cannot be reported on. Its text is one line: file, JSON path, reason."""

    def __init__(self, file: str, path: str, reason: str) -> None:
        place = f"{file}: {path}" if path else file
        super().__init__(one_line(f"{place}: {reason}"))


def one_line(text: str, limit: int = 400) -> str:
    """`text` on one line that a terminal prints as it is, shortened where it is long."""
    text = " ".join(text.split())
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return text if len(text) <= limit else text[: limit - 3] + "..."
