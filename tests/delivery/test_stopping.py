"""A service that stops takes nothing with it: what it neither finished nor began is with its stream again at once."""

from __future__ import annotations

import asyncio

from mweek_contracts.commands import ScheduleWeekV1
from mweek_messaging import publish_command
from nats.aio.client import Client
from sqlmodel import Session

from tests.delivery.probe import Probe, note_effect, schedule_week
from tests.delivery.test_records import lag, machine, publish_records
from tests.support.eventually import eventually, pause
from tests.support.misfortune import Misfortune
from tests.support.patience import wait_for_ever

STOPS = 12
COMMANDS = 300


def takes(session: Session, command: ScheduleWeekV1) -> None:
    note_effect(session, command.message_id)


async def test_commands_that_arrive_while_a_service_stops_are_there_when_it_starts_again(
    probe: Probe, connection: Client
) -> None:
    await wait_for_ever(connection, "COMMANDS")
    misfortune = Misfortune()
    names = [f"s-{number}" for number in range(COMMANDS)]

    async def publish_all() -> None:
        for name in names:
            await publish_command(connection, schedule_week(name))

    probe.handlers[ScheduleWeekV1] = takes
    publishing = asyncio.create_task(publish_all())
    for _ in range(STOPS):
        async with probe.running():
            await pause(misfortune.seconds(0.1))
    async with probe.running():
        await publishing
        await eventually(lambda: len(probe.effects()) >= COMMANDS)
    assert probe.effects() == names


async def test_records_that_arrive_while_a_service_stops_are_there_when_it_starts_again(
    probe: Probe, connection: Client
) -> None:
    await wait_for_ever(connection, "RECORDS")
    misfortune = Misfortune()

    async def publish_all() -> None:
        for number in range(COMMANDS):
            await publish_records(connection, [machine(number)])

    publishing = asyncio.create_task(publish_all())
    for _ in range(STOPS):
        async with probe.running():
            await pause(misfortune.seconds(0.1))
    async with probe.running():
        await publishing
        await eventually(lambda: lag(probe), lambda waiting: waiting == 0)
    assert sorted(set(probe.effects())) == [machine(number).message_id for number in range(COMMANDS)]
