"""Validation by results-schema.json, fast enough for a thousand cases.

jsonschema does the work. Two things make it several times faster without changing what is valid:
references are put in place once, and plain values are checked here before it is asked.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterator

import jsonschema

from .errors import InputError
from .strictjson import child_path

SCHEMA_FILE = Path(__file__).resolve().parent.parent / "results-schema.json"
_TYPES = {"integer": (int,), "number": (int, float), "string": (str,), "boolean": (bool,)}
_TYPES["null"] = (type(None),)
_PLAIN_KEYWORDS = {"type", "minimum", "description"}


def _inlined(node: Any, root: Any) -> Any:
    """`node` with each local $ref replaced by what it names. The schema is not recursive."""
    if isinstance(node, list):
        return [_inlined(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    merged = {key: _inlined(value, root) for key, value in node.items() if key != "$ref"}
    if "$ref" in node:
        target: Any = root
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        merged = _inlined(target, root) | merged
    return merged


def _plainly_valid(items: dict[str, Any], instance: list[Any]) -> bool:
    """True if each element has one of the types and the minimum holds; False: look closer."""
    if "type" not in items or not items.keys() <= _PLAIN_KEYWORDS:
        return False
    if not set(map(type, instance)) <= _types_of(items["type"]):
        return False
    if "minimum" not in items:
        return True
    numbers = [value for value in instance if type(value) in (int, float)]
    return not numbers or min(numbers) >= items["minimum"]


def _types_of(names: str | list[str]) -> set[type]:
    return set().union(*(_TYPES.get(n, ()) for n in ([names] if isinstance(names, str) else names)))


_slow_items = jsonschema.Draft202012Validator.VALIDATORS["items"]


def _items(validator: Any, items: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if isinstance(instance, list) and _plainly_valid(items, instance):
        return
    yield from _slow_items(validator, items, instance, schema)


def _properties(validator: Any, properties: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    for name, value in instance.items():
        wanted = properties.get(name)
        if wanted is None or _plainly_valid(wanted, [value]):
            continue
        yield from validator.descend(value, wanted, path=name, schema_path=name)


_Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator, {"items": _items, "properties": _properties}
)


@lru_cache(maxsize=1)
def _validator() -> Any:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    version = schema["properties"]["schema_version"]["const"]
    inlined = _inlined({k: v for k, v in schema.items() if k != "$defs"}, schema)
    return version, _Validator(inlined)


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


def validate(value: Any, file: str) -> None:
    """Raises InputError for the first place where `value` is not a results document."""
    version, validator = _validator()
    if not isinstance(value, dict) or "schema_version" not in value:
        raise InputError(file, "$", "not a results document: it has no schema_version")
    found = value["schema_version"]
    if found != version or isinstance(found, bool):
        reason = f"version {found!r}, but this report reads version {version}"
        raise InputError(file, "$.schema_version", reason)
    error = next(validator.iter_errors(value), None)
    if error is not None:
        error = _deepest(error)
        raise InputError(file, _path(error), _reason(error))
