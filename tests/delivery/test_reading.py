"""Clients that publish and follow, against a real server."""

from __future__ import annotations

import asyncio

import nats
import pytest
from mweek_contracts.events import WeekCancelledV1
from mweek_contracts.message import Message
from mweek_contracts.reading import UnreadableMessageError
from mweek_messaging import NotAcknowledgedError, Received, Voice, follow, publish, publish_command
from mweek_messaging.atomic_batch import publish_together
from mweek_messaging.bus_reader import _Cursor
from mweek_outbox import OutgoingMessage
from nats.aio.client import Client

from tests.delivery.probe import real_clock, schedule_week, stored, week_cancelled
from tests.support.cut_line import line_that_breaks
from tests.support.eventually import eventually
from tests.support.ids import ReadableIds
from tests.support.nats_server import NatsServer

VOICE = Voice(service="planner", new_id=ReadableIds("m"), now=real_clock().now)


def event(reason: str = "a test") -> Message:
    """Return an event with an id of its own."""
    return week_cancelled(VOICE, schedule_week(), reason)


async def say(connection: Client, *reasons: str) -> None:
    for reason in reasons:
        await publish(connection, event(reason), source="planner")


def reason_of(received: Received) -> str:
    message = received.message()
    assert isinstance(message, WeekCancelledV1)
    return message.reason


async def test_published_message_lies_in_its_stream_with_cloudevents_headers(connection: Client) -> None:
    said = event()
    assert await publish(connection, said, source="planner") == 1
    [received] = await stored(connection, "EVENTS")
    assert (received.subject, received.sequence, received.message()) == (said.subject, 1, said)
    assert received.headers["ce-source"] == "/mweek/planner"
    assert received.headers["ce-type"] == "mweek.week-cancelled.v1"
    assert received.stored_at.tzinfo is not None


async def test_published_command_says_that_an_administrator_asks(connection: Client) -> None:
    assert await publish_command(connection, schedule_week()) == 1
    lies = await connection.jetstream().get_msg("COMMANDS", 1)
    assert (lies.subject, lies.data) == ("cmd.rzob.schedule-week.v1", schedule_week().body())
    assert lies.headers
    assert lies.headers["ce-source"] == "/mweek/administrator"


async def test_publishing_again_is_the_same_message(connection: Client) -> None:
    assert [await publish_command(connection, schedule_week()) for _ in range(3)] == [1, 1, 1]


async def test_publishing_without_streams_says_what_to_run(nats_server: NatsServer) -> None:
    connection = await nats.connect(nats_server.url)
    with pytest.raises(NotAcknowledgedError, match="there is no stream COMMANDS; run `mweek-streams apply`"):
        await publish_command(connection, schedule_week())
    await connection.close()


async def test_publishing_to_a_server_that_does_not_answer_says_that_repeating_is_safe(
    connection: Client, applied_streams: NatsServer
) -> None:
    applied_streams.pause()
    with pytest.raises(NotAcknowledgedError, match="publish it again, the same message_id makes it one message"):
        await publish(connection, schedule_week(), source="test", timeout=0.3)
    applied_streams.resume()
    assert await publish(connection, schedule_week(), source="test") == 1


async def test_following_until_caught_up_ends_on_an_empty_stream(connection: Client) -> None:
    assert await stored(connection, "EVENTS") == []


async def test_following_filters_by_subject_and_begins_after_a_sequence(connection: Client) -> None:
    jetstream = connection.jetstream()
    for number in range(6):
        week = "2026-W50" if number % 2 else "2026-W49"
        await jetstream.publish(f"evt.rzob.{week}.week-cancelled.v1", b"{}", stream="EVENTS")
    only_w49 = follow(connection, "EVENTS", ["evt.rzob.2026-W49.>"], until_caught_up=True)
    assert [received.sequence async for received in only_w49] == [1, 3, 5]
    later = follow(connection, "EVENTS", until_caught_up=True, after_sequence=4)
    assert [received.sequence async for received in later] == [5, 6]
    nothing = follow(connection, "EVENTS", ["evt.whq.>"], until_caught_up=True)
    assert [received async for received in nothing] == []


async def test_following_goes_on_with_what_is_published_meanwhile(connection: Client) -> None:
    await say(connection, "a")
    seen: list[str] = []

    async def read() -> None:
        async for received in follow(connection, "EVENTS", until_caught_up=False):
            seen.append(reason_of(received))

    reading = asyncio.create_task(read())
    await eventually(lambda: seen == ["a"])
    await say(connection, "b", "c", "d")
    await eventually(lambda: seen == ["a", "b", "c", "d"])
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


async def test_following_over_a_line_that_breaks_has_no_gap_and_no_repeat(
    connection: Client, applied_streams: NatsServer
) -> None:
    outgoing = [
        OutgoingMessage(f"m-{number}", "EVENTS", "evt.rzob.2026-W49.notice-sent.v1", {}, b"%06d" % number + b"x" * 500)
        for number in range(2_000)
    ]
    for start in range(0, len(outgoing), 500):
        await publish_together(connection, outgoing[start : start + 500])
    port = int(applied_streams.url.rpartition(":")[2])
    async with line_that_breaks(port, after_bytes=300_000, times=3) as broken_port:
        url = f"nats://127.0.0.1:{broken_port}"
        far = await nats.connect(url, max_reconnect_attempts=-1, reconnect_time_wait=0.05)
        following = follow(far, "EVENTS", until_caught_up=True)
        numbers = [int(received.body[:6]) async for received in following]
        await far.close()
    assert numbers == list(range(2_000))


async def test_following_begins_later_when_the_server_does_not_answer_at_first(
    connection: Client, applied_streams: NatsServer
) -> None:
    await say(connection, "first")
    cursor = _Cursor(connection.jetstream(timeout=0.3), "EVENTS", (), 0)
    applied_streams.pause()
    assert await cursor.read() == []
    applied_streams.resume()
    read = await eventually(cursor.read)
    assert [reason_of(received) for received in read] == ["first"]
    await cursor.close()


async def test_following_takes_nothing_away_and_leaves_no_consumer(connection: Client) -> None:
    await say(connection, "a")
    before = [info.name for info in await connection.jetstream().consumers_info("EVENTS")]
    assert len(await stored(connection, "EVENTS")) == len(await stored(connection, "EVENTS")) == 1
    assert [info.name for info in await connection.jetstream().consumers_info("EVENTS")] == before


async def test_work_queue_cannot_be_followed_and_says_why(connection: Client) -> None:
    await publish_command(connection, schedule_week())
    with pytest.raises(ValueError, match=r"the stream COMMANDS cannot be followed: .*workqueue"):
        await stored(connection, "COMMANDS")


async def test_following_a_stream_that_is_not_there_says_what_to_run(nats_server: NatsServer) -> None:
    connection = await nats.connect(nats_server.url)
    with pytest.raises(LookupError, match="there is no stream EVENTS; run `mweek-streams apply`"):
        await stored(connection, "EVENTS")
    await connection.close()


async def test_unreadable_message_is_received_and_says_what_is_wrong_when_read(connection: Client) -> None:
    await connection.jetstream().publish("evt.rzob.2026-W49.week-cancelled.v1", b"{}", stream="EVENTS")
    [received] = await stored(connection, "EVENTS")
    assert received.body == b"{}"
    with pytest.raises(UnreadableMessageError, match="message_id"):
        received.message()
