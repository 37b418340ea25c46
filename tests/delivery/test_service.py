"""A running service: tickers, loops, database trouble, a server that comes and goes."""

from __future__ import annotations

import asyncio
import threading
from datetime import datetime, timedelta

import nats
import sqlalchemy as sa
from mweek_contracts.commands import ScheduleWeekV1
from mweek_contracts.streams import CONSUMERS, STREAMS
from mweek_messaging import Loop, Ticker, drift_of_streams, publish_command
from mweek_messaging.housekeeping import forget_old
from mweek_outbox import Inbox, OutgoingMessage, record_outgoing
from mweek_outbox.waiting import mark_sent, read_waiting
from nats.aio.client import Client
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from tests.delivery.probe import Probe, dead_letters, note_effect, real_clock, schedule_week
from tests.support.eventually import eventually, never
from tests.support.nats_server import NatsServer


def takes(session: Session, command: ScheduleWeekV1) -> None:
    note_effect(session, command.message_id)


async def test_service_changes_no_stream_and_no_consumer(probe: Probe, connection: Client) -> None:
    jetstream = connection.jetstream()
    streams = [(await jetstream.stream_info(spec.name)).config for spec in STREAMS]
    consumers = [(await jetstream.consumer_info(spec.stream, spec.durable)).config for spec in CONSUMERS]
    probe.handlers[ScheduleWeekV1] = takes
    async with probe.running():
        await publish_command(connection, schedule_week())
        await eventually(probe.effects)
    assert [(await jetstream.stream_info(spec.name)).config for spec in STREAMS] == streams
    assert [(await jetstream.consumer_info(spec.stream, spec.durable)).config for spec in CONSUMERS] == consumers
    assert await drift_of_streams(connection) == []
    assert [info.name for info in await jetstream.consumers_info("COMMANDS")] == [
        "inventory-commands",
        "planner-commands",
    ]


async def test_service_goes_on_after_the_server_was_killed_and_came_back(
    probe: Probe, applied_streams: NatsServer
) -> None:
    probe.handlers[ScheduleWeekV1] = takes
    async with probe.running():
        applied_streams.kill()
        await eventually(lambda: not probe.health.alive)
        assert "connects again by itself" in probe.health.snapshot()["nats"].detail
        applied_streams.start()
        connection = await nats.connect(applied_streams.url)
        await publish_command(connection, schedule_week())
        assert await eventually(probe.effects) == ["s-1"]
        await eventually(lambda: probe.health.ready)
        await connection.close()


async def test_service_that_starts_before_its_server_waits_for_it(probe: Probe, applied_streams: NatsServer) -> None:
    applied_streams.stop()
    async with probe.starting() as task:
        await eventually(lambda: not probe.health.alive)
        assert not task.done()
        applied_streams.start()
        await eventually(lambda: probe.health.ready)


async def test_service_can_be_stopped_while_it_waits_for_a_server(probe: Probe, applied_streams: NatsServer) -> None:
    applied_streams.stop()
    async with probe.starting():
        await eventually(lambda: not probe.health.alive)
    assert not probe.health.started


async def test_service_stops_in_order_while_its_server_is_away(probe: Probe, applied_streams: NatsServer) -> None:
    async with probe.running():
        applied_streams.kill()
        await eventually(lambda: not probe.health.alive)
    assert not probe.health.started


async def test_database_trouble_is_not_the_message_s_fault(probe: Probe, connection: Client) -> None:
    trouble = 5  # more often than the policy has attempts

    def troubled(session: Session, command: ScheduleWeekV1) -> None:
        nonlocal trouble
        if trouble:
            trouble -= 1
            raise OperationalError("UPDATE plan …", {}, Exception("disk I/O error"))
        takes(session, command)

    probe.handlers[ScheduleWeekV1] = troubled
    async with probe.running():
        await publish_command(connection, schedule_week())
        await eventually(lambda: not probe.health.alive)
        assert "messages wait and are not counted as failing" in probe.health.snapshot()["database"].detail
        assert await eventually(probe.effects, within=30) == ["s-1"]
        await eventually(lambda: probe.health.alive)
    assert await dead_letters(connection) == []


async def test_writer_that_blocks_the_database_delays_and_loses_nothing(probe: Probe, connection: Client) -> None:
    probe.handlers[ScheduleWeekV1] = takes
    async with probe.running():
        with probe.database.transaction() as session:
            session.connection().execute(sa.text("SELECT 1"))
            await publish_command(connection, schedule_week())
            await never(probe.effects, during=0.5)
        assert await eventually(probe.effects) == ["s-1"]


async def test_ticker_on_an_accelerated_clock_skips_no_instant_and_doubles_none(
    probe: Probe, applied_streams: NatsServer
) -> None:
    ticks: list[datetime] = []
    probe.clock = real_clock("2026-11-23T08:00Z,x3600")
    probe.tickers = [Ticker("minutes", timedelta(minutes=1), lambda session, now: ticks.append(now))]
    async with probe.running():
        await eventually(lambda: len(ticks) >= 120)
    assert ticks == [ticks[0] + number * timedelta(minutes=1) for number in range(len(ticks))]
    assert ticks[0].second == ticks[0].microsecond == 0
    assert ticks[-1] <= probe.clock.now()


