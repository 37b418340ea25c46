"""What subject and body of a request say together: the request, or the refusal that it is answered with."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mweek_contracts.catalogue import REQUESTS, RequestEntry
from mweek_contracts.problem import Problem
from mweek_contracts.replies import MOST_PROBLEMS, WindowReplyV1
from mweek_contracts.request_codes import ActivityKind, RequestRefusalCode
from mweek_contracts.request_reading import BadRequest, read_request
from mweek_contracts.requests import LARGEST_REQUEST, RequestWindowV1
from pydantic import ValidationError

from tests.support.ids import at

SUBJECT = "req.rzob.acme03.request-window.v1"
LEAST = {"request_id": "r-1", "location": "rzob", "machine": "acme03", "reason": "Kernel", "estimated_minutes": 20}

each_request = pytest.mark.parametrize("entry", REQUESTS, ids=lambda entry: entry.name)


def body(**changes: object) -> bytes:
    """Return the least that a window can be requested with, and changes."""
    return json.dumps(LEAST | changes).encode()


def refused(raw: bytes, subject: str = SUBJECT) -> BadRequest:
    """Return what is wrong with a request, and that it can be said in a reply."""
    found = read_request(subject, raw)
    assert isinstance(found, BadRequest)
    reply = found.entry.reply(request_id=found.request_id, answered_at=at("2026-11-23T08:00Z"), refusal=found.refusal)
    assert found.entry.reply.model_validate_json(reply.body()) == reply
    return found


def places(raw: bytes) -> list[str]:
    """Return the fields that are wrong."""
    found = refused(raw)
    assert found.refusal.code is RequestRefusalCode.BAD_REQUEST
    return [problem.place for problem in found.refusal.problems]


def test_five_fields_are_enough() -> None:
    assert read_request(SUBJECT, body()) == RequestWindowV1(**LEAST)  # type: ignore[arg-type]


def test_subject_that_is_no_request_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        read_request("req.rzob.acme03.fly-away.v1", body())


def test_times_are_kept_in_utc() -> None:
    request = read_request(SUBJECT, body(deadline="2026-12-01T06:00+01:00"))
    assert isinstance(request, RequestWindowV1)
    assert request.deadline == at("2026-12-01T05:00Z")


def test_request_reboots_when_an_activity_does() -> None:
    assert not RequestWindowV1(**LEAST).reboots  # type: ignore[arg-type]
    request = read_request(SUBJECT, body(activities=[{"name": "fonts"}, {"name": "kernel", "kind": "reboot"}]))
    assert isinstance(request, RequestWindowV1)
    assert [activity.kind for activity in request.activities] == [ActivityKind.OTHER, ActivityKind.REBOOT]
    assert request.reboots


@pytest.mark.parametrize("changes", [{"machine": "globex02"}, {"location": "whq"}])
def test_body_that_names_another_machine_is_refused(changes: dict[str, str]) -> None:
    """Permissions are given on subjects: a machine asks for itself alone."""
    found = refused(body(**changes))
    assert (found.request_id, found.refusal.code) == ("r-1", RequestRefusalCode.WRONG_MACHINE)


def test_typo_is_refused_once_with_a_suggestion() -> None:
    assert refused(body(urgnt=True)).refusal.problems == (
        Problem(place="urgnt", text="unknown field 'urgnt'; did you mean 'urgent'?"),
    )


def test_typo_in_an_activity_is_refused_with_its_place() -> None:
    raw = body(activities=[{"name": "kernel", "kind": "reboot", "estimate": 5}])
    assert places(raw) == ["activities[0].estimate"]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no estimate": ({"estimated_minutes": 0}, "estimated_minutes"),
    "negative estimate": ({"estimated_minutes": -5}, "estimated_minutes"),
    "estimate of more than a week": ({"estimated_minutes": 10_081}, "estimated_minutes"),
    "estimate in words": ({"estimated_minutes": "20"}, "estimated_minutes"),
    "estimate that is a truth value": ({"estimated_minutes": True}, "estimated_minutes"),
    "estimate with a fraction": ({"estimated_minutes": 2.5}, "estimated_minutes"),
    "naive time": ({"deadline": "2026-12-01T00:00"}, "deadline"),
    "time that is a number": ({"not_before": 1_800_000_000}, "not_before"),
    "deadline before the start": (
        {"not_before": "2026-12-01T00:00Z", "deadline": "2026-11-30T00:00Z"},
        "deadline",
    ),
    "urgent in words": ({"urgent": "yes"}, "urgent"),
    "empty reason": ({"reason": " "}, "reason"),
    "reason with a header in it": ({"reason": "x\r\nBcc: all@example"}, "reason"),
    "reason too long": ({"reason": "x" * 501}, "reason"),
    "half a surrogate pair": ({"reason": "\ud800"}, ""),
    "unknown kind of activity": ({"activities": [{"name": "x", "kind": "explode"}]}, "activities[0].kind"),
    "too many activities": ({"activities": [{"name": "x"}] * 51}, "activities"),
    "machine in capitals": ({"machine": "ACME03"}, "machine"),
    "machine with a wildcard": ({"machine": "*"}, "machine"),
    "machine with a dot": ({"machine": "acme03.rzob"}, "machine"),
    "request id too long": ({"request_id": "r" * 129}, "request_id"),
    "request id with blanks": ({"request_id": "my request"}, "request_id"),
    "no request id": ({"request_id": None}, "request_id"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_field_is_named(case: str) -> None:
    changes, place = WRONG[case]
    assert places(body(**changes)) == [place]


@pytest.mark.parametrize("raw", [b"", b"{", b"null", b"[]", b"42", b"\xff", b'{"request_id": NaN}', b"[" * 5_000])
def test_body_that_is_no_request_at_all_is_refused(raw: bytes) -> None:
    assert refused(raw).request_id is None


def test_body_that_names_a_field_twice_is_refused() -> None:
    raw = body()[:-1] + b', "machine": "globex02"}'
    assert "given twice" in refused(raw).refusal.text


def test_body_of_a_megabyte_is_refused_unread() -> None:
    found = refused(body(reason="x" * 1_000_000))
    assert f"more than {LARGEST_REQUEST:,}" in found.refusal.text


def test_request_id_is_told_back_from_a_bad_request() -> None:
    assert refused(body(estimated_minutes=0)).request_id == "r-1"


def test_many_problems_are_counted_after_the_twentieth() -> None:
    raw = body(activities=[{"name": "x", "kind": "explode"}] * 45)
    problems = refused(raw).refusal.problems
    assert len(problems) == MOST_PROBLEMS
    assert problems[-1] == Problem(place="", text="and 26 more")


@each_request
def test_empty_body_is_refused_on_every_subject(entry: RequestEntry) -> None:
    found = refused(b"{}", entry.subject.replace("*", "rzob"))
    assert found.entry is entry
    assert {problem.place for problem in found.refusal.problems} >= {"request_id", "location", "machine"}


@pytest.mark.parametrize("outcomes", [{}, {"grant": "both", "refusal": "both"}])
def test_reply_has_exactly_one_outcome(outcomes: dict[str, str]) -> None:
    example = json.loads(next(entry for entry in REQUESTS if entry.reply is WindowReplyV1).example())
    grant = {"window_id": "w-1", "revision": 1, "not_before": "2026-11-25T21:00Z"}
    grant |= {"not_after": "2026-11-25T21:10Z", "must_end_by": "2026-11-25T21:35Z"}
    values = {"grant": grant, "refusal": {"code": "too_long", "text": "no"}}
    raw = {"request_id": example["request_id"], "answered_at": "2026-11-23T08:00Z"} | {k: values[k] for k in outcomes}
    with pytest.raises(ValidationError, match="where one of"):
        WindowReplyV1.model_validate_json(json.dumps(raw))
