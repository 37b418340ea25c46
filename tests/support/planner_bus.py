"""The neighbours of the planner: inventory's records, an administrator's commands, the auditor's findings.

Everything of one test is in a location of its own, so that tests can share a server and a planner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from mweek_contracts.commands import CancelWeekV1, ScheduleWeekV1
from mweek_contracts.events import (
    AuditFailedV1,
    AuditOccasion,
    DeadLetterV1,
    Finding,
    FindingCode,
    WeekCancelledV1,
    WeekRefusedV1,
    WeekScheduledV1,
    WindowsAssignedV1,
    WindowsWithdrawnV1,
)
from mweek_contracts.fleet import Contact
from mweek_contracts.message import Message
from mweek_contracts.records import CustomerV1, LocationPolicyV1, MachineRemovedV1, MachineV1, Record
from mweek_contracts.streams import DEAD, EVENTS, RECORDS, StreamSpec
from mweek_contracts.windows import AssignedWindow, UnplacedMachine, assignments_digest
from mweek_messaging import follow, publish, publish_command
from mweek_outbox import StreamPosition
from nats.aio.client import Client

from tests.support.eventually import eventually
from tests.support.ids import at

NOW = at("2026-11-20T08:00Z")
WEEK = "2026-W49"
Outcome = WeekScheduledV1 | WeekRefusedV1 | WeekCancelledV1
Said = TypeVar("Said", bound=Message)


class PlannerBus:
    """One location, seen from outside of the planner."""

    def __init__(self, connection: Client, location: str, *, word: str = "") -> None:
        """Be at a location; a word tells the ids of several connections to it apart."""
        self.location = location
        self._word = word or location
        self.connection = connection
        self._revisions: Counter[str] = Counter()
        self._given = 0

    def new_id(self, word: str = "message") -> str:
        """Return an id that no other test uses."""
        self._given += 1
        return f"{self._word}-{word}-{self._given}"

    def envelope(self) -> dict[str, Any]:
        """Return the envelope of a neighbour's message."""
        message_id = self.new_id()
        return {"message_id": message_id, "correlation_id": message_id, "occurred_at": NOW}

    def machine(self, name: str, **fields: Any) -> MachineV1:
        """Return the next record of a machine: a virtual production machine of role customer unless told otherwise."""
        self._revisions[name] += 1
        values = {"kind": "virtual", "role": "customer", "environment": "production"} | fields
        return MachineV1.model_validate(
            {**self.envelope(), "location": self.location, "name": name, "revision": self._revisions[name], **values},
            strict=False,
        )

    def removal(self, name: str) -> MachineRemovedV1:
        """Return the tombstone of a machine."""
        self._revisions[name] += 1
        return MachineRemovedV1(**self.envelope(), location=self.location, name=name, revision=self._revisions[name])

    def customer(self, word: str, /, **fields: Any) -> CustomerV1:
        """Return the next record of a customer; the token is made the location's own."""
        token = self.owner(word)
        self._revisions[token] += 1
        contacts = (Contact(name="Ops", email=f"ops@{token}.example"),)
        return CustomerV1(
            **self.envelope(), customer=token, revision=self._revisions[token], **{"contacts": contacts, **fields}
        )

    def owner(self, name: str) -> str:
        """Return the token of a customer of this location."""
        return f"{self.location}-{name}"

    async def put(self, *records: Record) -> None:
        """Say records as the inventory does."""
        for record in records:
            await publish(self.connection, record, source="inventory")

    def policy(self, **fields: Any) -> LocationPolicyV1:
        """Return the next record of the location's policy; a machine may ask as often as it likes."""
        self._revisions["/policy"] += 1
        values = {"requests_per_minute": 60_000, "revision": self._revisions["/policy"], **fields}
        return LocationPolicyV1(**self.envelope(), location=self.location, **values)

    async def know(self, *records: Record) -> None:
        """Say records as the inventory does, and wait until the planner has applied them."""
        await self.put(*records)

        async def waiting() -> int:
            info = await self.connection.jetstream().consumer_info(RECORDS.name, "planner-records")
            return (info.num_pending or 0) + (info.num_ack_pending or 0)

        _: int = await eventually(waiting, until=lambda number: number == 0)

    def schedule(self, week: str = WEEK, **fields: Any) -> ScheduleWeekV1:
        """Return a command to schedule a week."""
        values = {**self.envelope(), "command_id": self.new_id("command"), "location": self.location, "week": week}
        return ScheduleWeekV1(**{**values, **fields})

    def cancel(self, week: str = WEEK, **fields: Any) -> CancelWeekV1:
        """Return a command to cancel a week."""
        values = {**self.envelope(), "command_id": self.new_id("command"), "location": self.location, "week": week}
        return CancelWeekV1(**{**values, "reason": "a storm is coming", **fields})

    async def ask(self, *commands: ScheduleWeekV1 | CancelWeekV1) -> None:
        """Publish commands and wait for nothing but the stream."""
        for command in commands:
            await publish_command(self.connection, command)

    async def outcome(self, command: ScheduleWeekV1 | CancelWeekV1) -> Outcome:
        """Publish a command and return the event that names it."""
        await self.ask(command)
        return await self.outcome_of(command)

    async def outcome_of(self, command: ScheduleWeekV1 | CancelWeekV1, *, within: float = 30.0) -> Outcome:
        """Wait for the event that names a command."""
        found: list[Outcome] = await eventually(partial(self.outcomes_of, command), within=within)
        return found[0]

    async def outcomes_of(self, command: ScheduleWeekV1 | CancelWeekV1) -> list[Outcome]:
        """Return all events so far that name a command."""
        return [
            event
            for event in await self.events()
            if isinstance(event, WeekScheduledV1 | WeekRefusedV1 | WeekCancelledV1)
            and event.command_id == command.command_id
        ]

    async def refusal_of(self, command: ScheduleWeekV1 | CancelWeekV1) -> WeekRefusedV1:
        """Publish a command, and return its refusal."""
        event = await self.outcome(command)
        assert isinstance(event, WeekRefusedV1), event
        assert (event.week, event.causation_id) == (command.week, command.message_id)
        return event

    async def scheduled(self, command: ScheduleWeekV1) -> HeardWeek:
        """Publish a command, and return the week that its messages come to."""
        event = await self.outcome(command)
        assert isinstance(event, WeekScheduledV1), event
        return await self.heard(event)

    async def heard(self, closing: WeekScheduledV1) -> HeardWeek:
        """Return the week as a listener has it who applied everything up to a closing message."""
        heard = HeardWeek()
        for event in await self.events(closing.week):
            heard.hear(event)
            if event == closing:
                break
        return heard

    async def events(self, week: str = "*") -> Sequence[Message]:
        """Return all events of the location, or of one week, so far."""
        subject = f"evt.{self.location}.{week}.>"
        stored = follow(self.connection, EVENTS.name, (subject,), until_caught_up=True)
        return [received.message() async for received in stored]

    async def said(self, kind: type[Said], *, number: int = 1, within: float = 30.0) -> list[Said]:
        """Wait until so many events of a kind lie in the stream, and return them."""

        async def found() -> list[Said]:
            return [event for event in await self.events() if isinstance(event, kind)]

        return await eventually(found, until=lambda seen: len(seen) >= number, within=within)

    async def dead_letter(self, subject: str) -> DeadLetterV1:
        """Wait for the dead letter of a message that was published to a subject, and return it."""

        async def found() -> list[DeadLetterV1]:
            stored = follow(self.connection, DEAD.name, (), until_caught_up=True)
            letters = [received.message() async for received in stored]
            return [one for one in letters if isinstance(one, DeadLetterV1) and one.original_subject == subject]

        letters: list[DeadLetterV1] = await eventually(found)
        assert len(letters) == 1
        return letters[0]

    async def stream(self, spec: StreamSpec) -> StreamPosition:
        """Return when a stream was created and the sequence that it has reached."""
        info = await self.connection.jetstream().stream_info(spec.name)
        assert info.created is not None
        return StreamPosition(info.created, info.state.last_seq)

    async def events_are_handled(self) -> None:
        """Wait until the planner has dealt with every event that it hears."""

        async def waiting() -> int:
            info = await self.connection.jetstream().consumer_info(EVENTS.name, "planner-events")
            return (info.num_pending or 0) + (info.num_ack_pending or 0)

        _: int = await eventually(waiting, until=lambda number: number == 0)

    def audit_failed(self, of: WeekScheduledV1, *findings: tuple[FindingCode, str | None], **fields: Any) -> Message:
        """Return what the auditor says who found something wrong with a revision."""
        found = tuple(Finding(code=code, machine=name, text=f"{name}: {code}") for code, name in findings)
        values = {
            **self.envelope(),
            "location": of.location,
            "week": of.week,
            "plan_id": of.plan_id,
            "revision": of.revision,
            "preview": of.preview,
            "occasion": AuditOccasion.REVISION,
            "audit_id": self.new_id("audit"),
            "audited_at": NOW,
            "machines": of.windows,
            "windows": of.windows,
            "findings_total": len(found),
            "findings": found,
        }
        return AuditFailedV1(**{**values, **fields})

    async def audit(self, failed: Message) -> None:
        """Say what the auditor found."""
        await publish(self.connection, failed, source="auditor")


