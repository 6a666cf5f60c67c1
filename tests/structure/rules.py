"""The rules of the tree, as functions from files to complaints.

A tree is a dict from path to text, so that each rule can be shown to fail on a made-up one.
docs/design.md explains the rules; test_structure.py applies them.
"""

import ast
import fnmatch
import posixpath
import re
from collections import defaultdict

# Which files may include what the rest of the tree must not know of.
RESERVED_INCLUDES = {
    "json-c/": [
        "harness/*/*_json.[ch]",
        "harness/*/claims*.[ch]",
        "harness/*/cmd_*.c",
        "harness/counters/counters_text.c",
        "harness/machine/conditions.c",
        "harness/machine/doctor.c",
        "harness/*/probe_*.[ch]",
        "harness/*/check.[ch]",
        "harness/*/document.[ch]",
        "harness/*/exec_record.[ch]",
        "harness/*/jsonread.[ch]",
        "harness/*/jsonwrite.[ch]",
        "harness/*/resume.[ch]",
        "harness/*/struct_layouts.[ch]",
        "harness/*/survey.[ch]",
        "harness/*/whole_process.[ch]",
        "ci/*_json.[ch]",
        "ci/acknowledgements.[ch]",
        "ci/policy.[ch]",
        "ci/results.[ch]",
        "tests/*",
    ],
    "perfmon/": ["harness/*/provider_*.[ch]", "tests/*"],
    "linux/perf_event.h": ["harness/*/provider_*.[ch]", "harness/*/events*.c", "tests/*"],
    "valgrind/": ["harness/simulation/callgrind.c"],
}

# The gate shares the harness's plain modules, and the protocol and the code that drive `exec`.
SHARED_WITH_THE_GATE = ["harness/base/*.h", "harness/case/protocol.h", "harness/case/child.h"]

# Hosts that a file may name: where schemas, standards and manuals live, and examples.
ALLOWED_HOSTS = [
    "json-schema.org",
    "www.w3.org",
    "example.org",
    "example.com",
    "docs.kernel.org",
]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)
URL = re.compile(r"\bhttps?://([A-Za-z0-9.-]+)")
HOME = re.compile(r"(?<![\w.${}/])/(?:" + "|".join(["work", "root", "home"]) + r")/\w")


def is_c(path):
    return path.endswith((".c", ".h", ".cpp"))


def includes(text):
    """Yields (is_system, name) for each include line."""
    for match in INCLUDE.finditer(text):
        yield match[1] == "<", match[2]


def matches_any(path, patterns):
    return any(fnmatch.fnmatch(path, pattern) for pattern in patterns)


def may_include(path, name):
    """Whether a file may include a header of the tree, by the direction of dependencies."""
    top = path.split("/")[0]
    if top == "benchmarks":
        return name == "harness/api.h" or name.startswith(posixpath.dirname(path) + "/")
    if top == "harness":
        return name.startswith("harness/") or name == "generated_build_info.h"
    if top == "ci":
        return name.startswith("ci/") or matches_any(name, SHARED_WITH_THE_GATE)
    return True


def wrong_includes(tree):
    """Includes against the direction: benchmarks -> harness/api.h; harness -> harness; ..."""
    for path, text in tree.items():
        if not is_c(path):
            continue
        for is_system, name in includes(text):
            beside = posixpath.join(posixpath.dirname(path), name)
            if not is_system and not may_include(path, beside if beside in tree else name):
                yield f"{path} includes {name}"


def reserved_includes(tree):
    """Libraries that only a few modules may know."""
    for path, text in tree.items():
        if not is_c(path):
            continue
        for _, name in includes(text):
            for prefix, allowed in RESERVED_INCLUDES.items():
                if name.startswith(prefix) and not matches_any(path, allowed):
                    yield f"{path} includes {name}, which only {', '.join(allowed)} may"


def imported_modules(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def wrong_imports(tree):
    """reports/ and ci/ know the results schema, never each other nor the harness."""
    foreign = {
        "reports": {"ci", "harness", "tests"},
        "ci": {"reports", "harness", "tests"},
    }
    for path, text in tree.items():
        top = path.split("/")[0]
        if path.endswith(".py") and top in foreign:
            for module in imported_modules(text):
                if module.split(".")[0] in foreign[top]:
                    yield f"{path} imports {module}"


def repeated_names(tree):
    """A file is found by its name alone, so no two share one."""
    paths_of = defaultdict(list)
    for path in tree:
        paths_of[posixpath.basename(path)].append(path)
    for name, paths in paths_of.items():
        if len(paths) > 1 and name not in ("__init__.py", "README.md") and not captured(paths):
            yield f"{name}: {', '.join(paths)}"


def captured(paths):
    """Captured machines repeat the names of /sys and /proc."""
    return all(path.startswith("tests/machines/") for path in paths)


# What a benchmark of padding or density keeps for itself: no elements are made of it.
NO_RECORDS = re.compile(
    r"(?:\w+_)?state|layout|values|hot_part|extent|shape(?:_lines)?|field|orders"
)
STRUCT = re.compile(r"^struct (?:__attribute__\(\(\w+\)\) )?(\w+) \{", re.MULTILINE)


def unnamed_records(tree):
    """A record of padding or density is named in `.records`, so pahole is asked about it."""
    for path, text in tree.items():
        if path.startswith(("benchmarks/padding/", "benchmarks/density/")):
            for tag in STRUCT.findall(text):
                named = re.search(rf"\b(?:LB_)?RECORD\({tag}\b", text)
                if not named and not NO_RECORDS.fullmatch(tag):
                    yield f"{path}: struct {tag} is not in .records"


def machine_traces(tree):
    """Paths of somebody's machine, and hosts that are not where documents live."""
    for path, text in tree.items():
        for number, line in enumerate(text.splitlines(), start=1):
            for match in HOME.finditer(line):
                yield f"{path}:{number}: a path of one machine: {match[0]}..."
            for match in URL.finditer(line):
                if match[1] not in ALLOWED_HOSTS:
                    yield f"{path}:{number}: host {match[1]}"
