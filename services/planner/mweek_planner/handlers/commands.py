"""Carries out what administrators ask for, once for each command id."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial

import structlog
from mweek_contracts.commands import CancelWeekV1, ScheduleWeekV1
from mweek_contracts.message import Message
from mweek_contracts.reasons import RefusalCode
from mweek_messaging import Voice
from sqlmodel import Session

from mweek_planner.domain.outcome import Refused
from mweek_planner.handlers.decisions import call_off, schedule
from mweek_planner.handlers.situation import SituationReader
from mweek_planner.handlers.week_windows import WeekWindows
from mweek_planner.interfaces import Patterns, Revision, UnknownPattern
from mweek_planner.storage.commands import SeenCommand, find_command, remember_command
from mweek_planner.translation import cancelled, refused, scheduled

WeekCommand = ScheduleWeekV1 | CancelWeekV1

_ENVELOPE = frozenset({"message_id", "causation_id", "correlation_id", "occurred_at"})

log = structlog.get_logger()


class CommandHandlers:
    """Handles `schedule-week` and `cancel-week`."""

    def __init__(self, *, situations: SituationReader, patterns: Patterns, weeks: WeekWindows, voice: Voice) -> None:
        """Keep the collaborators."""
        self._situations = situations
        self._weeks = weeks
        self._patterns = patterns
        self._voice = voice

    def schedule_week(self, session: Session, command: ScheduleWeekV1) -> None:
        """Plan a week and tell of it, or say why not. A dry run tells the same as a preview and stores no plan."""
        self._situations.enter(session, command.location)
        if self._was_seen(session, command):
            return
        situation = self._situations.read(session, command.location, command.week)
        answer = schedule(command, situation, self._patterns)
        if not isinstance(answer, Revision):
            self._refuse(session, command, answer)
        elif command.dry_run:
            self._preview(session, command, answer)
        else:
            self._schedule(session, command, answer)

    def cancel_week(self, session: Session, command: CancelWeekV1) -> None:
        """Withdraw the windows that have not opened and tell of it, or say why not."""
        self._situations.enter(session, command.location)
        if self._was_seen(session, command):
            return
        current = self._situations.current(session, command.location, command.week)
        answer = call_off(command, current, self._situations.now())
        if isinstance(answer, Refused):
            self._refuse(session, command, answer)
        else:
            self._cancel(session, command, answer)

    def _was_seen(self, session: Session, command: WeekCommand) -> bool:
        """Tell whether a command was handled before: then its outcome stands on the bus, and nothing is to be done."""
        seen = find_command(session, command.command_id)
        if seen is None:
            return False
        if seen.content_digest != _content_digest(command):
            text = f"the command_id {command.command_id} was used for another command: send this one under a new id"
            refusal = Refused(RefusalCode.INVALID_COMMAND, text)
            self._voice.say(session, refused(refusal, partial(self._voice.envelope, command), command=command))
        log.info("command-repeated", command_id=command.command_id, outcome=seen.outcome)
        return True

    def _schedule(self, session: Session, command: ScheduleWeekV1, revision: Revision) -> None:
        before = self._weeks.store(session, revision)
        told = scheduled(revision, partial(self._voice.envelope, command), command_id=command.command_id)
        self._conclude(session, command, f"scheduled r{revision.plan.revision}", told)
        self._weeks.see_to_requests(session, revision, before)

    def _preview(self, session: Session, command: ScheduleWeekV1, revision: Revision) -> None:
        envelope = partial(self._voice.envelope, command)
        told = scheduled(revision, envelope, command_id=command.command_id, preview=True)
        self._conclude(session, command, "previewed", told)

    def _cancel(self, session: Session, command: CancelWeekV1, revision: Revision) -> None:
        before = self._weeks.store(session, revision)
        told = cancelled(revision, partial(self._voice.envelope, command), command=command)
        self._conclude(session, command, f"cancelled r{revision.plan.revision}", told)
        self._weeks.see_to_requests(session, revision, before)

    def _refuse(self, session: Session, command: WeekCommand, why: Refused | UnknownPattern) -> None:
        told = refused(why, partial(self._voice.envelope, command), command=command)
        self._conclude(session, command, f"refused {told.code}", [told])

    def _conclude(self, session: Session, command: WeekCommand, outcome: str, told: Sequence[Message]) -> None:
        self._voice.say_all(session, told)
        seen = SeenCommand(
            command_id=command.command_id,
            content_digest=_content_digest(command),
            location=command.location,
            week=command.week,
            outcome=outcome,
            decided_at=self._situations.now(),
        )
        remember_command(session, seen)
        log.info("command-decided", location=command.location, week=command.week, outcome=outcome, messages=len(told))


def _content_digest(command: WeekCommand) -> str:
    """Return a digest over what is asked; the message that asks may be another one each time."""
    content = f"{command.message_type} {command.model_dump_json(exclude=set(_ENVELOPE))}"
    return hashlib.sha256(content.encode()).hexdigest()
