"""Good bodies of three messages, to be spoiled, and what reading them says."""

from __future__ import annotations

import json

import pytest
from mweek_contracts.reading import UnreadableMessageError, read_message

MACHINE = "rec.rzob.machine.acme03.v1"
COMMAND = "cmd.rzob.schedule-week.v1"
EVENT = "evt.rzob.2026-W49.notice-sent.v1"
SUBJECTS = (MACHINE, COMMAND, EVENT, "dead.planner.schedule-week", "rec.customer.acme.v1", "cmd.rzob.put-records.v1")

ENVELOPE = {"message_id": "m-1", "correlation_id": "m-1", "occurred_at": "2026-11-23T08:00Z"}
FIELDS = {
    MACHINE: ENVELOPE
    | {"location": "rzob", "revision": 1, "name": "acme03", "kind": "virtual", "role": "customer"}
    | {"environment": "production"},
    COMMAND: ENVELOPE | {"command_id": "c-1", "location": "rzob", "week": "2026-W49"},
    EVENT: ENVELOPE
    | {"location": "rzob", "week": "2026-W49", "notice_id": "n-1", "kind": "scheduled", "revision": 1}
    | {"plan_id": "rzob/2026-W49/r1", "contact": "ops@acme.example", "mail_message_id": "<n-1@rzob.example>"}
    | {"sent_at": "2026-11-23T08:01Z"},
}


def body(subject: str, **changes: object) -> bytes:
    """Return a good body of the subject, with some fields changed."""
    return json.dumps(FIELDS[subject] | changes).encode()


def with_text(subject: str, text: str) -> bytes:
    """Return a good body of the subject with one more member, written as it is."""
    return body(subject)[:-1] + b", " + text.encode() + b"}"


def why_not(subject: str, raw: bytes) -> list[str]:
    """Return what is wrong with a body, one sentence a problem."""
    with pytest.raises(UnreadableMessageError) as caught:
        read_message(subject, raw)
    assert caught.value.subject == subject
    return [f"{problem.place}: {problem.text}".removeprefix(": ") for problem in caught.value.problems]
