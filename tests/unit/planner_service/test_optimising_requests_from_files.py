"""`mweek-planner optimise`: requests from a file, answered together; bad input is a sentence, or a line's refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mweek_planner.__main__ import ERROR, OK, REFUSED, main

NOW = "2026-11-23T08:00Z"
FLEET = """\
location: rzob
customers:
  - customer: acme
    contacts: [{name: Ops, email: ops@acme.example}]
    timezone: Europe/Berlin
    acceptable_windows: [{days: [mon, tue, wed, thu], start: "22:00", end: "24:00"}]
    notice_hours: 12
    max_parallel: 1
machines:
  - {name: acme01, kind: virtual, role: customer, environment: production, customer: acme}
  - {name: acme02, kind: virtual, role: customer, environment: production, customer: acme}
  - {name: retired, kind: virtual, role: customer, environment: production, customer: acme, in_service: false}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a fleet file."""
    (tmp_path / "fleet.yaml").write_text(FLEET)
    return tmp_path


def lines(*values: object) -> str:
    """Return text as it is and everything else as JSON, a line each."""
    return "".join((value if isinstance(value, str) else json.dumps(value)) + "\n" for value in values)


def optimise(folder: Path, *asked: object, options: tuple[str, ...] = ("--json",)) -> int:
    """Run the command on these requests."""
    (folder / "requests.jsonl").write_text(lines(*asked), encoding="utf-8")
    files = ("--fleet", str(folder / "fleet.yaml"), "--requests", str(folder / "requests.jsonl"))
    effort = () if "--seconds" in options else ("--rounds", "50")
    return main(["optimise", *files, "--now", NOW, *effort, *options])


def announced(folder: Path, *values: object) -> tuple[str, ...]:
    """Return the options for windows that were announced."""
    (folder / "announced.jsonl").write_text(lines(*values), encoding="utf-8")
    return "--json", "--announced", str(folder / "announced.jsonl")


def wish(machine: str = "acme01", minutes: int = 20, request_id: str = "r1", **fields: object) -> dict[str, Any]:
    """Return a request as it is written."""
    return {"request_id": request_id, "machine": machine, "estimated_minutes": minutes} | fields


LONG_THEN_SHORT = wish(minutes=85), wish("acme02", request_id="r2"), wish("acme02", 10, request_id="r3")


def test_answers_come_in_the_order_of_the_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert optimise(folder, *LONG_THEN_SHORT, LONG_THEN_SHORT[0]) == OK
    out, err = capsys.readouterr()
    told = [json.loads(line) for line in out.splitlines()]
    assert [(one["request_id"], one["not_before"], one.get("joins")) for one in told] == [
        ("r1", "2026-11-24T21:00:00Z", None),
        ("r2", "2026-11-23T21:00:00Z", None),
        ("r3", "2026-11-23T21:00:00Z", ["r2"]),
        ("r1", "2026-11-24T21:00:00Z", None),
    ]
    assert {one["must_end_by"] for one in told[1:3]} == {"2026-11-23T21:45:00Z"}
    assert err == (
        "3 of 3 requests have another window than in the order of the file. In that order they wait 3,060 minutes and "
        "0 are refused, together 1,620 and 0 (50 rounds).\n"
    )


def test_dry_run_says_for_people_what_would_change(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert optimise(folder, *LONG_THEN_SHORT, options=("--dry-run",)) == OK
    assert capsys.readouterr().out.splitlines() == [
        "acme01 r1: 2026-11-23T21:00Z -> 2026-11-24T21:00Z, waits 1440 minutes more",
        "acme02 r2: 2026-11-24T21:00Z -> 2026-11-23T21:00Z, waits 1440 minutes less",
        "acme02 r3: 2026-11-24T21:00Z -> 2026-11-23T21:00Z, waits 1440 minutes less",
    ]


def test_dry_run_says_for_programs_who_gets_a_window_at_all(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    in_a_hurry = wish("acme02", 85, "r2", deadline="2026-11-23T23:00Z")
    assert optimise(folder, wish(), in_a_hurry, options=("--dry-run", "--json")) == OK
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {
            "request_id": "r1",
            "machine": "acme01",
            "in_order": "2026-11-23T21:00:00Z",
            "together": "2026-11-24T21:00:00Z",
            "gain_minutes": -1440,
        },
        {
            "request_id": "r2",
            "machine": "acme02",
            "in_order": None,
            "together": "2026-11-23T21:00:00Z",
            "gain_minutes": None,
        },
    ]


def test_lines_that_are_no_requests_are_refused_and_the_others_answered(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strange = "{", wish("nobody", request_id="r4"), wish("retired", request_id="r5"), wish(minutes=21)
    assert optimise(folder, *LONG_THEN_SHORT, *strange) == REFUSED
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    codes = ["invalid_request", "unknown_machine", "not_in_service", "duplicate_request"]
    assert [one.get("code") for one in told] == [None, None, None, *codes]


def test_answers_of_windows_are_taken_as_announced_as_they_were_printed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second of them made the window longer, the third was refused."""
    (folder / "requests.jsonl").write_text(
        lines(wish(), wish(minutes=30, request_id="r2"), wish("retired", request_id="r3"))
    )
    files = ["--fleet", str(folder / "fleet.yaml"), "--requests", str(folder / "requests.jsonl"), "--now", NOW]
    assert main(["windows", *files, "--json"]) == REFUSED
    printed = capsys.readouterr().out
    assert '"must_end_by": "2026-11-23T22:10:00Z"' in printed
    assert optimise(folder, wish("acme02", 10), options=announced(folder, printed.rstrip())) == OK
    assert json.loads(capsys.readouterr().out)["not_before"] == "2026-11-23T22:10:00Z"


