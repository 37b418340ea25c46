"""`mweek-planner windows`: requests from a file, answered in their order, whatever stands in it."""

from __future__ import annotations

import json
import time
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
    acceptable_windows: [{days: [mon, tue, wed, thu], start: "22:00", end: "05:00"}]
    notice_hours: 12
    max_parallel: 1
machines:
  - {name: acme01, kind: virtual, role: customer, environment: production, customer: acme}
  - {name: acme02, kind: virtual, role: customer, environment: production, customer: acme}
  - {name: retired, kind: virtual, role: customer, environment: production, customer: acme, in_service: false}
  - {name: own01, kind: virtual, role: build, environment: internal}
"""


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """A fleet file."""
    file = tmp_path / "fleet.yaml"
    file.write_text(FLEET)
    return file


def asked(fleet: Path, *lines: object, options: tuple[str, ...] = ("--json",)) -> int:
    """Run the command on these lines: text as it is, everything else as JSON."""
    requests = fleet.with_name("requests.jsonl")
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    requests.write_text(text, encoding="utf-8")
    return main(["windows", "--fleet", str(fleet), "--requests", str(requests), "--now", NOW, *options])


def wish(machine: str = "acme01", minutes: object = 20, request_id: str = "r1", **fields: object) -> dict[str, Any]:
    """Return a request as it is written."""
    return {"request_id": request_id, "machine": machine, "estimated_minutes": minutes} | fields


def answers(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return what was answered."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_requests_are_answered_in_order_and_the_calendar_fills(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = asked(fleet, wish(), wish("acme02", request_id="r2"), "", wish("own01", 0, request_id="r3"))
    assert code == OK
    assert answers(capsys) == [
        {
            "request_id": "r1",
            "machine": "acme01",
            "granted": True,
            "not_before": "2026-11-23T21:00:00Z",
            "not_after": "2026-11-23T21:10:00Z",
            "must_end_by": "2026-11-23T21:35:00Z",
        },
        {
            "request_id": "r2",
            "machine": "acme02",
            "granted": True,
            "not_before": "2026-11-23T21:35:00Z",
            "not_after": "2026-11-23T21:45:00Z",
            "must_end_by": "2026-11-23T22:10:00Z",
        },
        {
            "request_id": "r3",
            "machine": "own01",
            "granted": True,
            "not_before": "2026-11-23T08:00:00Z",
            "not_after": "2026-11-23T08:15:00Z",
            "must_end_by": "2026-11-23T08:20:00Z",
        },
    ]


def test_refusal_has_its_code_its_sentence_and_the_earliest_alternative(
    fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(fleet, wish(deadline="2026-11-23T21:20Z")) == REFUSED
    assert answers(capsys) == [
        {
            "request_id": "r1",
            "machine": "acme01",
            "granted": False,
            "code": "no_acceptable_time",
            "text": "acme accepts no 35 minutes in a row between 2026-11-23T20:00Z and 2026-11-23T21:20Z; "
            "the earliest window without the deadline is 2026-11-23T21:00Z to 2026-11-23T21:35Z",
            "earliest_alternative": "2026-11-23T21:00:00Z",
        }
    ]


def test_people_read_a_line_a_request(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = wish(), wish(minutes=10, request_id="r2"), wish("retired", request_id="r3"), "[]"
    assert asked(fleet, *lines, options=()) == REFUSED
    assert capsys.readouterr().out.splitlines() == [
        "acme01 r1: 2026-11-23T21:00Z to 2026-11-23T21:35Z, start by 21:10Z",
        "acme01 r2: 2026-11-23T21:00Z to 2026-11-23T21:45Z, start by 21:10Z, together with r1",
        "retired r3: refused (not_in_service): retired is not in service: it gets no window",
        f"(no machine) (no id): refused (invalid_request): {WRONG_LINES['a list'][1].replace('line 1', 'line 4')}",
    ]


def test_same_request_again_has_the_same_answer(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(fleet, wish(), wish(minutes=10, request_id="r2"), wish(), wish(urgent=False)) == OK
    first, _, again, spelled_out = answers(capsys)
    assert first == again == spelled_out


def test_same_id_with_another_body_is_refused_and_books_nothing(
    fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(fleet, wish(), wish(minutes=21), wish("acme02"), wish("acme02", request_id="r2")) == REFUSED
    _, other, stranger, later = answers(capsys)
    assert {other["code"], stranger["code"]} == {"duplicate_request"}
    assert later["not_before"] == "2026-11-23T21:35:00Z"


def test_policy_of_the_location_is_given_by_numbers(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = ("--policy", "capacity=1", "--policy", "padding_percent=0", "--policy", "preparation_minutes=0")
    lines = wish("own01", 60), wish("acme01", 60, request_id="r2", urgent=True, deadline="2026-11-23T08:30Z")
    assert asked(fleet, *lines, options=("--json", *policy)) == REFUSED
    granted, refused = answers(capsys)
    assert granted["must_end_by"] == "2026-11-23T09:00:00Z"
    assert refused["code"] == "deadline_too_soon"


WRONG_LINES = {
    "not JSON": ("{", "line 1: is not JSON: Expecting property name enclosed in double quotes (column 2)"),
    "a list": ("[1]", 'line 1: is not a mapping such as {"request_id": …, "machine": …}'),
    "a key twice": ('{"machine": "a", "machine": "b"}', "line 1: 'machine' is given twice, first on line 1"),
    "NaN": ('{"estimated_minutes": NaN}', "line 1: estimated_minutes: NaN is no JSON number"),
    "nested": ("[" * 5_000, "line 1: is nested deeper than"),
    "nothing in it": ("{}", "line 1: request_id: is missing"),
    "negative": (wish(minutes=-5), "line 1: estimated_minutes: is -5, less than 0"),
    "huge": (wish(minutes=10**9), "line 1: estimated_minutes: is 1000000000, more than 10080"),
    "a fraction": (wish(minutes=1.5), "line 1: estimated_minutes: "),
    "text": (wish(minutes="20"), "line 1: estimated_minutes: is the text '20' where a whole number is expected"),
    "truth": (wish(minutes=True), "line 1: estimated_minutes: is a truth value where a number is expected"),
    "naive": (wish(deadline="2026-11-24T10:00"), "line 1: deadline: '2026-11-24T10:00' names no time zone"),
    "a day": (wish(not_before="2026-11-24"), "line 1: not_before: '2026-11-24' is not a time such as"),
    "a number": (wish(deadline=1_800_000_000), "line 1: deadline: 1800000000 is not a time such as"),
    "year 0": (wish(deadline="0000-01-01T00:00Z"), "line 1: deadline: "),
    "end of days": (wish(deadline="9999-12-31T23:59-23:00"), "line 1: deadline: lies outside the years 1 to 9999"),
    "urgent in words": (wish(urgent="yes"), "line 1: urgent: is the text 'yes' where true or false is expected"),
    "unknown field": (wish(dead_line="2026-11-24T10:00Z"), "line 1: dead_line: unknown field 'dead_line'"),
    "wildcard": (wish("acme.*"), "line 1: machine: 'acme.*' is not a name for the bus"),
    "no id": (wish(request_id=""), "line 1: request_id: '' is not an id"),
    "long id": (wish(request_id="x" * 200), "line 1: request_id: "),
    "surrogate": ('{"request_id": "\\ud800"}', "line 1: request_id: contains half of a surrogate pair"),
    "null": (wish(minutes=None), "line 1: estimated_minutes: is empty where a whole number is expected"),
    "a megabyte": (wish(reason="x" * 2**20), "line 1: reason: is longer than 500 characters"),
}


@pytest.mark.parametrize("name", WRONG_LINES)
def test_wrong_line_is_refused_with_line_and_field_and_the_others_are_answered(
    name: str, fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line, text = WRONG_LINES[name]
    assert asked(fleet, line, wish(request_id="next")) == REFUSED
    refused, granted = answers(capsys)
    assert (refused["granted"], refused["code"], refused["earliest_alternative"]) == (False, "invalid_request", None)
    assert refused["text"].startswith(text)
    assert granted["not_before"] == "2026-11-23T21:00:00Z"


CODES = {
    "unknown_machine": wish("nobody"),
    "not_in_service": wish("retired"),
    "deadline_too_soon": wish(deadline="2020-01-01T00:00Z"),
    "beyond_horizon": wish(not_before="9999-12-31T23:59Z"),
    "longer_than_any_acceptable_window": wish(minutes=10_080),
}


@pytest.mark.parametrize("code", CODES)
def test_request_that_cannot_be_granted_has_a_code(code: str, fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(fleet, CODES[code]) == REFUSED
    assert [answer["code"] for answer in answers(capsys)] == [code]


def test_fleet_without_customers_has_the_defaults_of_one_that_says_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every night 22:00 to 05:00 in Berlin, twelve hours of notice; and a table needs no location here."""
    fleet = tmp_path / "fleet.csv"
    fleet.write_text("name,kind,role,environment,customer\nacme01,virtual,customer,production,acme\n")
    assert asked(fleet, wish()) == OK
    assert answers(capsys)[0]["not_before"] == "2026-11-23T21:00:00Z"


