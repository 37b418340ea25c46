"""The client: what a program, or the command line, asks of Maintenance Week over the bus."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from typing import Unpack
from uuid import uuid4

from mweek_contracts.documents import FleetDocument
from mweek_contracts.events import FleetImportedV1, WeekCancelledV1
from mweek_contracts.message import Message
from mweek_contracts.records import MachineV1
from mweek_contracts.replies import Grant, OwnWindow, Withdrawal
from mweek_contracts.replies import Refusal as RequestRefusal
from mweek_contracts.requests import MyWindowsV1, WithdrawWindowV1
from mweek_contracts.streams import EVENTS

from mweek import dead, inventory, planning, requesting
from mweek.connection import open_connection
from mweek.conversation import Conversation
from mweek.dead import DeadLetter, Replay
from mweek.explaining import Explaining, WishOptions
from mweek.explanation import Explanation, explain
from mweek.fleet import FleetView
from mweek.hearing import Heard, hear
from mweek.history import WeekHistory
from mweek.outcome import Refusal
from mweek.planning import ScheduleOptions
from mweek.requesting import WindowOptions
from mweek.week import Revision, Verdict, WeekView
from mweek.window_explanation import WindowExplanation


class Client:
    """One administrator's, or one program's, view of Maintenance Week.

    What is refused is a return value (`Refusal`); exceptions (`ClientError`, each with its remedy) are for what the
    caller cannot have meant: no server, no answer in time, a field that the bus does not allow.

    Example:
        async with Client.connect("nats://127.0.0.1:4222") as client:
            outcome = await client.schedule_week("rzob", "2026-W49")
            if isinstance(outcome, Refusal):
                print(outcome.text)
            else:
                print(outcome.plan.windows, "windows,", (await client.verdict(outcome)).message_type)
    """

    def __init__(self, conversation: Conversation) -> None:
        """Use an open connection; `connect` makes one."""
        self._conversation = conversation
        self._connection = conversation.connection

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str, *, requested_by: str | None = None, name: str = "mweek") -> AsyncIterator[Client]:
        """Connect, and disconnect at the end of the block.

        Args:
            url: e.g. `nats://127.0.0.1:4222`; several servers separated by commas.
            requested_by: who asks, kept with each command.
            name: what the server's administrator sees.

        Raises:
            NotReachableError: nothing usable answers there.
        """
        connection = await open_connection(url, name=name)
        try:
            yield cls(Conversation(connection, new_id=_new_id, now=_system_time, requested_by=requested_by))
        finally:
            await connection.close()

    async def import_fleet(
        self, fleet: FleetDocument, *, keep_missing: bool = False, timeout: float = inventory.IMPORT_SECONDS
    ) -> FleetImportedV1 | Refusal:
        """Put the customers and machines of a location, all or nothing.

        Args:
            fleet: from `mweek_contracts.documents.read_fleet`.
            keep_missing: machines of the location that the fleet does not name stay; else they are removed.

        Raises:
            OutcomeTimeoutError: the inventory did not answer in time.
        """
        return await inventory.put_fleet(self._conversation, fleet, keep_missing=keep_missing, seconds=timeout)

    async def fleet(self, location: str) -> FleetView:
        """Return the machines of a location and their customers."""
        return await inventory.read_fleet_view(self._connection, location)

    async def locations(self) -> tuple[str, ...]:
        """Return the locations that have machines, sorted."""
        return await inventory.read_locations(self._connection)

    async def customers(self) -> frozenset[str]:
        """Return the tokens of all customers, of whatever location."""
        return frozenset(await inventory.read_customers(self._connection))

    async def schedule_week(
        self,
        location: str,
        week: str,
        *,
        timeout: float = planning.PLANNING_SECONDS,
        **options: Unpack[ScheduleOptions],
    ) -> Revision | Refusal:
        """Schedule a week and return the new revision; customers are told of what it changes.

        Args:
            week: ISO 8601, e.g. `2026-W49`.
            options: see `ScheduleOptions`.

        Raises:
            OutcomeTimeoutError: the planner did not answer in time; the command stands all the same.
            InvalidCommandError: a field is not what the bus allows.
        """
        history = WeekHistory(location, week)
        return await planning.schedule(self._conversation, history, dry_run=False, seconds=timeout, **options)

    async def preview_week(
        self,
        location: str,
        week: str,
        *,
        timeout: float = planning.PLANNING_SECONDS,
        **options: Unpack[ScheduleOptions],
    ) -> Revision | Refusal:
        """Return what `schedule_week` would do, and change nothing; raises as it does."""
        history = WeekHistory(location, week)
        return await planning.schedule(self._conversation, history, dry_run=True, seconds=timeout, **options)

    async def cancel_week(
        self,
        location: str,
        week: str,
        *,
        reason: str,
        expected_revision: int | None = None,
        timeout: float = planning.PLANNING_SECONDS,
    ) -> WeekCancelledV1 | Refusal:
        """Withdraw the windows of a week that have not opened; customers are told, with the reason.

        Raises:
            OutcomeTimeoutError: the planner did not answer in time; the command stands all the same.
        """
        return await planning.cancel(
            self._conversation, location, week, seconds=timeout, reason=reason, expected_revision=expected_revision
        )

    async def verdict(
        self,
        revision: Revision,
        *,
        timeout: float = planning.AUDIT_SECONDS,
        heard: Callable[[Message], None] = lambda _event: None,
    ) -> Verdict:
        """Wait until the auditor has judged a revision: its plan, and that every customer was told.

        Args:
            heard: gets each event of the week on the way, e.g. to show how many notices were sent.

        Raises:
            VerdictTimeoutError: not in time.
            SupersededError: a newer revision came first.
        """
        return await planning.wait_for_verdict(self._connection, revision, seconds=timeout, heard=heard)

    async def window_verdict(self, location: str) -> Verdict | None:
        """Return the auditor's latest word on the windows that machines of a location requested; None without any.

        It is said when it changes: what passed and has changed is said again once every customer was told.
        """
        return await planning.read_window_verdict(self._connection, location)

    async def week(self, location: str, week: str) -> WeekView:
        """Return all that the bus tells of a week: revisions, windows, verdicts, notices."""
        return await planning.read_week(self._connection, location, week)

    async def weeks(self, location: str) -> tuple[str, ...]:
        """Return the weeks of a location that were ever scheduled (in the last 90 days), oldest first."""
        return await planning.read_weeks(self._connection, location)

    async def follow(self, location: str, week: str = "*", *, after_sequence: int = 0) -> AsyncGenerator[Heard, None]:
        """Yield the events of a week, or of all weeks, from the beginning and then as they happen; ends never.

        Args:
            after_sequence: begin behind this one, e.g. `WeekView.sequence`.
        """
        subjects = [planning.week_subject(location, week)]
        events = hear(self._connection, EVENTS, subjects, until_caught_up=False, after_sequence=after_sequence)
        async with aclosing(events):
            async for event in events:
                yield event

    async def why(
        self, machine: str, *, location: str | None = None, week: str | None = None
    ) -> tuple[Explanation, ...]:
        """Return why a machine has the window that it has, in its latest week unless one is given.

        One explanation for each location that has a machine of this name; none when nobody knows it.
        """
        found = await inventory.find_machines(self._connection, machine)
        return tuple([await self._explain(one, week) for one in found if location in (None, one.location)])

    async def request_window(
        self,
        location: str,
        machine: str,
        *,
        reason: str,
        estimated_minutes: int,
        request_id: str | None = None,
        timeout: float = requesting.REPLY_SECONDS,
        **options: Unpack[WindowOptions],
    ) -> Grant | RequestRefusal:
        """Ask for a window for a machine, as the machine itself does; customers read the reason.

        Args:
            request_id: asking twice with the same id is asking once.
            options: see `WindowOptions`.

        Raises:
            UnansweredRequestError: no reply; it may have been decided.
            InvalidCommandError: a field is not what the bus allows.
        """
        name = request_id or _new_id()
        request = requesting.window_request(name, (location, machine), reason, estimated_minutes, **options)
        return await requesting.request_window(self._connection, request, timeout=timeout)

    async def withdraw_window(
        self,
        location: str,
        machine: str,
        window_id: str,
        *,
        requests: Sequence[str] = (),
        request_id: str | None = None,
        timeout: float = requesting.REPLY_SECONDS,
    ) -> Withdrawal | RequestRefusal:
        """Say that a window is not needed, or not by some of its requests; raises as `request_window`."""
        fields = {"window_id": window_id, "withdrawn": tuple(requests)}
        request = requesting.made(WithdrawWindowV1, request_id or _new_id(), (location, machine), **fields)
        return await requesting.withdraw_window(self._connection, request, timeout=timeout)

    async def windows(
        self, location: str, machine: str, *, timeout: float = requesting.REPLY_SECONDS
    ) -> tuple[OwnWindow, ...] | RequestRefusal:
        """Return the windows of a machine that are not over, of weeks as well, as the planner has them."""
        request = requesting.made(MyWindowsV1, _new_id(), (location, machine))
        return await requesting.my_windows(self._connection, request, timeout=timeout)

    async def window_history(self, location: str, machine: str | None = None) -> tuple[Message, ...]:
        """Return what was told of windows in the last 90 days, of one machine or of all, oldest first.

        Grants, refusals, withdrawals, entries and departures; of a maintenance week's windows what machines did there.
        """
        return await inventory.read_window_events(self._connection, location, machine)

    async def explain_window(
        self,
        machine: str,
        *,
        location: str | None = None,
        request_id: str | None = None,
        timeout: float = requesting.REPLY_SECONDS,
        **wish: Unpack[WishOptions],
    ) -> WindowExplanation | RequestRefusal:
        """Return what a machine would get now, and which rule closes which hours; nothing is booked.

        Args:
            request_id: a request that it made; absent, and without a wish: the latest, or else an update of it.
            wish: what was not requested, see `WishOptions`.

        Raises:
            UnknownMachineError: nobody knows the machine, or several locations do.
            UnknownRequestError: nothing is known of such a request.
            UnansweredQuestionError: the planner does not answer.
        """
        explaining = Explaining(self._connection, new_id=_new_id, timeout=timeout)
        if wish:
            return await explaining.explain_wish(machine, location=location, wish=wish)
        return await explaining.explain_request(machine, location=location, request_id=request_id)

    async def dead_letters(self) -> tuple[DeadLetter, ...]:
        """Return the messages that no handler could deal with, oldest first."""
        return await dead.list_dead(self._connection)

    async def replay_dead_letter(self, number: int) -> Replay:
        """Publish a dead letter's message again and drop the letter; raises UnknownDeadLetterError."""
        return await dead.replay(self._connection, await dead.find_dead(self._connection, number))

    async def drop_dead_letter(self, number: int) -> None:
        """Remove a dead letter for good; raises UnknownDeadLetterError."""
        await dead.drop(self._connection, number)

    async def _explain(self, machine: MachineV1, week: str | None) -> Explanation:
        customer = await inventory.find_customer(self._connection, machine.customer)
        weeks = (week,) if week else await self.weeks(machine.location)
        view = await self.week(machine.location, weeks[-1]) if weeks else None
        return explain(machine, customer, view)


def _new_id() -> str:
    return str(uuid4())


def _system_time() -> datetime:
    return datetime.now(UTC)
