"""Holds the tree to the rules of rules.py; shows first that each rule can fail."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import rules

ROOT = Path(__file__).resolve().parents[2]

# Mutable file-scope data that must be: a signal handler has nowhere else to leave its mark.
# What has to be there, and why.
MUTABLE_DATA_ALLOWED = {
    "assign:shared_boxes",  # the variant: boxes of small values that all share
    "interrupt:caught",  # what a signal handler may write
    "jsonwrite:format",  # json-c keeps the pointer, and takes it without const
    "provider_pfm:started",  # libpfm4 itself is a singleton
    "spawn:path",  # where this program lies: the same for its whole life
}


@pytest.fixture(scope="module")
def tree():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True)
    texts = {}
    for path in listed.stdout.decode().splitlines():
        try:
            texts[path] = (ROOT / path).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # a picture, or a file removed and not yet committed
    assert len(texts) > 10
    return texts


BAD_TREES = [
    (rules.wrong_includes, {"benchmarks/a/b.c": '#include "harness/run/runner.h"\n'}),
    (rules.wrong_includes, {"benchmarks/a/b.c": '#include "benchmarks/c/d.h"\n'}),
    (rules.wrong_includes, {"harness/run/runner.c": '#include "ci/gate.h"\n'}),
    (rules.wrong_includes, {"harness/run/runner.c": '#include "benchmarks/a/b.h"\n'}),
    (rules.wrong_includes, {"ci/gate.c": '  #  include "harness/run/runner.h"\n'}),
    (rules.reserved_includes, {"harness/run/runner.c": "#include <json-c/json.h>\n"}),
    (rules.reserved_includes, {"harness/cli.c": "#include <perfmon/pfmlib.h>\n"}),
    (rules.reserved_includes, {"benchmarks/a/b.c": "#include <linux/perf_event.h>\n"}),
    (rules.reserved_includes, {"harness/case/exec.c": "#include <valgrind/callgrind.h>\n"}),
    (rules.wrong_imports, {"reports/page.py": "import ci.policy\n"}),
    (rules.wrong_imports, {"ci/annotate.py": "from reports.page import render\n"}),
    (rules.unnamed_records, {"benchmarks/padding/b.c": "struct b_packed {\n    int x;\n};\n"}),
    (rules.repeated_names, {"harness/base/stats.c": "", "ci/stats.c": ""}),
    (rules.machine_traces, {"docs/x.md": "see /" + "home/someone/results.json"}),
    (rules.machine_traces, {"scripts/x": "curl http" + "://mirror.local/debian"}),
]


@pytest.mark.parametrize("rule, bad_tree", BAD_TREES)
def test_a_rule_complains_of_what_it_forbids(rule, bad_tree):
    assert list(rule(bad_tree))


GOOD_TREES = [
    (
        rules.wrong_includes,
        {"benchmarks/a/b.c": '#include "harness/api.h"\n#include <stdlib.h>\n'},
    ),
    (
        rules.wrong_includes,
        {"benchmarks/a/b.c": '#include "c.h"\n', "benchmarks/a/c.h": ""},
    ),
    (rules.reserved_includes, {"harness/document/document.c": "#include <json-c/json.h>\n"}),
    (
        rules.wrong_imports,
        {"reports/page.py": "from reports import plots\nimport json\n"},
    ),
    (
        rules.unnamed_records,
        {"benchmarks/padding/b.c": "struct b_state {\n};\nstruct b {\n};\n LB_RECORD(b, x)"},
    ),
    (rules.repeated_names, {"harness/base/stats.c": "", "harness/base/stats.h": ""}),
    (
        rules.machine_traces,
        {"docs/x.md": "out/report.html, $HOME/x, tests/root/x, /proc/self"},
    ),
]


@pytest.mark.parametrize("rule, good_tree", GOOD_TREES)
def test_a_rule_is_silent_on_what_it_allows(rule, good_tree):
    assert list(rule(good_tree)) == []


ALL_RULES = [
    rules.wrong_includes,
    rules.reserved_includes,
    rules.wrong_imports,
    rules.unnamed_records,
    rules.repeated_names,
    rules.machine_traces,
]


@pytest.mark.parametrize("rule", ALL_RULES)
def test_the_tree_keeps_the_rule(rule, tree):
    assert list(rule(tree)) == []


@pytest.mark.parametrize(
    "header", sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("harness/**/*.h"))
)
def test_a_header_compiles_alone(header):
    subprocess.run(
        ["gcc", "-std=c11", "-Wall", "-Werror", "-I.", "-D_GNU_SOURCE", "-fsyntax-only"]
        + ["-include", header, "-x", "c", "/dev/null"],
        cwd=ROOT,
        check=True,
    )


def test_the_authors_header_is_valid_in_cxx():
    subprocess.run(
        ["g++", "-std=c++17", "-Wall", "-Werror", "-I.", "-fsyntax-only"]
        + ["-include", "harness/api.h", "-x", "c++", "/dev/null"],
        cwd=ROOT,
        check=True,
    )


def mutable_data(objects):
    """Yields object:symbol for each variable in a section that the program may write."""
    sections = (".data", ".bss", ".tdata", ".tbss", "*COM*")
    for path in objects:
        table = subprocess.run(
            ["objdump", "--syms", path], check=True, capture_output=True, text=True
        )
        for line in table.stdout.splitlines():
            words = line.split()
            if len(words) >= 5 and words[-3] in sections and words[-1] != words[-3]:
                yield f"{path.stem}:{re.sub(r'[.][0-9]+$', '', words[-1])}"


def test_mutable_data_is_seen_where_there_is_some(tmp_path):
    source = tmp_path / "state.c"
    source.write_text("static int hidden;\nint next(void) { return ++hidden; }\n")
    subprocess.run(["gcc", "-c", "-o", tmp_path / "state.o", source], check=True)
    assert list(mutable_data([tmp_path / "state.o"])) == ["state:hidden"]


def test_no_module_keeps_state_in_static_storage(tree):
    build_dir = Path(os.environ.get("LB_BUILD_DIR", ROOT / "build/release"))
    if build_dir.name != "release":
        pytest.skip("this machine builds with instruments that add data of their own")
    objects = [
        build_dir / Path(source).with_suffix(".o")
        for source in tree
        if source.startswith(("harness/", "benchmarks/")) and source.endswith((".c", ".cpp"))
    ]
    objects = [path for path in objects if path.exists()]  # the shim is built in one step
    assert objects, "build first: make"
    assert set(mutable_data(objects)) - MUTABLE_DATA_ALLOWED == set()
