"""What a service says: the envelope, and the message as it will lie in the stream."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mweek_contracts.commands import CancelWeekV1
from mweek_contracts.events import WeekRefusedV1
from mweek_contracts.message import Message
from mweek_contracts.reading import read_message
from mweek_contracts.reasons import RefusalCode
from mweek_messaging import Voice
from mweek_outbox import open_database
from mweek_outbox.rows import OutboxRow
from mweek_outbox.waiting import read_waiting

from tests.support.ids import ReadableIds, at

NOW = at("2026-11-23T08:00Z")


def voice() -> Voice:
    return Voice(service="planner", new_id=ReadableIds("m"), now=lambda: NOW)


def command() -> CancelWeekV1:
    return CancelWeekV1(
        message_id="cause",
        correlation_id="chain",
        occurred_at=NOW - timedelta(minutes=1),
        command_id="c-1",
        location="rzob",
        week="2026-W49",
        reason="a test",
    )


def refusal(speaker: Voice, text: str = "no") -> WeekRefusedV1:
    return WeekRefusedV1(
        **speaker.envelope(command()),
        location="rzob",
        week="2026-W49",
        command_id="c-1",
        code=next(iter(RefusalCode)),
        text=text,
    )


def test_envelope_names_the_cause_and_keeps_the_chain() -> None:
    assert voice().envelope(command()) == {
        "message_id": "m-0001",
        "causation_id": "cause",
        "correlation_id": "chain",
        "occurred_at": NOW,
    }


def test_envelope_without_a_cause_begins_a_chain() -> None:
    envelope = voice().envelope(None)
    assert (envelope["causation_id"], envelope["correlation_id"]) == (None, envelope["message_id"])


def test_said_messages_wait_in_order_for_the_stream_that_the_catalogue_names() -> None:
    database = open_database("sqlite://")
    speaker = voice()
    with database.transaction() as session:
        OutboxRow.metadata.create_all(session.connection())
        speaker.say_all(session, [refusal(speaker, "first"), refusal(speaker, "second")])
        speaker.say(session, refusal(speaker, "third"))
        waiting = [one.message for one in read_waiting(session, 10)]
    database.close()
    assert [(message.message_id, message.stream) for message in waiting] == [
        ("m-0001", "EVENTS"),
        ("m-0002", "EVENTS"),
        ("m-0003", "EVENTS"),
    ]
    assert waiting[0].subject == "evt.rzob.2026-W49.week-refused.v1"
    assert waiting[0].headers["ce-source"] == "/mweek/planner"
    told = [read_message(message.subject, message.body) for message in waiting]
    assert [message.text for message in told if isinstance(message, WeekRefusedV1)] == ["first", "second", "third"]


def test_message_that_the_catalogue_does_not_know_cannot_be_said() -> None:
    class Unheard(Message):
        pass

    database = open_database("sqlite://")
    with pytest.raises(KeyError), database.transaction() as session:
        voice().say(session, Unheard(**voice().envelope(None)))
    database.close()
