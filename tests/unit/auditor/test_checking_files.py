"""`mweek-auditor check`: a plan file against a fleet file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mweek_auditor.__main__ import main

from tests.support.audit_cases import REFERENCE, reference_fleet, reference_pattern
from tests.support.plans import as_document, plan_by_hand


@pytest.fixture
def document() -> dict[str, Any]:
    """A good plan of the reference fleet with the guaranteed fields alone."""
    whole = as_document(plan_by_hand(reference_fleet(), reference_pattern()), "one-few-many")
    guaranteed = ("location", "week", "pattern", "phases", "assignments", "unplaced")
    return {key: whole[key] for key in guaranteed}


def check(tmp_path: Path, document: object, *more: str) -> int:
    file = tmp_path / "plan.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return main(["check", "--fleet", str(REFERENCE), "--plan", str(file), *more])


def test_a_good_plan_passes(tmp_path: Path, document: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, document, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"verdict": "passed", "findings": []}


def test_a_forgotten_machine_fails(
    tmp_path: Path, document: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    gone = document["assignments"].pop()["machine"]
    assert check(tmp_path, document, "--json") == 1
    text = f"{gone} is in service and has no window, and the plan does not say why."
    found = {"code": "no-window", "machine": gone, "text": text}
    assert json.loads(capsys.readouterr().out) == {"verdict": "failed", "findings": [found]}


def test_a_person_reads_a_report(tmp_path: Path, document: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    gone = document["assignments"].pop()["machine"]
    assert check(tmp_path, document) == 1
    assert capsys.readouterr().out.splitlines() == [
        "Audit of rzob 2026-W49, revision 1: failed, 1 finding",
        "  236 machines in service, 235 windows in 8 phases",
        "",
        "no-window",
        f"  {gone} is in service and has no window, and the plan does not say why.",
    ]


def test_notice_hours_are_judged_when_it_is_known_when_the_plan_was_made(
    tmp_path: Path, document: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(tmp_path, document, "--json", "--now", "2026-11-30T08:00Z") == 1
    assert {f["code"] for f in json.loads(capsys.readouterr().out)["findings"]} == {"notice-hours"}
    assert check(tmp_path, document | {"planned_at": "2026-11-01T08:00:00Z"}) == 0


def test_the_plan_of_the_planner_passes(tmp_path: Path) -> None:
    planner = Path(sys.executable).parent / "mweek-planner"
    ask = ["plan", "--fleet", str(REFERENCE), "--location", "rzob", "--week", "2026-W49", "--now", "2026-11-20T08:00Z"]
    planned = subprocess.run([planner, *ask, "--json"], capture_output=True, text=True, timeout=60)
    assert planned.returncode == 0, planned.stderr
    assert check(tmp_path, planned.stdout) == 0


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"pattern": "no-such"}, "names the pattern no-such, which is not built in (one-few-many): give its file"),
        ({"location": "whq"}, "is rzob, but whq was given"),
        ({"week": "2026-W54"}, "week: the year 2026 has no ISO week 54"),
        ({"assignments": [{"machine": "Web 1"}]}, "assignments[0].machine: 'Web 1' is not a name for the bus"),
        ({"planned_at": "2026-11-01T08:00:00"}, "planned_at: "),
    ],
)
def test_bad_input_says_what_and_where(
    tmp_path: Path, document: dict[str, Any], capsys: pytest.CaptureFixture[str], change: dict[str, Any], error: str
) -> None:
    assert check(tmp_path, document | change) == 2
    printed = capsys.readouterr()
    assert error in printed.err
    assert printed.out == ""


def test_a_plan_that_is_no_json_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, "no plan at all") == 2
    assert "plan.json: " in capsys.readouterr().err


def test_a_missing_file_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--fleet", str(REFERENCE), "--plan", str(tmp_path / "none.json")]) == 2
    assert "none.json: cannot be read: No such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "error"),
    [
        (["--now", "soon"], "--now 'soon' is no time"),
        (["--now", "2026-11-23T08:00"], "has no zone: end it with Z"),
        (["--location", "whq"], "is a plan for rzob, not for whq"),
    ],
)
def test_a_wrong_argument_is_bad_input(
    tmp_path: Path, document: dict[str, Any], capsys: pytest.CaptureFixture[str], more: list[str], error: str
) -> None:
    assert check(tmp_path, document, *more) == 2
    assert error in capsys.readouterr().err
