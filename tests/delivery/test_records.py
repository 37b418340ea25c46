"""Records read in bulk from a real server: poison, redelivery, position, lag."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from mweek_contracts.commands import ScheduleWeekV1
from mweek_contracts.fleet import Environment, Kind
from mweek_contracts.records import MachineV1, Record
from mweek_contracts.windows import RecordsPosition
from mweek_messaging import Postponed, publish_command, records_position
from mweek_messaging.atomic_batch import publish_together
from mweek_outbox import OutgoingMessage
from nats.aio.client import Client
from sqlmodel import Session

from tests.delivery.probe import Probe, dead_letters, note_effect, schedule_week
from tests.support.eventually import eventually
from tests.support.nats_server import NatsServer


def machine(number: int, revision: int = 1) -> MachineV1:
    return MachineV1(
        message_id=f"m{number:04d}-r{revision}",
        correlation_id="import-1",
        occurred_at=datetime(2026, 11, 20, tzinfo=UTC),
        location="rzob",
        name=f"m{number:04d}",
        kind=Kind.VIRTUAL,
        role="customer",
        environment=Environment.PRODUCTION,
        revision=revision,
    )


async def publish_records(connection: Client, records: Sequence[Record]) -> None:
    outgoing = [
        OutgoingMessage(record.message_id, "RECORDS", record.subject, record.headers("inventory"), record.body())
        for record in records
    ]
    for start in range(0, len(outgoing), 500):
        await publish_together(connection, outgoing[start : start + 500])


def position(probe: Probe) -> RecordsPosition | None:
    with probe.database.read() as session:
        return records_position(session)


def reached(probe: Probe) -> int:
    found = position(probe)
    return found.sequence if found else 0


async def test_thousands_of_records_are_applied_and_the_position_is_the_end_of_the_stream(
    probe: Probe, connection: Client
) -> None:
    records = [machine(number) for number in range(2_300)]
    await publish_records(connection, records)
    async with probe.running():
        await eventually(lambda: reached(probe), lambda seen: seen == 2_300)
    assert probe.effects() == [record.message_id for record in records]
    created = (await connection.jetstream().stream_info("RECORDS")).created
    assert position(probe) == RecordsPosition(stream_created_at=created, sequence=2_300)


async def test_positions_told_to_the_service_never_go_back(probe: Probe, connection: Client) -> None:
    told: list[int] = []

    def apply(session: Session, records: Sequence[Record], position: RecordsPosition) -> None:
        told.append(position.sequence)

    probe.apply_records = apply
    async with probe.running():
        for start in range(0, 60, 20):
            await publish_records(connection, [machine(number) for number in range(start, start + 20)])
            await eventually(lambda start=start: reached(probe) == start + 20)  # type: ignore[misc]
    assert told == sorted(told)
    assert told[-1] <= 60


async def test_unreadable_records_go_to_the_dead_letters_and_all_others_apply(probe: Probe, connection: Client) -> None:
    jetstream = connection.jetstream()
    for number in range(10):
        await publish_records(connection, [machine(number)])
        await jetstream.publish(f"rec.rzob.machine.broken{number}.v1", b'{"name": 7}', stream="RECORDS")
    async with probe.running():
        await eventually(lambda: reached(probe), lambda seen: seen == 20)
    assert len(probe.effects()) == 10
    letters = await dead_letters(connection)
    assert {letter.original_subject for letter in letters} == {f"rec.rzob.machine.broken{n}.v1" for n in range(10)}
    assert all("message_id" in letter.reason for letter in letters)


async def test_record_that_the_service_cannot_apply_is_put_aside_alone(probe: Probe, connection: Client) -> None:
    def apply(session: Session, records: Sequence[Record], position: RecordsPosition) -> None:
        for record in records:
            if isinstance(record, MachineV1) and record.name == "m0003":
                raise ValueError("a role that nobody has heard of")
        probe.note_records(session, records, position)

    probe.apply_records = apply
    await publish_records(connection, [machine(number) for number in range(6)])
    async with probe.running():
        [letter] = await eventually(lambda: dead_letters(connection))
        await eventually(lambda: reached(probe), lambda seen: seen == 6)
    assert sorted(probe.effects()) == [f"m{number:04d}-r1" for number in (0, 1, 2, 4, 5)]
    assert (letter.original_subject, letter.attempts) == ("rec.rzob.machine.m0003.v1", 3)
    assert letter.reason == "ValueError: a role that nobody has heard of"


async def test_position_waits_for_a_record_that_was_delivered_to_a_process_that_died(
    probe: Probe, connection: Client
) -> None:
    await publish_records(connection, [machine(0)])
    async with probe.running():  # a service that has applied nothing yet would first wait for all there is
        await eventually(lambda: reached(probe), lambda seen: seen == 1)
    await shorten_ack_wait(connection, 5.0)
    await publish_records(connection, [machine(number) for number in range(1, 11)])
    taken = await connection.jetstream().pull_subscribe_bind("planner-records", "RECORDS")
    held = await taken.fetch(3)

    async def all_but_those_are_applied() -> bool:
        for message in held:  # their process still lives, however slow this machine is today
            await message.in_progress()
        return len(probe.effects()) == 8

    async with probe.running():
        await eventually(all_but_those_are_applied)  # and here it dies
        assert reached(probe) == 1
        assert await lag(probe) >= 3
        await eventually(lambda: reached(probe), lambda seen: seen == 11)
        assert await lag(probe) == 0
    assert len(set(probe.effects())) == 11


async def shorten_ack_wait(connection: Client, seconds: float) -> None:
    """Have the server deliver again soon what was not acknowledged; the contracts' ten seconds are long to wait for."""
    jetstream = connection.jetstream()
    config = (await jetstream.consumer_info("RECORDS", "planner-records")).config
    await jetstream.add_consumer("RECORDS", config.evolve(name="planner-records", ack_wait=seconds))