@dataclass(slots=True)
class Parts:
    """Parts of one plan that wait for the message that closes it."""

    assigned: list[WindowsAssignedV1]
    withdrawn: list[WindowsWithdrawnV1]


class HeardWeek:
    """What a listener makes of the events of one week; checks at each closing message that nothing is missing."""

    def __init__(self) -> None:
        self.windows: dict[str, AssignedWindow] = {}
        self.unplaced: dict[str, UnplacedMachine] = {}
        self.closing: WeekScheduledV1 | WeekCancelledV1 | None = None
        self.parts = Parts([], [])
        self._waiting: dict[str, Parts] = {}

    @property
    def scheduled(self) -> WeekScheduledV1:
        """The message that closed the revision that was heard last."""
        assert isinstance(self.closing, WeekScheduledV1)
        return self.closing

    @property
    def assigned(self) -> dict[str, AssignedWindow]:
        """The windows that the last revision said, by machine."""
        return {window.machine: window for part in self.parts.assigned for window in part.windows}

    @property
    def phases(self) -> list[int]:
        """How many machines each phase of the last revision holds."""
        return [phase.machines for phase in self.scheduled.phases]

    def hear(self, event: Message) -> None:
        """Take in one event, in the order of the stream."""
        if isinstance(event, WindowsAssignedV1):
            self._parts_of(event.plan_id).assigned.append(event)
        elif isinstance(event, WindowsWithdrawnV1):
            self._parts_of(event.plan_id).withdrawn.append(event)
        elif isinstance(event, WeekScheduledV1 | WeekCancelledV1):
            self._close(event, self._waiting.pop(event.plan_id, Parts([], [])))

    def _parts_of(self, plan_id: str) -> Parts:
        return self._waiting.setdefault(plan_id, Parts([], []))

    def _close(self, event: WeekScheduledV1 | WeekCancelledV1, parts: Parts) -> None:
        self.closing, self.parts = event, parts
        assert [part.part for part in parts.withdrawn] == list(range(1, event.withdrawn_parts + 1))
        before = self.windows
        gone = {window.machine for part in parts.withdrawn for window in part.windows}
        assert gone <= set(before), "windows were withdrawn that nobody had"
        self.windows = {name: window for name, window in before.items() if name not in gone} | self.assigned
        if isinstance(event, WeekScheduledV1):
            self._check(event, parts)
            if event.preview:
                self.windows = before

    def _check(self, event: WeekScheduledV1, parts: Parts) -> None:
        assert [part.part for part in parts.assigned] == list(range(1, event.assigned_parts + 1))
        assert all(len(part.windows) <= 500 and len(part.unplaced) <= 500 for part in parts.assigned)
        self.unplaced = {one.machine: one for part in parts.assigned for one in part.unplaced}
        assert event.unplaced == len(self.unplaced)
        assert event.windows == len(self.windows)
        windows = self.windows.values()
        assert event.digest == assignments_digest((w.machine, w.phase, w.opens_at, w.closes_at) for w in windows)
        held = Counter(window.phase for window in windows)
        assert {phase.phase: phase.machines for phase in event.phases if phase.machines} == dict(held)
