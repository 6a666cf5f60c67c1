#!/usr/bin/python3
"""Prints docs/results-format.md from results-schema.json, so that the two say the same.

make docs writes the page; tests/structure/test_results_format.py holds it to the schema.
"""

import json
import sys
from pathlib import Path

SCHEMA = Path(__file__).resolve().parent.parent / "results-schema.json"

INTRODUCTION = """\
# The results document

`layoutbench run` writes one JSON file; the report and every other reader reads it. Its contract is
[`results-schema.json`](../results-schema.json) (JSON Schema 2020-12). This page is made from the
schema by `make docs`.

- **Units are in the key's name**, never in a value: `wall_ns_per_op`, `size_bytes`, `duration_s`.
- **Unknown is null, never 0**, and the reason stands beside it.
- No key may be left out and none added: each is in the schema, and `?` marks the few that stand
  only where they say something.
- The file is written under another name, synced and renamed: there is never half of one.
- A reader refuses NaN, infinities, numbers that no double holds, duplicate keys, integers beyond 64
  bits, and a `schema_version` that it does not know.
- `schema_version` is raised when the meaning of a key changes or a key goes.

A case's id is `family/name/variant/point`, or `family/name/variant/mode/point` where the benchmark
has modes: `boxing/sum/boxed_shuffled/ws=16MiB`, `flat_index/lookup/std_map/dependent,hit/ws=64MiB`.
A point is a rung (`ws=16MiB`) or a value of the benchmark's parameter (`stride_bytes=64`).
Comparing two documents, match cases by id and benchmarks by `revision`.

The gate writes another document, `out/gate.json`: [gate](#gate) describes it. It is known by its
key `document`, follows the same rules, and has a `schema_version` of its own.
"""


def kind_of(schema):
    """How a value's type reads in the table."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name})"
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(value).strip(chr(34))}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(kind_of(choice) for choice in schema["anyOf"])
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        return f"array of {kind_of(schema['items'])}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {kind_of(schema['additionalProperties'])} by name"
    return kind


def inner_object(schema):
    """The object with named keys that a value is, or may be, or is an array of; or None."""
    for candidate in [schema, schema.get("items", {}), *schema.get("anyOf", [])]:
        if "properties" in candidate:
            return candidate
    return None


def rows(schema, prefix=""):
    required = schema.get("required", [])
    for key, value in schema["properties"].items():
        name = f"{prefix}{key}" + ("" if key in required else "?")
        yield f"| `{name}` | {kind_of(value)} | {value.get('description', '')} |"
        inner = inner_object(value)
        if inner:
            opening = "[]." if value.get("type") == "array" else "."
            yield from rows(inner, f"{prefix}{key}{opening}")


def section(title, schema):
    yield f"\n## {title}\n"
    if "description" in schema:
        yield schema["description"] + "\n"
    if "properties" in schema:
        yield "| key | value | meaning |\n|---|---|---|"
        yield from rows(schema)
    else:
        yield kind_of(schema)


def page(schema):
    lines = [INTRODUCTION.rstrip("\n")]
    lines += section("The document", {"properties": schema["properties"], **schema})
    for name, definition in schema["$defs"].items():
        lines += section(name, definition)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page(json.loads(SCHEMA.read_text(encoding="utf-8"))))