def test_unusable_files_are_errors(fleet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong_fleet = tmp_path / "wrong.yaml"
    wrong_fleet.write_text("machines: [{name: A}]\n")
    assert asked(wrong_fleet, wish()) == ERROR
    assert "wrong.yaml:1: machines[0].name: 'A' is not a name for the bus" in capsys.readouterr().err
    assert main(["windows", "--fleet", str(fleet), "--requests", str(tmp_path / "none.jsonl"), "--now", NOW]) == ERROR
    assert "none.jsonl: cannot be read: No such file" in capsys.readouterr().err
    (tmp_path / "latin.jsonl").write_bytes(b'{"reason": "\xe4"}\n')
    assert main(["windows", "--fleet", str(fleet), "--requests", str(tmp_path / "latin.jsonl"), "--now", NOW]) == ERROR
    assert "latin.jsonl:1: is not UTF-8" in capsys.readouterr().err


USAGE = {
    "capacity=0": "capacity is 0, not between 1 and 2147483647",
    "capacity=-1": "'capacity=-1' is not NAME=NUMBER",
    "padding=25": "'padding=25' is not NAME=NUMBER",
    "horizon_days=100000": "horizon_days is 100000, not between 1 and 400",
    "capacity": "'capacity' is not NAME=NUMBER",
}


@pytest.mark.parametrize("policy", USAGE)
def test_policy_that_is_none_is_a_matter_of_usage(policy: str, fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        asked(fleet, wish(), options=("--policy", policy))
    assert USAGE[policy] in capsys.readouterr().err


@pytest.mark.parametrize("now", ["0001-01-01T00:00Z", "9999-12-31T23:59Z"])
def test_now_at_an_end_of_the_calendar_is_a_sentence(now: str, fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(fleet, wish(), options=("--now", now)) == ERROR
    assert "is not in the years 1970 to 9899" in capsys.readouterr().err


def test_ten_thousand_requests_are_answered_in_a_few_seconds(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"m{number:04d}" for number in range(2_000)]
    machines = (
        f"  - {{name: {name}, kind: virtual, role: r, environment: production, customer: acme}}\n" for name in names
    )
    text = FLEET.replace("    max_parallel: 1\n", "")
    fleet.write_text(text + "".join(machines))
    lines = [wish(names[n % 2_000], n % 90, request_id=f"r{n}") for n in range(10_000)]
    started = time.process_time()
    assert asked(fleet, *lines) in (OK, REFUSED)
    assert time.process_time() - started < 20  # measured: 4, of which reading the YAML takes half
    assert len(answers(capsys)) == 10_000
