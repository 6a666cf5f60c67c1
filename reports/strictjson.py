"""JSON as the standard has it: what Python's reader lets through in silence is refused here.

Refused with its JSON path: NaN and Infinity, numbers too large for a double (1e400), integers
outside 64 bits, duplicate keys, lone surrogates, and text that is not UTF-8.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from .errors import InputError

_INTEGER_LOW, _INTEGER_HIGH = -(2**63), 2**64 - 1


@dataclass(frozen=True)
class _Refused:
    """Stands in the tree where something bad was read, until the walk finds its path."""

    reason: str
    key: str = ""


class _Parser:
    """Python's hooks see a value but not its path, so they mark it and the walk names it."""

    def __init__(self) -> None:
        self.refused = False

    def refuse(self, reason: str, key: str = "") -> _Refused:
        self.refused = True
        return _Refused(reason, key)

    def constant(self, text: str) -> _Refused:
        return self.refuse(f"{text} is not a JSON number")

    def number(self, text: str) -> float | _Refused:
        value = float(text)
        if math.isinf(value):
            return self.refuse(f"{text} is too large for a number")
        return value

    def integer(self, text: str) -> int | _Refused:
        # A cheap test of length first: int() of a million digits takes minutes.
        if len(text) > 20 or not _INTEGER_LOW <= int(text) <= _INTEGER_HIGH:
            return self.refuse(f"{text[:24]} does not fit a 64-bit integer")
        return int(text)

    def members(self, pairs: list[tuple[str, Any]]) -> Any:
        made = dict(pairs)
        if len(made) == len(pairs):
            return made
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                return self.refuse("duplicate key", key)
            seen.add(key)
        return made

    def parse(self, text: str) -> Any:
        return json.loads(
            text,
            parse_constant=self.constant,
            parse_float=self.number,
            parse_int=self.integer,
            object_pairs_hook=self.members,
        )


def child_path(path: str, key: str | int) -> str:
    """The JSON path of a member or an element of what lies at `path`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if key.isidentifier():
        return f"{path}.{key}"
    return f"{path}[{json.dumps(key)}]"


def _find_refused(value: Any, path: str) -> tuple[str, str] | None:
    if isinstance(value, _Refused):
        return (child_path(path, value.key) if value.key else path), value.reason
    if isinstance(value, dict):
        children: Any = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    else:
        return None
    for key, child in children:
        found = _find_refused(child, child_path(path, key))
        if found:
            return found
    return None


def _find_surrogate(value: Any, path: str) -> str | None:
    if isinstance(value, str):
        return path if any("\ud800" <= c <= "\udfff" for c in value) else None
    children: Any = ()
    if isinstance(value, dict):
        if any("\ud800" <= c <= "\udfff" for key in value for c in key):
            return path
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    for key, child in children:
        found = _find_surrogate(child, child_path(path, key))
        if found:
            return found
    return None


def _decode(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(file, f"byte {error.start}", "not UTF-8 text") from error


def _syntax_reason(error: json.JSONDecodeError, text: str) -> str:
    if not text.strip():
        return "the file is empty"
    if error.pos >= len(text.rstrip()) or "Unterminated" in error.msg:
        return "the file is cut off: JSON ends too early"
    return f"not JSON: {error.msg}"


def read(data: bytes, file: str) -> Any:
    """The value that `data` holds; `file` only names it in an InputError."""
    text = _decode(data, file)
    parser = _Parser()
    try:
        value = parser.parse(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise InputError(file, place, _syntax_reason(error, text)) from error
    except RecursionError as error:
        raise InputError(file, "$", "nested too deeply") from error
    if parser.refused:
        found = _find_refused(value, "$")
        if found:
            raise InputError(file, *found)
    # Only an escape can make one: a raw surrogate is no UTF-8.
    if "\\ud" in text or "\\uD" in text:
        surrogate = _find_surrogate(value, "$")
        if surrogate:
            raise InputError(file, surrogate, "half of a surrogate pair is no text")
    return value
