"""An administrator who does not give up: says a command until the bus has it, and waits for what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar
from uuid import uuid4

import nats.errors
from mweek.importing import Stamp, import_commands
from mweek_contracts.commands import Command, ScheduleWeekV1
from mweek_contracts.documents import FleetDocument
from mweek_contracts.events import (
    AuditFailedV1,
    AuditPassedV1,
    FleetImportedV1,
    FleetRefusedV1,
    WeekCancelledV1,
    WeekRefusedV1,
    WeekScheduledV1,
)
from mweek_contracts.message import Message
from mweek_contracts.streams import EVENTS
from mweek_messaging import NotAcknowledgedError, follow, publish_command
from nats.aio.client import Client

from tests.support.eventually import eventually

Answer = TypeVar("Answer", bound=Message)

LONGEST_OUTAGE_SECONDS = 400.0
"""Until everything that was killed runs again on a machine with more to do than processors, and has caught up."""


class Administrator:
    """Imports fleets and schedules weeks of one location while things break; remembers what was asked."""

    def __init__(self, connection: Client, location: str) -> None:
        self.connection = connection
        self.location = location
        self.asked: list[Command] = []

    async def put_fleet(self, fleet: FleetDocument) -> FleetImportedV1:
        """Import a fleet, which must work."""
        import_id = _new_id()
        stamp = Stamp(import_id=import_id, new_id=_new_id, now=datetime.now(UTC), requested_by=None)
        await self.say(*import_commands(fleet, replace_location=True, stamp=stamp))

        def answers(event: Message) -> bool:
            return isinstance(event, FleetImportedV1 | FleetRefusedV1) and event.import_id == import_id

        event = await self.answer("fleet", answers)
        assert isinstance(event, FleetImportedV1), event
        return event

    def week_command(self, week: str) -> ScheduleWeekV1:
        """Return a command to schedule a week."""
        message_id = _new_id()
        return ScheduleWeekV1(
            message_id=message_id,
            correlation_id=message_id,
            occurred_at=datetime.now(UTC),
            command_id=message_id,
            location=self.location,
            week=week,
        )

    async def schedule(self, week: str) -> WeekScheduledV1:
        """Have a week scheduled, which must work."""
        command = self.week_command(week)
        await self.say(command)
        event = await self.answer(week, partial(is_outcome, command))
        assert isinstance(event, WeekScheduledV1), event
        return event

    async def say(self, *commands: Command) -> None:
        """Publish commands, each as often as it takes to hear that the stream has it."""
        for command in commands:
            self.asked.append(command)
            await eventually(partial(self._is_acknowledged, command), within=LONGEST_OUTAGE_SECONDS)

    async def answer(self, week: str, answers: Callable[[Message], bool]) -> Message:
        """Wait for an event of a week that answers."""

        async def look() -> list[Message]:
            return [event for event in await self.events(week) if answers(event)]

        found: list[Message] = await eventually(look, within=LONGEST_OUTAGE_SECONDS, every=0.2)
        return found[0]

    async def until_passed(self, week: str) -> WeekScheduledV1:
        """Wait until the latest revision of a week has passed its latest audit, and return it."""
        latest: WeekScheduledV1 = await eventually(
            partial(self._passed, week), within=LONGEST_OUTAGE_SECONDS, every=0.3
        )
        return latest

    async def events(self, week: str = "*") -> Sequence[Message]:
        """Return all events of the location, or of one week, so far; none while the server is away."""
        try:
            stored = follow(self.connection, EVENTS.name, (f"evt.{self.location}.{week}.>",), until_caught_up=True)
            return [received.message() async for received in stored]
        except (TimeoutError, nats.errors.Error):
            return []

    async def _is_acknowledged(self, command: Command) -> bool:
        try:
            await publish_command(self.connection, command, timeout=2.0)
        except NotAcknowledgedError:
            return False
        return True

    async def _passed(self, week: str) -> WeekScheduledV1 | None:
        events = await self.events(week)
        plans = [event for event in events if isinstance(event, WeekScheduledV1)]
        verdicts = [event for event in events if isinstance(event, AuditPassedV1 | AuditFailedV1)]
        if not plans or not verdicts or verdicts[-1].plan_id != plans[-1].plan_id:
            return None
        return plans[-1] if isinstance(verdicts[-1], AuditPassedV1) else None


def is_outcome(command: Command, event: Message) -> bool:
    """Tell whether an event is what came of a command."""
    outcome = isinstance(event, WeekScheduledV1 | WeekRefusedV1 | WeekCancelledV1)
    return outcome and getattr(event, "command_id", None) == command.command_id


def _new_id() -> str:
    return str(uuid4())
