"""Validation by results-schema.json: quickly when all is well, with the place when it is not.

fastjsonschema says in a second that a document of thousands of cases is valid. Where it does not,
jsonschema looks again: it is the judge, and names the place and the reason.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import fastjsonschema
import jsonschema

from .errors import InputError
from .strictjson import child_path

SCHEMA_FILE = Path(__file__).resolve().parent.parent / "results-schema.json"


@lru_cache(maxsize=1)
def _schema() -> Any:
    return json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _quick() -> Any:
    # It knows drafts up to 7; what the schema uses means the same in these.
    return fastjsonschema.compile({k: v for k, v in _schema().items() if k != "$schema"})


def _surely_valid(value: Any) -> bool:
    try:
        _quick()(value)
    except fastjsonschema.JsonSchemaException:
        return False
    return True


def _deepest(error: Any) -> Any:
    """Of an anyOf that failed, the branch that came furthest says most."""
    while error.context:
        error = max(error.context, key=lambda e: len(e.absolute_path))
    return error


def _path(error: Any) -> str:
    path = "$"
    for part in error.absolute_path:
        path = child_path(path, part)
    return path


def _reason(error: Any) -> str:
    """jsonschema's sentence without the whole instance in it."""
    if error.validator in ("type", "enum", "const", "minimum"):
        return error.message
    shown = repr(error.instance)
    if len(shown) > 60:
        return error.message.replace(shown, shown[:57] + "...")
    return error.message


def _is_gate(value: Any) -> bool:
    return isinstance(value, dict) and value.get("document") == "layoutbench-gate"


def validate(value: Any, file: str) -> None:
    """Raises InputError for the first place where `value` is not a results document."""
    if _is_gate(value):
        reason = "this is a gate document: give it with --gate, beside a results document"
        raise InputError(file, "$", reason)
    if not isinstance(value, dict) or "schema_version" not in value:
        reason = "it has no schema_version; give what layoutbench run --output wrote"
        raise InputError(file, "$", f"not a results document: {reason}")
    version, found = _schema()["properties"]["schema_version"]["const"], value["schema_version"]
    if found != version or isinstance(found, bool):
        reason = f"version {found!r}, but this report reads version {version}: use the report of "
        raise InputError(file, "$.schema_version", reason + "the layoutbench that measured")
    if _surely_valid(value):
        return
    _refuse(jsonschema.Draft202012Validator(_schema()), value, file)


def validate_gate(value: Any, file: str) -> None:
    """Raises InputError for the first place where `value` is not a gate document."""
    if not _is_gate(value):
        reason = "not a document of layoutbench-gate: give what its --output wrote"
        raise InputError(file, "$", reason)
    described = {"$defs": _schema()["$defs"], "$ref": "#/$defs/gate"}
    _refuse(jsonschema.Draft202012Validator(described), value, file)


def _refuse(validator: Any, value: Any, file: str) -> None:
    error = next(validator.iter_errors(value), None)
    if error is not None:
        error = _deepest(error)
        raise InputError(file, _path(error), _reason(error))
