"""What shows that a stream went back, told from values alone."""

from __future__ import annotations

from datetime import timedelta

from mweek_messaging.guard import regression
from mweek_outbox import StreamPosition
from nats.js.api import ConsumerConfig, ConsumerInfo, SequenceInfo

from tests.support.ids import at

CREATED = at("2026-11-23T08:00Z")


def consumer(delivered: int) -> ConsumerInfo:
    place = SequenceInfo(consumer_seq=delivered, stream_seq=delivered)
    return ConsumerInfo("planner-commands", "COMMANDS", ConsumerConfig(), CREATED, delivered=place, ack_floor=place)


def test_first_look_at_a_stream_finds_nothing() -> None:
    assert regression(None, StreamPosition(CREATED, 0), [consumer(0)]) is None


def test_stream_that_stands_or_grows_did_not_go_back() -> None:
    seen = StreamPosition(CREATED, 10)
    for sequence in (10, 11, 5_000):
        assert regression(seen, StreamPosition(CREATED, sequence), [consumer(10)]) is None


def test_stream_that_ends_earlier_went_back() -> None:
    found = regression(StreamPosition(CREATED, 800), StreamPosition(CREATED, 500), [consumer(400)])
    assert found == "had reached 800 and now ends at 500"


def test_stream_created_again_went_back_even_when_it_is_longer() -> None:
    anew = StreamPosition(CREATED + timedelta(hours=1), 900)
    found = regression(StreamPosition(CREATED, 800), anew, [consumer(0)])
    assert found == "was created 2026-11-23 08:00:00Z and now 2026-11-23 09:00:00Z"


def test_consumer_ahead_of_its_stream_shows_it_to_a_service_that_never_looked_before() -> None:
    found = regression(None, StreamPosition(CREATED, 500), [consumer(500), consumer(800)])
    assert found == "ends at 500 and its consumer planner-commands is ahead of it, at 800"
