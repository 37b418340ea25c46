"""A plan as JSON and as CSV, rendered from columns: what a rendering window by window would give, byte for byte."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from mweek_planner.__main__ import ERROR, OK, REFUSED, main
from mweek_planner.domain.outcome import Planned
from mweek_planner.domain.plan import Assignment
from mweek_planner.domain.planning import PlanningInput, plan
from mweek_planner.rendering.plan_csv import plan_csv
from mweek_planner.rendering.plan_json import plan_json

from tests.benchmarks.synthetic import synthetic_fleet
from tests.support.fleets import REFERENCE
from tests.support.weeks import weeks

PLAN = ("plan", "--location", "rzob", "--week", "2026-W49", "--now", "2026-11-23T08:00Z")


def planned(asked: PlanningInput) -> Planned:
    outcome = plan(asked)
    assert isinstance(outcome, Planned), outcome
    return outcome


def window(assignment: Assignment) -> dict[str, Any]:
    """Return a window as the JSON of a plan has it."""
    times = {name: getattr(assignment, name).isoformat().replace("+00:00", "Z") for name in ("opens_at", "closes_at")}
    owner = {} if assignment.customer is None else {"customer": assignment.customer}
    guests = {"affects": list(assignment.affects)} if assignment.affects else {}
    head = {"machine": assignment.machine, "phase": assignment.phase, **times, "reason": assignment.reason.value}
    return {**head, **owner, "facts": dict(assignment.facts), **guests}


@settings(max_examples=30)
@given(weeks())
def test_json_of_columns_is_that_of_the_windows(asked: PlanningInput) -> None:
    """Hosts with guests, slots, machines that nobody owns."""
    result = planned(asked)
    text = "".join(plan_json(result, pattern_document={}))
    lines = [f"  {json.dumps(window(assignment), ensure_ascii=False)}" for assignment in result.plan.assignments]
    assert text.split('"assignments": ')[1].split(',\n"unplaced"')[0] == (
        "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"
    )
    assert list(json.loads(text))[:6] == ["location", "week", "pattern", "phases", "assignments", "unplaced"]


@settings(max_examples=30)
@given(weeks())
def test_csv_has_a_line_for_each_machine(asked: PlanningInput) -> None:
    """Those without a window have no phase, and the reason why."""
    result = planned(asked)
    header, *rows = csv.reader(io.StringIO("".join(plan_csv(result.plan))))
    assert header == ["machine", "phase", "opens_at", "closes_at", "reason"]
    placed = [[str(cell) for name, cell in window(a).items() if name in header] for a in result.plan.assignments]
    assert rows == placed + [[one.machine, "", "", "", one.reason.value] for one in result.plan.unplaced]


def test_plan_of_many_machines_is_one_json_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """More of them than are written at once."""
    fleet = synthetic_fleet(2_500).write_csv(tmp_path / "fleet.csv")
    assert main([*PLAN, "--fleet", str(fleet), "--json"]) == OK
    document = json.loads(capsys.readouterr().out)
    assert main([*PLAN, "--fleet", str(fleet), "--format", "csv"]) == OK
    assert len(document["assignments"]) == 2_500
    assert [line.split(",")[0] for line in capsys.readouterr().out.splitlines()[1:]] == [
        a["machine"] for a in document["assignments"]
    ]


@pytest.mark.parametrize(("form", "stream"), [("json", "out"), ("csv", "err"), ("text", "err")])
def test_refusal_is_told_as_asked(form: str, stream: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As a table it would be taken for a plan, so it is a sentence there, and not on stdout."""
    code = main([*PLAN[:-1], "2026-12-06T20:00Z", "--fleet", str(REFERENCE), "--format", form])
    told = capsys.readouterr()
    assert code == REFUSED
    assert "week-over" in getattr(told, stream)
    assert told.out == "" or form == "json"


def test_fleet_file_that_is_wrong_is_told_with_its_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the reader that has the words for it, and once."""
    fleet = tmp_path / "fleet.csv"
    fleet.write_text("name,kind,role,environment,host\na,virtual,r,test,nobody\nb,physical,r,tset,\n")
    assert main([*PLAN, "--fleet", str(fleet)]) == ERROR
    first, second = capsys.readouterr().err.splitlines()
    assert first == f"{fleet}:2: host: no machine is named nobody"
    assert second.startswith(f"{fleet}:3: environment: ")


def test_empty_fleet_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fleet = tmp_path / "fleet.csv"
    fleet.write_text("name,kind,role,environment\n")
    assert main([*PLAN, "--fleet", str(fleet), "--json"]) == ERROR
    assert capsys.readouterr().err == f"{fleet}: machines: there are none: nothing to plan\n"
