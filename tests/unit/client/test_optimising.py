"""`mweek window optimise`: the planner's own dry run, in a process as an administrator starts it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.planner_service.test_optimising_requests_from_files import FLEET, LONG_THEN_SHORT, lines, wish


def typed(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command on the files of a folder."""
    files = ("--fleet", str(folder / "fleet.yaml"), "--requests", str(folder / "requests.jsonl"))
    command = [sys.executable, "-m", "mweek", "window", "optimise", *files, "--now", "2026-11-23T08:00Z", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a fleet and requests, one of which is none."""
    (tmp_path / "fleet.yaml").write_text(FLEET)
    (tmp_path / "requests.jsonl").write_text(lines(*LONG_THEN_SHORT, wish("retired", request_id="r4")))
    return tmp_path


def test_output_and_exit_code_are_the_planner_s(folder: Path) -> None:
    done = typed(folder, "--dry-run", "--rounds", "50", "--seed", "3", "--policy", "capacity=2", "--json")
    assert done.returncode == 11
    assert [json.loads(line)["request_id"] for line in done.stdout.splitlines()] == ["r1", "r2", "r3"]
    assert done.stderr.startswith("3 of 3 requests have another window")


def test_without_dry_run_it_says_that_nothing_is_ever_moved(folder: Path) -> None:
    done = typed(folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "window optimise moves nothing: a window is told to its customer as it is granted" in done.stderr


def test_what_is_wrong_is_said_by_the_planner(folder: Path) -> None:
    done = typed(folder, "--dry-run", "--seconds", "-1")
    assert done.returncode == 2
    assert "'-1' is not a number of seconds above 0" in done.stderr
