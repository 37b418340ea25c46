"""Asks the planner for weeks, and waits for what the planner and the auditor answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TypedDict, Unpack

from mweek_contracts.commands import CancelWeekV1, ScheduleWeekV1
from mweek_contracts.events import (
    ADHOC,
    AuditFailedV1,
    AuditPassedV1,
    CommandRefusedV1,
    NoticeSentV1,
    WeekCancelledV1,
    WeekRefusedV1,
    WeekScheduledV1,
)
from mweek_contracts.message import Message
from mweek_contracts.pattern import Pattern
from mweek_contracts.streams import EVENTS
from nats.aio.client import Client as Connection

from mweek.conversation import Conversation, Question
from mweek.errors import SupersededError, VerdictTimeoutError
from mweek.hearing import Heard, hear, hear_all
from mweek.history import WeekHistory
from mweek.outcome import Refusal, refusal_of
from mweek.week import Revision, Verdict, WeekView

PLANNING_SECONDS = 60.0
"""A hundred thousand machines are planned in half of it."""

AUDIT_SECONDS = 600.0
"""The auditor gives the notifier five minutes to tell every customer before it calls them not told."""


class ScheduleOptions(TypedDict, total=False):
    """How a week is to be scheduled; what is left out is left to the planner."""

    pattern: str | Pattern | None
    """A name that the planner has, or a pattern written out."""
    override_blackouts: str | None
    """Why customers' blackouts are set aside; they are told."""
    override_notice: str | None
    """Why customers' notice hours are set aside; they are told."""
    expected_revision: int | None
    """Refuse when the week has another revision by then; 0: none yet."""
    command_id: str
    """Asking twice with the same id is asking once."""


async def schedule(
    conversation: Conversation,
    history: WeekHistory,
    *,
    dry_run: bool,
    seconds: float,
    **options: Unpack[ScheduleOptions],
) -> Revision | Refusal:
    """Ask for a week and return its revision (or its preview), or why there is none; raises as `Conversation.ask`."""
    command = conversation.command(
        ScheduleWeekV1, location=history.location, week=history.week, dry_run=dry_run, **options
    )

    def answer(heard: Heard) -> Revision | Refusal | None:
        history.hear(heard.message, heard.sequence)
        match heard.message:
            case WeekScheduledV1(plan_id=plan_id) if conversation.answers(heard.message, command):
                return history.revision(plan_id)
            case WeekRefusedV1() | CommandRefusedV1() if conversation.answers(heard.message, command):
                return refusal_of(heard.message)
        return None

    what = "preview" if dry_run else "schedule"
    return await conversation.ask([command], _question(what, command, seconds), answer)


async def cancel(
    conversation: Conversation, location: str, week: str, *, seconds: float, **fields: object
) -> WeekCancelledV1 | Refusal:
    """Ask for a week to be cancelled; raises as `Conversation.ask`."""
    command = conversation.command(CancelWeekV1, location=location, week=week, **fields)

    def answer(heard: Heard) -> WeekCancelledV1 | Refusal | None:
        match heard.message:
            case WeekCancelledV1() if conversation.answers(heard.message, command):
                return heard.message
            case WeekRefusedV1() | CommandRefusedV1() if conversation.answers(heard.message, command):
                return refusal_of(heard.message)
        return None

    return await conversation.ask([command], _question("cancel", command, seconds), answer)


async def read_week(connection: Connection, location: str, week: str) -> WeekView:
    """Return the week as the stream tells it now."""
    history = WeekHistory(location, week)
    for one in await hear_all(connection, EVENTS, [week_subject(location, week)]):
        history.hear(one.message, one.sequence)
    return history.view()


async def read_weeks(connection: Connection, location: str) -> tuple[str, ...]:
    """Return the weeks of a location that the stream knows a plan of, previews apart, oldest first."""
    heard = await hear_all(connection, EVENTS, [f"evt.{location}.*.{WeekScheduledV1.message_type}"])
    plans = (one.message for one in heard if isinstance(one.message, WeekScheduledV1))
    return tuple(sorted({plan.week for plan in plans if not plan.preview}))


async def read_window_verdict(connection: Connection, location: str) -> Verdict | None:
    """Return the auditor's latest word on the requested windows of a location; None while there is none."""
    subjects = [f"evt.{location}.{ADHOC}.{said.message_type}" for said in (AuditPassedV1, AuditFailedV1)]
    heard = [one.message for one in await hear_all(connection, EVENTS, subjects)]
    verdicts = [message for message in heard if isinstance(message, AuditPassedV1 | AuditFailedV1)]
    return verdicts[-1] if verdicts else None


async def wait_for_verdict(
    connection: Connection, revision: Revision, *, seconds: float, heard: Callable[[Message], None]
) -> Verdict:
    """Wait until the auditor has judged a revision, or a preview.

    Args:
        heard: gets each event of the week on the way, e.g. to show how many notices were sent.

    Raises:
        VerdictTimeoutError: it did not in time.
        SupersededError: the week got another revision meanwhile.
    """
    told: set[str] = set()
    try:
        async with asyncio.timeout(seconds), aclosing(_since(connection, revision)) as events:
            async for event in events:
                heard(event)
                if isinstance(event, NoticeSentV1):
                    told.add(event.notice_id)
                if isinstance(event, AuditPassedV1 | AuditFailedV1) and event.plan_id == revision.plan.plan_id:
                    return event
                _refuse_newer(event, revision.plan)
    except TimeoutError:
        pass
    raise VerdictTimeoutError(plan_id=revision.plan.plan_id, seconds=seconds, told=len(told))


def week_subject(location: str, week: str) -> str:
    """Return the subject filter of all events of a week."""
    return f"evt.{location}.{week}.>"


async def _since(connection: Connection, revision: Revision) -> AsyncGenerator[Message, None]:
    """Yield what happened in the week after a revision was made."""
    plan = revision.plan
    subjects = [week_subject(plan.location, plan.week)]
    events = hear(connection, EVENTS, subjects, until_caught_up=False, after_sequence=revision.sequence)
    async with aclosing(events):
        async for one in events:
            yield one.message


def _refuse_newer(event: Message, plan: WeekScheduledV1) -> None:
    """Raise SupersededError when an event makes a plan one of the past; nothing does so to a preview."""
    if plan.preview or not isinstance(event, WeekScheduledV1 | WeekCancelledV1):
        return
    if event.revision > plan.revision and not (isinstance(event, WeekScheduledV1) and event.preview):
        raise SupersededError(plan_id=plan.plan_id, newer=event.revision)


def _question(what: str, command: ScheduleWeekV1 | CancelWeekV1, seconds: float) -> Question:
    return Question(
        what=f"{what} {command.location}/{command.week}",
        command_id=command.command_id,
        service="planner",
        subjects=[week_subject(command.location, command.week), f"evt.{command.location}.commands.>"],
        seconds=seconds,
    )