async def test_ticker_that_is_slow_catches_up_without_skipping(probe: Probe, applied_streams: NatsServer) -> None:
    ticks: list[datetime] = []
    pause = threading.Event()

    def slow_at_first(session: Session, now: datetime) -> None:
        if not ticks:
            pause.wait(0.5)
        ticks.append(now)

    probe.clock = real_clock("2026-11-23T08:00Z,x600")
    probe.tickers = [Ticker("minutes", timedelta(minutes=1), slow_at_first)]
    async with probe.running():
        await eventually(lambda: len(ticks) >= 15)
    assert ticks == [ticks[0] + number * timedelta(minutes=1) for number in range(len(ticks))]


async def test_ticker_that_fails_is_rolled_back_tried_again_and_red_meanwhile(
    probe: Probe, applied_streams: NatsServer
) -> None:
    seen: list[datetime] = []

    def fails_once(session: Session, now: datetime) -> None:
        note_effect(session, now.isoformat())
        seen.append(now)
        if len(seen) == 1:
            raise ValueError("not yet")

    probe.tickers = [Ticker("seconds", timedelta(seconds=1), fails_once)]
    async with probe.running():
        await eventually(lambda: "ticker:seconds" in probe.health.snapshot() and not probe.health.alive)
        assert "ValueError: not yet" in probe.health.snapshot()["ticker:seconds"].detail
        await eventually(lambda: len(probe.effects()) >= 2 and probe.health.alive)
    assert seen[0] == seen[1]
    assert len(set(probe.effects())) == len(probe.effects())


async def test_loop_that_fails_begins_anew_and_is_cancelled_at_the_end(
    probe: Probe, applied_streams: NatsServer
) -> None:
    began: list[str] = []
    ended = asyncio.Event()

    async def fails_once() -> None:
        began.append("run")
        if len(began) == 1:
            raise ValueError("no mail server")
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    probe.loops = [Loop("sender", fails_once)]
    async with probe.running():
        await eventually(lambda: not probe.health.alive)
        assert "ValueError: no mail server" in probe.health.snapshot()["loop:sender"].detail
        await eventually(lambda: len(began) == 2)
    assert ended.is_set()


async def test_handler_that_takes_longer_than_the_server_waits_is_not_given_to_another_instance(
    probe: Probe, connection: Client
) -> None:
    pause = threading.Event()

    def slow(session: Session, command: ScheduleWeekV1) -> None:
        pause.wait(2.5)
        takes(session, command)

    jetstream = connection.jetstream()
    config = (await jetstream.consumer_info("COMMANDS", "planner-commands")).config
    await jetstream.add_consumer("COMMANDS", config.evolve(name="planner-commands", ack_wait=1.0))
    other = Probe(probe.nats_url, probe.database_url)
    probe.handlers[ScheduleWeekV1] = other.handlers[ScheduleWeekV1] = slow
    async with probe.running(), other.running():
        await publish_command(connection, schedule_week())
        await eventually(probe.effects)
        await eventually(lambda: probe.counted("done") + other.counted("done") == 1)
    assert (probe.counted("duplicate"), other.counted("duplicate")) == (0, 0)
    assert (await jetstream.consumer_info("COMMANDS", "planner-commands")).num_redelivered == 0
    other.database.close()


async def test_what_nobody_asks_for_any_more_is_forgotten(probe: Probe, applied_streams: NatsServer) -> None:
    now = probe.clock.real_now()
    inbox = Inbox(now=lambda: now)
    sent = {"EVENTS": 89, "EVENTS-old": 91, "RECORDS": 6, "RECORDS-old": 8}
    with probe.database.transaction() as session:
        for name, days in sent.items():
            stream = name.removesuffix("-old")
            record_outgoing(session, OutgoingMessage(name, stream, "evt.x", {}, b""))
            mark_sent(session, read_waiting(session, 1), now - timedelta(days=days))
        record_outgoing(session, OutgoingMessage("waiting", "EVENTS", "evt.x", {}, b""))
        inbox.first_time(session, message_id="m-1", body=b"")
    assert forget_old(probe.database, inbox, now) == 2
    assert forget_old(probe.database, inbox, now + timedelta(days=181)) == 3
    with probe.database.read() as session:
        assert [one.message.message_id for one in read_waiting(session, 10)] == ["waiting"]


async def test_two_services_in_one_process_do_not_disturb_each_other(probe: Probe, connection: Client) -> None:
    other = Probe(probe.nats_url, probe.database_url + "-other")
    probe.handlers[ScheduleWeekV1] = takes
    other.handlers[ScheduleWeekV1] = takes
    async with probe.running(), other.running():
        for number in range(10):
            await publish_command(connection, schedule_week(f"s-{number}"))
        await eventually(lambda: len(probe.effects()) + len(other.effects()) == 10)
    assert set(probe.effects()).isdisjoint(other.effects())
    other.database.close()