async def lag(probe: Probe) -> int:
    return await asyncio.to_thread(probe.records_lag)


async def test_two_readers_share_the_records_and_apply_each_once(probe: Probe, connection: Client) -> None:
    other = Probe(probe.nats_url, probe.database_url)
    async with probe.running(), other.running():
        await publish_records(connection, [machine(number) for number in range(3_000)])
        await eventually(lambda: reached(probe), lambda seen: seen == 3_000, within=30)
        await eventually(lambda: lag(other), lambda seen: seen == 0)
    assert len(probe.effects()) == len(set(probe.effects())) == 3_000
    other.database.close()


async def test_command_waits_until_all_records_are_applied(probe: Probe, connection: Client) -> None:
    seen_by_command: list[int] = []

    def plan(session: Session, command: ScheduleWeekV1) -> None:
        if probe.records_lag():
            raise Postponed("records")
        found = records_position(session)
        seen_by_command.append(found.sequence if found else 0)
        note_effect(session, command.message_id, "planned")

    probe.handlers[ScheduleWeekV1] = plan
    await publish_records(connection, [machine(number) for number in range(1_200)])
    await publish_command(connection, schedule_week())
    async with probe.running():
        await eventually(lambda: "planned" in probe.notes())
    assert seen_by_command == [1_200]


async def test_handler_that_cannot_ask_for_the_lag_waits_uncounted(
    probe: Probe, connection: Client, applied_streams: NatsServer
) -> None:
    asked = 0

    def plan(session: Session, command: ScheduleWeekV1) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            applied_streams.pause()
        try:
            assert probe.records_lag() == 0
        finally:
            applied_streams.resume()
        note_effect(session, command.message_id, "planned")

    probe.handlers[ScheduleWeekV1] = plan
    async with probe.running():
        await publish_command(connection, schedule_week())
        await eventually(lambda: "planned" in probe.notes())
    assert (asked, probe.counted("postponed"), probe.counted("failed")) == (2, 1, 0)


async def test_lag_is_unknown_before_the_service_runs(probe: Probe) -> None:
    with pytest.raises(RuntimeError, match="only while run_service runs"):
        probe.records_lag()
