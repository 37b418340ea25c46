"""Streams are brought back from outboxes: at their end, or anew; once, in order, and whatever the server remembers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nats
import pytest
from mweek_contracts.commands import ScheduleWeekV1
from mweek_contracts.streams import EVENTS
from mweek_messaging import apply_streams, publish_command
from mweek_messaging.atomic_batch import publish_together
from mweek_messaging.guard import StreamGuard, Verdict
from mweek_messaging.rebuild.mending import make_anew
from mweek_messaging.rebuild.present import id_of, read_all
from mweek_messaging.rebuild.run import Rebuild
from mweek_messaging.rebuild.safety_copy import SafetyCopy
from mweek_messaging.rebuild.steps import CHANGES, Step
from mweek_messaging.voice import outgoing
from mweek_messaging.workers import Workers
from mweek_outbox import Database, OutgoingMessage, open_database, record_many
from mweek_outbox.streams import StreamSeen, remember_seen
from mweek_outbox.waiting import mark_sent, read_waiting
from nats.aio.client import Client

from tests.delivery.probe import Probe, create_tables, note_effect, schedule_week, stored, week_cancelled
from tests.delivery.test_records import machine
from tests.support.eventually import eventually
from tests.support.nats_server import NatsServer


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Database]:
    """The database of an inventory that does not run."""
    database = open_database(f"sqlite:///{tmp_path / 'inventory.sqlite3'}")
    create_tables(database)
    yield database
    database.close()


def said(probe: Probe, count: int) -> list[OutgoingMessage]:
    """Return events as the planner says them."""
    return [
        outgoing(week_cancelled(probe.voice, schedule_week(f"s-{number}"), f"reason {number}"), source="planner")
        for number in range(count)
    ]


async def publish_all(connection: Client, database: Database, messages: Sequence[OutgoingMessage]) -> None:
    """Record messages, publish them, and remember that they were sent, as a relay does."""
    with database.transaction() as session:
        record_many(session, messages)
        await publish_together(connection, messages)
        mark_sent(session, read_waiting(session, len(messages)), datetime.now(UTC))


async def leave_only(connection: Client, messages: Sequence[OutgoingMessage]) -> None:
    """Let EVENTS be another stream that has only these messages."""
    await make_anew(connection, EVENTS, replicas=1)
    for message in messages:
        await publish_together(connection, [message])


async def ids_in(connection: Client, stream: str = "EVENTS") -> list[str]:
    return [id_of(one.headers, one.body) async for one in read_all(connection, stream)]


async def rebuild(connection: Client, databases: dict[str, Database], **options: Any) -> list[Step]:
    """Run a rebuild and return its steps."""
    steps: list[Step] = []

    async def nothing_to_say() -> None:
        return

    given: dict[str, Any] = {"say_records_again": nothing_to_say, "run_id": "run-1"}
    await Rebuild(
        connection=connection, databases=databases, now=lambda: datetime.now(UTC), say=steps.append, **given | options
    ).run()
    return steps


def changes(steps: Sequence[Step]) -> list[str]:
    return [step.sentence for step in steps if step.kind in CHANGES]


def ids_of(messages: Sequence[OutgoingMessage]) -> list[str]:
    return [message.message_id for message in messages]


async def test_lost_end_is_published_again_behind_what_is_there_and_only_once(probe: Probe, connection: Client) -> None:
    messages = said(probe, 5)
    await publish_all(connection, probe.database, messages)
    await leave_only(connection, messages[:2])
    created = (await connection.jetstream().stream_info("EVENTS")).created

    [first, *_] = changes(await rebuild(connection, {"planner": probe.database}))
    again = changes(await rebuild(connection, {"planner": probe.database}, run_id="run-2"))

    assert first == "EVENTS lacks 3 messages (3 of the planner): these are published again, in order"
    assert again == []
    assert await ids_in(connection) == ids_of(messages)
    assert (await connection.jetstream().stream_info("EVENTS")).created == created


async def test_dry_run_says_what_is_missing_and_changes_nothing(probe: Probe, connection: Client) -> None:
    messages = said(probe, 3)
    await publish_all(connection, probe.database, messages)
    await leave_only(connection, messages[:2])

    [first, *_] = changes(await rebuild(connection, {"planner": probe.database}, dry_run=True))

    assert first.startswith("EVENTS lacks 1 messages")
    assert await ids_in(connection) == ids_of(messages[:2])


async def test_gap_before_what_was_published_since_is_closed_by_writing_all_of_it_anew(
    probe: Probe, connection: Client
) -> None:
    messages, foreign = said(probe, 5), outgoing(week_cancelled(probe.voice, schedule_week()), source="auditor")
    await publish_all(connection, probe.database, messages)
    await leave_only(connection, [messages[0], foreign, messages[4]])

    [first, *_] = changes(await rebuild(connection, {"planner": probe.database}))

    assert "written anew as a whole" in first
    present = await ids_in(connection)
    assert [one for one in present if one != foreign.message_id] == ids_of(messages)
    assert foreign.message_id in present, "nobody's database had it"
    assert changes(await rebuild(connection, {"planner": probe.database}, run_id="run-2")) == []
    assert [info.config.name for info in await connection.jsm().streams_info() if "REBUILD" in info.config.name] == []


async def test_rebuild_that_died_half_way_is_finished_by_the_next(probe: Probe, connection: Client) -> None:
    messages, foreign = said(probe, 4), outgoing(week_cancelled(probe.voice, schedule_week()), source="auditor")
    await publish_all(connection, probe.database, messages)
    await leave_only(connection, [messages[0], foreign, messages[3]])
    await SafetyCopy(connection, "EVENTS").keep(set(ids_of(messages)), "died")
    await make_anew(connection, EVENTS, replicas=1)
    await publish_together(connection, messages[:2])

    await rebuild(connection, {"planner": probe.database})

    present = await ids_in(connection)
    assert [one for one in present if one != foreign.message_id] == ids_of(messages)
    assert present.count(foreign.message_id) == 1


async def test_message_whose_id_the_server_still_knows_is_stored_all_the_same(probe: Probe, connection: Client) -> None:
    messages = said(probe, 2)
    letters = [replace(message, stream="DEAD", subject="dead.planner.x") for message in messages]
    await publish_all(connection, probe.database, letters)
    await connection.jsm().delete_msg("DEAD", 2)
    repeated = await connection.jetstream().publish(
        "dead.planner.x", b"", headers={"Nats-Msg-Id": letters[1].message_id}
    )
    assert repeated.duplicate, "else this test shows nothing"
    state = await connection.jetstream().stream_info("DEAD")
    assert state.created
    with probe.database.transaction() as session:  # a loss, else it counts as dropped by an operator
        remember_seen(session, "DEAD", StreamSeen(created_at=state.created, last_sequence=99))

    await rebuild(connection, {"planner": probe.database})

    assert await ids_in(connection, "DEAD") == ids_of(messages)


async def test_dead_letter_that_an_operator_dropped_stays_dropped(probe: Probe, connection: Client) -> None:
    letters = [OutgoingMessage("dead-1", "DEAD", "dead.planner.x", {}, b"{}")]
    await publish_all(connection, probe.database, letters)
    await connection.jsm().delete_msg("DEAD", 1)

    assert changes(await rebuild(connection, {"planner": probe.database})) == []
    assert await stored(connection, "DEAD") == []


async def test_records_wait_for_the_inventory_where_its_database_is_not_at_hand(
    probe: Probe, connection: Client
) -> None:
    guard = StreamGuard(connection=connection, database=probe.database, workers=Workers(), service="planner")
    await guard.look()
    await connection.jetstream().delete_stream("RECORDS")

    steps = await rebuild(connection, {"planner": probe.database})

    assert any("only from the inventory's database" in step.sentence for step in steps)
    assert any("No database of inventory, notifier, auditor is at hand" in step.sentence for step in steps)
    went_back = {one.stream for one in await guard.look() if one.verdict is Verdict.WENT_BACK}
    assert went_back == {"RECORDS"}


@asynccontextmanager
async def lost_under(probe: Probe, server: NatsServer) -> AsyncIterator[Client]:
    """Lose the whole store under a running service, and give a connection to the server that is back, empty."""
    server.kill()
    server.wipe_store()
    server.start()
    connection = await nats.connect(server.url)
    await eventually(lambda: not probe.health.snapshot()["stream:EVENTS"].ok)
    yield connection
    await connection.close()


async def test_running_service_goes_on_by_itself_once_its_streams_are_back(
    probe: Probe, applied_streams: NatsServer, inventory: Database
) -> None:
    def cancels(session: Any, command: ScheduleWeekV1) -> None:
        note_effect(session, command.message_id)
        probe.voice.say(session, week_cancelled(probe.voice, command))

    async def say_again() -> None:
        with inventory.transaction() as session:
            record_many(session, [outgoing(machine(number), source="inventory") for number in range(20)])

    probe.handlers[ScheduleWeekV1] = cancels
    async with probe.running():
        connection = await nats.connect(applied_streams.url)
        await publish_command(connection, schedule_week("s-1"))
        told = await eventually(lambda: ids_in(connection))
        await connection.close()
        async with lost_under(probe, applied_streams) as again:
            databases = {"planner": probe.database, "inventory": inventory}
            await rebuild(again, databases, say_records_again=say_again)
            await publish_command(again, schedule_week("s-1"))
            await publish_command(again, schedule_week("s-2"))
            await eventually(lambda: probe.notes().count("record"), lambda seen: seen == 20)
            await eventually(
                lambda: [one for one in probe.effects() if one.startswith("s-")], lambda seen: "s-2" in seen
            )
            assert probe.health.ready, probe.health.snapshot()
            assert [one for one in probe.effects() if one.startswith("s-")] == ["s-1", "s-2"]
            assert (await eventually(lambda: ids_in(again), lambda seen: len(seen) == 2))[:1] == told


async def test_outbox_of_a_service_whose_stream_went_back_waits(probe: Probe, applied_streams: NatsServer) -> None:
    probe.guard_every = timedelta(milliseconds=200)
    async with probe.running():
        async with lost_under(probe, applied_streams) as connection:
            await apply_streams(connection)
            with probe.database.transaction() as session:
                record_many(session, said(probe, 3))
            role = probe.database.exclusive_role("relay")
            await eventually(role.acquire)  # it has let go, for an operator to publish what was lost
            role.release()
        assert not probe.health.alive
    with probe.database.read() as session:
        assert len(read_waiting(session, 10)) == 3, "not even its last words may come before what was lost"
