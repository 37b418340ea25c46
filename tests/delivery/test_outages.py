"""What an outage of the database costs: time, and no attempt of a message; and what health says of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest
from mweek_contracts.commands import ScheduleWeekV1
from mweek_contracts.records import Record
from mweek_contracts.windows import RecordsPosition
from mweek_messaging import publish_command
from mweek_messaging.database_watch import DatabaseWatch
from mweek_messaging.processing import Processor
from mweek_messaging.workers import Workers
from nats.aio.client import Client
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from tests.delivery.probe import Probe, dead_letters, note_effect, schedule_week
from tests.delivery.test_records import machine, publish_records
from tests.support.eventually import eventually

MORE_THAN_ATTEMPTS = 5


def trouble() -> OperationalError:
    return OperationalError("UPDATE plan …", {}, Exception("disk I/O error"))


async def test_database_trouble_that_cannot_be_recorded_uses_up_no_attempt(
    probe: Probe, connection: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    note_failure = Processor.note_failure

    def troubled(session: Session, command: ScheduleWeekV1) -> None:
        calls.append(command.message_id)
        if len(calls) <= MORE_THAN_ATTEMPTS:
            raise trouble()
        note_effect(session, command.message_id)

    def unrecorded(self: Processor, message_id: str, attempts: int) -> None:
        if 0 < len(calls) <= MORE_THAN_ATTEMPTS and asking_for_the_last(calls):
            raise trouble()
        note_failure(self, message_id, attempts)

    def asking_for_the_last(seen: list[str]) -> bool:
        """Fail where the outcome of an attempt is recorded, and work again when the next attempt begins."""
        failed, recorded["calls"] = recorded["calls"] != len(seen), len(seen)
        return failed

    recorded = {"calls": 0}
    monkeypatch.setattr(Processor, "note_failure", unrecorded)
    probe.handlers[ScheduleWeekV1] = troubled
    async with probe.running():
        await publish_command(connection, schedule_week())
        assert await eventually(probe.effects) == ["s-1"]
    assert (len(calls), await dead_letters(connection)) == (MORE_THAN_ATTEMPTS + 1, [])


async def test_database_trouble_uses_up_no_attempt_of_a_record(probe: Probe, connection: Client) -> None:
    failures = [*(trouble() for _ in range(MORE_THAN_ATTEMPTS)), ValueError("not yet"), ValueError("not yet")]

    def apply(session: Session, records: Sequence[Record], position: RecordsPosition) -> None:
        if failures:
            raise failures.pop(0)
        probe.note_records(session, records, position)

    probe.apply_records = apply
    await publish_records(connection, [machine(1)])
    async with probe.starting():
        assert await eventually(probe.effects) == ["m0001-r1"]
    assert await dead_letters(connection) == []


async def test_trouble_of_a_part_that_never_comes_again_is_over_when_the_database_can_be_written(
    probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message that could not be handled here was handled by another instance."""
    monkeypatch.setattr("mweek_messaging.database_watch._LOOK_SECONDS", 0.05)
    monkeypatch.setattr("mweek_messaging.database_watch._TOLD_BY_NOW_SECONDS", 0.3)
    watch = DatabaseWatch(probe.database, workers=Workers(), health=probe.health)
    watch.trouble("messages of EVENTS", trouble())
    assert not probe.health.alive
    watching = asyncio.create_task(watch.run())
    await eventually(lambda: probe.health.alive)
    watching.cancel()


async def test_database_that_hangs_is_red_though_nobody_fails(probe: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    monkeypatch.setattr("mweek_messaging.database_watch._LOOK_SECONDS", 0.05)
    monkeypatch.setattr("mweek_messaging.database_watch._SILENT_SECONDS", 0.2)
    monkeypatch.setattr("mweek_messaging.database_watch.prove_readable", lambda database: gate.wait(30))
    watch = DatabaseWatch(probe.database, workers=Workers(), health=probe.health)
    watching = asyncio.create_task(watch.run())
    await eventually(lambda: not probe.health.alive)
    assert "does not answer" in probe.health.snapshot()["database"].detail
    gate.set()
    await eventually(lambda: probe.health.alive)
    watching.cancel()
