"""The outbox relay against a real server: order, batches, duplicates, crashes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import nats
import nats.errors
import pytest
from mweek_contracts.commands import ScheduleWeekV1
from mweek_messaging import follow, publish_command
from mweek_messaging.atomic_batch import publish_together
from mweek_messaging.database_watch import DatabaseWatch
from mweek_messaging.relay import OutboxRelay
from mweek_messaging.surroundings import Surroundings
from mweek_messaging.workers import Workers
from mweek_outbox import OutgoingMessage, record_many
from mweek_outbox.waiting import count_waiting, read_waiting
from nats.aio.client import Client
from sqlmodel import Session

from tests.delivery.probe import Probe, real_clock, schedule_week, stored, week_cancelled
from tests.support.eventually import eventually, never
from tests.support.nats_server import NatsServer


def event(number: int, stream: str = "EVENTS") -> OutgoingMessage:
    """Return a message for the outbox; to the relay its content is bytes."""
    subject = "evt.rzob.2026-W49.notice-sent.v1" if stream == "EVENTS" else f"rec.rzob.machine.m{number}.v1"
    return OutgoingMessage(f"m-{number}", stream, subject, {"ce-id": f"m-{number}"}, str(number).encode())


def record(probe: Probe, *messages: OutgoingMessage) -> None:
    with probe.database.transaction() as session:
        record_many(session, messages)


def waiting(probe: Probe) -> int:
    with probe.database.read() as session:
        return count_waiting(session)


def relay_of(probe: Probe, connection: Client) -> OutboxRelay:
    workers = Workers()
    watch = DatabaseWatch(probe.database, workers=workers, health=probe.health)
    around = Surroundings(connection, workers, probe.health, probe.metrics, watch)
    return OutboxRelay(probe.database, around, now=real_clock().real_now)


@asynccontextmanager
async def relaying(relay: OutboxRelay) -> AsyncIterator[None]:
    task = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def bodies(connection: Client, stream: str = "EVENTS") -> list[int]:
    return [int(received.body) for received in await stored(connection, stream)]


def published(probe: Probe, way: str) -> float:
    labels = {"service": "planner", "stream": "EVENTS", "way": way}
    return probe.metrics.registry.get_sample_value("mweek_outbox_published_total", labels) or 0


async def test_what_a_handler_says_is_published_after_its_commit_in_order(probe: Probe, connection: Client) -> None:
    def says_three(session: Session, command: ScheduleWeekV1) -> None:
        probe.voice.say_all(session, [week_cancelled(probe.voice, command, reason) for reason in ("a", "b", "c")])

    probe.handlers[ScheduleWeekV1] = says_three
    async with probe.running():
        await publish_command(connection, schedule_week())
        said = await eventually(lambda: stored(connection, "EVENTS"), lambda seen: len(seen) == 3)
    told = [received.message() for received in said]
    assert [message.reason for message in told] == ["a", "b", "c"]  # type: ignore[attr-defined]
    assert {(message.causation_id, message.correlation_id) for message in told} == {("s-1", "s-1")}
    assert said[0].headers["ce-source"] == "/mweek/planner"
    assert said[0].headers["Nats-Msg-Id"] == told[0].message_id


async def test_what_a_failed_handler_said_is_never_published(probe: Probe, connection: Client) -> None:
    def says_and_fails(session: Session, command: ScheduleWeekV1) -> None:
        probe.voice.say(session, week_cancelled(probe.voice, command, "phantom"))
        raise ValueError("broken")

    probe.handlers[ScheduleWeekV1] = says_and_fails
    async with probe.running():
        await publish_command(connection, schedule_week())
        said = await eventually(lambda: stored(connection, "EVENTS"))
    assert [received.message().message_type for received in said] == ["command-refused.v1"]


async def test_thousands_go_out_in_order_in_atomic_batches(probe: Probe, connection: Client) -> None:
    record(probe, *(event(number) for number in range(2_600)))
    async with relaying(relay_of(probe, connection)):
        await eventually(lambda: waiting(probe) == 0)
    assert await bodies(connection) == list(range(2_600))
    assert (published(probe, "batch"), published(probe, "single")) == (2_600, 0)


async def test_batches_do_not_reorder_across_streams(probe: Probe, connection: Client) -> None:
    streams = ["RECORDS", "RECORDS", "EVENTS", "EVENTS", "EVENTS", "RECORDS", "EVENTS"]
    record(probe, *(event(number, stream) for number, stream in enumerate(streams)))
    async with relaying(relay_of(probe, connection)):
        await eventually(lambda: waiting(probe) == 0)
    times = {
        int(received.body): received.stored_at
        for stream in ("EVENTS", "RECORDS")
        for received in await stored(connection, stream)
    }
    assert sorted(times, key=lambda number: times[number]) == list(range(len(streams)))


async def test_batch_with_a_message_that_was_published_before_goes_singly_and_leaves_no_second_copy(
    probe: Probe, connection: Client
) -> None:
    known = event(3)
    headers = {"Nats-Msg-Id": known.message_id}
    await connection.jetstream().publish(known.subject, known.body, stream="EVENTS", headers=headers)
    record(probe, *(event(number) for number in range(6)))
    async with relaying(relay_of(probe, connection)):
        await eventually(lambda: waiting(probe) == 0)
    assert await bodies(connection) == [3, 0, 1, 2, 4, 5]
    assert (published(probe, "batch"), published(probe, "single")) == (0, 6)


async def test_crash_between_publishing_and_marking_publishes_nothing_twice(probe: Probe, connection: Client) -> None:
    record(probe, *(event(number) for number in range(5)))
    with probe.database.read() as session:
        messages = [one.message for one in read_waiting(session, 10)]
    await publish_together(connection, messages)  # and here the process dies, before it marks them
    async with relaying(relay_of(probe, connection)):
        await eventually(lambda: waiting(probe) == 0)
    assert await bodies(connection) == [0, 1, 2, 3, 4]


async def test_commit_wakes_the_relay_at_once(
    probe: Probe, connection: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mweek_messaging.relay.POLL_SECONDS", 3600.0)
    async with relaying(relay_of(probe, connection)):
        await eventually(lambda: probe.health.snapshot().get("relay"))
        await asyncio.to_thread(record, probe, event(1))
        await eventually(lambda: waiting(probe) == 0, within=5)


async def test_message_that_another_process_recorded_is_found_by_looking(probe: Probe, connection: Client) -> None:
    other = Probe(probe.nats_url, probe.database_url)
    async with relaying(relay_of(probe, connection)):
        await eventually(lambda: probe.health.snapshot().get("relay"))
        record(other, event(1))
        await eventually(lambda: waiting(probe) == 0)
    other.database.close()


async def test_one_relay_per_database_is_at_work_and_the_next_takes_over(probe: Probe, connection: Client) -> None:
    other = Probe(probe.nats_url, probe.database_url)
    first, second = relay_of(probe, connection), relay_of(other, connection)
    async with relaying(first):
        await eventually(lambda: probe.health.snapshot().get("relay"))
        record(probe, event(1))
        assert await second.publish_waiting() == 0
        await eventually(lambda: waiting(probe) == 0)
    record(probe, event(2))
    assert await second.publish_waiting() == 1
    assert await bodies(connection) == [1, 2]
    other.database.close()


async def test_messages_wait_for_a_server_that_is_away_and_health_says_so(
    probe: Probe, applied_streams: NatsServer
) -> None:
    connection = await nats.connect(applied_streams.url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
    applied_streams.kill()
    record(probe, *(event(number) for number in range(3)))
    async with relaying(relay_of(probe, connection)):
        await eventually(lambda: not probe.health.alive)
        assert "waits in the outbox" in probe.health.snapshot()["relay"].detail
        applied_streams.start()
        await eventually(lambda: waiting(probe) == 0)
        await eventually(lambda: probe.health.alive)
    assert await bodies(connection) == [0, 1, 2]
    await connection.close()


async def test_server_killed_again_and_again_while_publishing_loses_nothing_and_keeps_order(
    probe: Probe, applied_streams: NatsServer
) -> None:
    connection = await nats.connect(applied_streams.url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
    recorded = 0
    async with relaying(relay_of(probe, connection)):
        for _ in range(2):
            record(probe, *(event(number) for number in range(recorded, recorded + 1_500)))
            recorded += 1_500
            before = waiting(probe)
            await eventually(lambda before=before: waiting(probe) < before)  # type: ignore[misc]
            applied_streams.kill()
            applied_streams.start()
        await eventually(lambda: waiting(probe) == 0, within=60)
    assert await bodies(connection) == list(range(recorded))
    await connection.close()


async def test_publishing_without_an_acknowledgement_marks_nothing(probe: Probe, connection: Client) -> None:
    record(probe, OutgoingMessage("m-1", "NOWHERE", "evt.rzob.2026-W49.notice-sent.v1", {}, b"1"))
    relay = relay_of(probe, connection)
    with pytest.raises(nats.errors.Error):
        await relay.publish_waiting()
    assert waiting(probe) == 1
    await never(lambda: bodies(connection), during=0.2)


async def test_follow_survives_a_crash_of_the_server_without_gap_or_repeat(
    probe: Probe, applied_streams: NatsServer
) -> None:
    connection = await nats.connect(applied_streams.url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
    seen: list[int] = []

    async def read() -> None:
        async for received in follow(connection, "EVENTS", until_caught_up=False):
            seen.append(int(received.body))

    reading = asyncio.create_task(read())
    async with relaying(relay_of(probe, connection)):
        record(probe, *(event(number) for number in range(100)))
        await eventually(lambda: len(seen) == 100)
        applied_streams.kill()
        record(probe, *(event(number) for number in range(100, 200)))
        applied_streams.start()
        await eventually(lambda: len(seen) >= 200, within=30)
    assert seen == list(range(200))
    reading.cancel()
    await connection.close()


async def test_record_that_was_replaced_never_comes_to_stand_after_what_replaced_it(
    probe: Probe, connection: Client, applied_streams: NatsServer
) -> None:
    subject = "rec.rzob.machine.m1.v1"
    older, newer = (OutgoingMessage(f"m-1/r{n}", "RECORDS", subject, {}, str(n).encode()) for n in (1, 2))
    await publish_together(connection, [older, newer])  # the server dies before the relay hears of it
    applied_streams.kill()
    applied_streams.start()
    record(probe, older, newer)
    async with relaying(relay_of(probe, connection)):
        await eventually(lambda: waiting(probe) == 0)
    assert await bodies(connection, "RECORDS") == [2]
