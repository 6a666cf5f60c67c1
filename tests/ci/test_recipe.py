"""The recipe that users copy parses, asks for nothing it should not, and calls what there is."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("LB_BUILD_DIR", ROOT / "build/release"))
TEXT = (ROOT / "ci/github-actions.yml").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load(TEXT)
STEPS = WORKFLOW["jobs"]["gate"]["steps"]
COMMANDS = [step["run"] for step in STEPS if "run" in step]


def test_it_asks_for_no_secret_and_no_right_to_write():
    assert "secrets." not in TEXT and "pull_request_target" not in TEXT
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in WORKFLOW["jobs"].values())


def test_no_text_of_a_pull_request_is_put_into_a_command():
    assert COMMANDS and not any("${{" in command for command in COMMANDS)


def test_every_action_has_its_version():
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used and all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in used)


def test_every_step_does_one_thing():
    assert all(("run" in step) != ("uses" in step) for step in STEPS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_exists(command):
    program = shlex.split(command)[0]
    path = ROOT / program if "/" in program else shutil.which(program)
    assert path and os.access(path, os.X_OK)


def test_every_option_is_the_gates():
    help_text = subprocess.run(
        [BUILD / "layoutbench-gate", "--help"], check=True, capture_output=True, text=True
    ).stdout
    known = set(re.findall(r"--[a-z-]+", help_text))
    (gate,) = [shlex.split(command) for command in COMMANDS if "scripts/gate" in command]
    options = [word for word in gate if word.startswith("--")]
    assert options and set(options) <= known


def test_the_history_holds_the_base():
    (checkout,) = [step for step in STEPS if step.get("uses", "").startswith("actions/checkout")]
    assert checkout["with"]["fetch-depth"] == 2
    assert any(command.startswith("scripts/gate HEAD^1 ") for command in COMMANDS)


def test_what_the_gate_keeps_is_cached():
    (cache,) = [step["with"] for step in STEPS if step.get("uses", "").startswith("actions/cache")]
    paths = cache["path"].split()
    assert "build/gate" in paths and "~/.cache/layoutbench" in paths
    assert "build/gate/" in (ROOT / "scripts/gate").read_text(encoding="utf-8")
    source = (ROOT / "harness/simulation/simulation_cache.c").read_text(encoding="utf-8")
    assert '"layoutbench' in source or "/layoutbench" in source