def test_file_without_requests_is_answered_by_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert optimise(folder, "") == OK
    assert capsys.readouterr().out == ""


def test_time_is_given_in_cpu_seconds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert optimise(folder, *LONG_THEN_SHORT, options=("--seconds", "0.2", "--json")) == OK
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["not_before"][8:10] for one in told] == ["24", "23", "23"]


WRONG_ANNOUNCED = {
    "not JSON": ("{", "is not JSON: Expecting property name"),
    "a list": ("[1]", 'is not a mapping such as {"machine": …, "not_before": …, "must_end_by": …}'),
    "nothing in it": ({}, "machine: is missing"),
    "no end": ({"machine": "acme01", "not_before": "2026-11-23T21:00Z"}, "must_end_by: is missing"),
    "naive": (
        {"machine": "acme01", "not_before": "2026-11-23T21:00", "must_end_by": "2026-11-23T22:00Z"},
        "not_before: '2026-11-23T21:00' names no time zone",
    ),
    "ends as it begins": (
        {"machine": "acme01", "not_before": "2026-11-23T21:00Z", "must_end_by": "2026-11-23T21:00Z"},
        "must_end_by: is not after not_before",
    ),
    "unknown machine": (
        {"machine": "acme99", "not_before": "2026-11-23T21:00Z", "must_end_by": "2026-11-23T22:00Z"},
        "machine: no machine of the fleet is named acme99",
    ),
    "unknown field": (
        {"machine": "acme01", "not_before": "2026-11-23T21:00Z", "must_end_by": "2026-11-23T22:00Z", "opens": 1},
        "opens: unknown field 'opens'",
    ),
}


@pytest.mark.parametrize("name", WRONG_ANNOUNCED)
def test_wrong_announced_window_ends_all_for_it_could_be_booked_twice(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line, text = WRONG_ANNOUNCED[name]
    right = {"machine": "acme02", "not_before": "2026-11-23T21:00Z", "must_end_by": "2026-11-23T22:00Z"}
    assert optimise(folder, wish(), options=announced(folder, right, line)) == ERROR
    out, err = capsys.readouterr()
    assert f"announced.jsonl:2: {text}" in err
    assert out == ""


@pytest.mark.parametrize("name", ["fleet.yaml", "requests.jsonl", "announced.jsonl"])
def test_file_that_is_not_there_is_a_sentence(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = announced(folder)
    (folder / "requests.jsonl").write_text(lines(wish()))
    (folder / name).unlink()
    files = ("--fleet", str(folder / "fleet.yaml"), "--requests", str(folder / "requests.jsonl"))
    assert main(["optimise", *files, "--now", NOW, "--rounds", "1", *options]) == ERROR
    assert f"{name}: cannot be read: No such file" in capsys.readouterr().err


USAGE = {
    "--seconds=0": "'0' is not a number of seconds above 0, up to 86,400",
    "--seconds=-1": "'-1' is not a number of seconds",
    "--seconds=nan": "'nan' is not a number of seconds",
    "--seconds=soon": "'soon' is not a number of seconds",
    "--rounds=-1": "'-1' is not a whole number from 0 to 1,000,000,000",
    "--rounds=1.5": "'1.5' is not a whole number",
    "--seed=x": "invalid int value: 'x'",
    "--policy=capacity=0": "capacity is 0",
}


@pytest.mark.parametrize("option", USAGE)
def test_option_that_is_none_is_a_matter_of_usage(
    option: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ("--fleet", str(folder / "fleet.yaml"), "--requests", str(folder / "requests.jsonl"))
    with pytest.raises(SystemExit, match="2"):
        main(["optimise", *files, option])
    assert USAGE[option] in capsys.readouterr().err


def test_seconds_and_rounds_exclude_each_other(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        optimise(folder, wish(), options=("--seconds", "1", "--rounds", "1"))
    assert "not allowed with argument" in capsys.readouterr().err


@pytest.mark.parametrize("now", ["0001-01-01T00:00Z", "9999-12-31T23:59Z"])
def test_now_at_an_end_of_the_calendar_is_a_sentence(
    now: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert optimise(folder, wish(), options=("--now", now)) == ERROR
    assert "is not in the years 1970 to 9899" in capsys.readouterr().err
