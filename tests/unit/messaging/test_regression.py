"""What shows that a stream went back, told from values alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from mweek_contracts.streams import COMMANDS, DEAD, EVENTS, RECORDS, STREAMS, StreamSpec
from mweek_messaging.regression import Loss, Mark, Regression, consumer_ahead, regression_of
from mweek_messaging.stream_state import StreamState
from mweek_outbox.streams import StoredMessage, StreamSeen
from nats.js.api import ConsumerConfig, ConsumerInfo, SequenceInfo

from tests.support.ids import at

CREATED = at("2026-11-23T08:00Z")
LAST = StoredMessage(subject="evt.rzob.2026-W49.week-scheduled.v1", stored_at=at("2026-11-23T09:00Z"))
SEEN = StreamSeen(
    created_at=CREATED,
    last_sequence=800,
    last_message=LAST,
    first_sequence=1,
    first_stored_at=CREATED,
    messages=800,
    holes=0,
)


def now(**changes: Any) -> StreamState:
    given: dict[str, Any] = {
        "created_at": CREATED,
        "first_sequence": 1,
        "first_stored_at": CREATED,
        "last_sequence": 800,
        "messages": 800,
        "subjects": 800,
        "holes": 0,
        "asked_at": at("2026-11-24T08:00Z"),
    }
    return StreamState(**given | changes)


def cut(spec: StreamSpec, present: StreamState, mark: Mark | None = None, seen: StreamSeen = SEEN) -> str | None:
    """Return the sentence about a cut, None where nothing shows."""
    found = regression_of(spec, seen, present, mark)
    assert found is None or found.loss is Loss.CUT
    return found.sentence if found else None


def consumer(delivered: int) -> ConsumerInfo:
    place = SequenceInfo(consumer_seq=delivered, stream_seq=delivered)
    return ConsumerInfo("planner-commands", "COMMANDS", ConsumerConfig(), CREATED, delivered=place, ack_floor=place)


@pytest.mark.parametrize("spec", STREAMS, ids=lambda spec: spec.name)
@pytest.mark.parametrize("end", [800, 801, 5_000])
def test_stream_that_stands_or_grows_did_not_go_back(spec: StreamSpec, end: int) -> None:
    grown = now(last_sequence=end, messages=end, subjects=end)
    assert cut(spec, grown, Mark(LAST)) is None


@pytest.mark.parametrize("spec", STREAMS, ids=lambda spec: spec.name)
def test_stream_that_ends_earlier_went_back(spec: StreamSpec) -> None:
    assert cut(spec, now(last_sequence=500)) == "had reached 800 and now ends at 500"


def test_stream_created_again_went_back_even_when_it_is_longer() -> None:
    anew = now(created_at=CREATED + timedelta(hours=1), last_sequence=900)
    assert regression_of(EVENTS, SEEN, anew, None) == Regression(
        Loss.MADE_ANEW, "was created 2026-11-23 08:00:00Z and now 2026-11-23 09:00:00Z"
    )


@pytest.mark.parametrize("spec", STREAMS, ids=lambda spec: spec.name)
def test_other_message_where_the_last_one_was_shows_it_though_the_stream_has_grown_past_it(spec: StreamSpec) -> None:
    other = Mark(replace(LAST, stored_at=at("2026-11-24T07:00Z")))
    found = cut(spec, now(last_sequence=950, messages=950, subjects=950), other)
    assert found == "has another message at 800, of 2026-11-24 07:00:00Z instead of 2026-11-23 09:00:00Z"


def test_last_message_that_is_gone_shows_it_unless_it_was_its_time_to_go() -> None:
    assert cut(EVENTS, now(), Mark(None)) == "has no message at 800 any more"
    ninety_days_on = now(first_sequence=801, asked_at=LAST.stored_at + timedelta(days=90))
    assert cut(EVENTS, ninety_days_on, Mark(None)) is None


def test_record_that_is_gone_shows_it_unless_a_later_one_has_replaced_it() -> None:
    assert cut(RECORDS, now(), Mark(None, 790)) == (
        f"has no message at 800 any more, nor a later one of {LAST.subject}"
    )
    assert cut(RECORDS, now(), Mark(None, None)) is not None
    assert cut(RECORDS, now(last_sequence=803), Mark(None, 803)) is None


@pytest.mark.parametrize("spec", [COMMANDS, DEAD], ids=lambda spec: spec.name)
def test_message_that_was_done_or_dropped_shows_nothing(spec: StreamSpec) -> None:
    assert cut(spec, now(messages=0, first_sequence=801, subjects=0, holes=799), Mark(None)) is None


def test_hole_in_events_shows_it_and_one_that_was_known_does_not() -> None:
    damaged = now(messages=790, holes=10)
    assert cut(EVENTS, damaged) == "lacks 10 messages between 1 and 800"
    assert cut(EVENTS, damaged, seen=replace(SEEN, holes=10)) is None
    assert cut(EVENTS, damaged, seen=replace(SEEN, holes=None)) is None, "before the upgrade nobody counted"


def test_events_that_lack_their_beginning_show_it_unless_it_was_its_time_to_go() -> None:
    headless = now(first_sequence=21, messages=780)
    assert cut(EVENTS, headless) == "began at 1 and now at 21, before it was time"
    assert cut(EVENTS, replace(headless, asked_at=CREATED + timedelta(days=90))) is None


def test_record_that_no_subject_has_any_more_shows_it() -> None:
    assert cut(RECORDS, now(messages=795, subjects=795)) == "had the last messages of 800 subjects and now has 795"
    assert cut(RECORDS, now(messages=795, subjects=800)) == "had the last messages of 800 subjects and now has 795"


def test_holes_are_the_nature_of_records() -> None:
    assert cut(RECORDS, now(last_sequence=5_000, first_sequence=700, holes=3_500)) is None


def test_consumer_ahead_of_its_stream_shows_it_to_a_service_that_never_looked_before() -> None:
    present = now(last_sequence=500)
    assert consumer_ahead(present, [consumer(500)]) is None
    assert consumer_ahead(present, [consumer(500), consumer(800)]) == Regression(
        Loss.CUT, "ends at 500 and its consumer planner-commands is ahead of it, at 800"
    )
