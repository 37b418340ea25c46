"""A service with the least rights that it needs: nothing that creates, changes or deletes a stream or consumer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import nats
import pytest
from mweek_contracts.commands import ScheduleWeekV1
from mweek_messaging import apply_streams, publish_command
from mweek_outbox import OutgoingMessage, record_outgoing
from nats.aio.client import Client
from sqlmodel import Session

from tests.delivery.probe import Probe, dead_letters, note_effect, schedule_week, stored, week_cancelled
from tests.delivery.test_records import machine, publish_records
from tests.support.eventually import eventually
from tests.support.nats_server import NatsServer

USERS = """
accounts { CORE { jetstream: enabled, users: [
  { user: provisioner, password: p }
  { user: planner, password: p, permissions: {
      publish: [ "evt.>", "dead.planner.>", "$JS.API.STREAM.INFO.*",
                 "$JS.API.STREAM.MSG.GET.COMMANDS", "$JS.API.STREAM.MSG.GET.RECORDS", "$JS.API.STREAM.MSG.GET.EVENTS",
                 "$JS.API.CONSUMER.INFO.COMMANDS.planner-commands",
                 "$JS.API.CONSUMER.INFO.RECORDS.planner-records", "$JS.API.CONSUMER.INFO.EVENTS.planner-events",
                 "$JS.API.CONSUMER.MSG.NEXT.COMMANDS.planner-commands",
                 "$JS.API.CONSUMER.MSG.NEXT.RECORDS.planner-records",
                 "$JS.API.CONSUMER.MSG.NEXT.EVENTS.planner-events",
                 "$JS.ACK.COMMANDS.planner-commands.>", "$JS.ACK.*.*.COMMANDS.planner-commands.>",
                 "$JS.ACK.RECORDS.planner-records.>", "$JS.ACK.*.*.RECORDS.planner-records.>",
                 "$JS.ACK.EVENTS.planner-events.>", "$JS.ACK.*.*.EVENTS.planner-events.>" ]
      subscribe: [ "_INBOX_planner.>" ] } }
] } }
"""


@pytest.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[tuple[NatsServer, Client]]:
    """A server with users, its streams applied, and the provisioner's connection."""
    server = NatsServer(tmp_path / "guarded", more_config=USERS).start()
    connection = await nats.connect(server.url, user="provisioner", password="p")
    await apply_streams(connection)
    yield server, connection
    await connection.close()
    server.stop()


async def test_service_does_all_its_work_with_the_least_rights(
    guarded: tuple[NatsServer, Client], tmp_path: Path
) -> None:
    server, connection = guarded
    url = server.url.replace("//", "//planner:p@")
    probe = Probe(url, f"sqlite:///{tmp_path / 'least.sqlite3'}")

    def says_or_fails(session: Session, command: ScheduleWeekV1) -> None:
        if command.message_id == "poison":
            raise ValueError("no")
        note_effect(session, command.message_id)
        for _ in range(3):
            probe.voice.say(session, week_cancelled(probe.voice, command))

    probe.handlers[ScheduleWeekV1] = says_or_fails
    await publish_records(connection, [machine(number) for number in range(20)])
    async with probe.running():
        await publish_command(connection, schedule_week("s-1"))
        await publish_command(connection, schedule_week("poison"))
        await eventually(lambda: dead_letters(connection))
        await eventually(lambda: len(probe.effects()) == 21)
        await eventually(lambda: stored(connection, "EVENTS"), lambda seen: len(seen) == 4)
        assert probe.health.ready, probe.health.snapshot()
    probe.database.close()


async def test_refused_publish_turns_health_red_and_names_the_subject(
    guarded: tuple[NatsServer, Client], tmp_path: Path
) -> None:
    server, _ = guarded
    probe = Probe(server.url.replace("//", "//planner:p@"), f"sqlite:///{tmp_path / 'least.sqlite3'}")
    async with probe.running():
        with probe.database.transaction() as session:
            record_outgoing(session, OutgoingMessage("m-1", "RECORDS", "rec.customer.acme.v1", {}, b"{}"))
        part = await eventually(lambda: probe.health.snapshot()["nats-permissions"])
        assert not probe.health.alive
    assert 'publish to "rec.customer.acme.v1"' in part.detail.lower()
    probe.database.close()
