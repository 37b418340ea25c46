"""Commands that were carried out or refused: the same command a second time does nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from mweek_planner.storage.rows import CommandRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCommand:
    """What is remembered of a command; `content_digest` is over what was asked, not over the message around it."""

    command_id: str
    content_digest: str
    location: str
    week: str
    outcome: str
    decided_at: datetime


def find_command(session: Session, command_id: str) -> SeenCommand | None:
    """Return what became of a command; None when it was never seen."""
    row = session.get(CommandRow, command_id)
    return None if row is None else SeenCommand(**row.model_dump())


def remember_command(session: Session, seen: SeenCommand) -> None:
    """Remember a command with its outcome.

    Raises:
        sqlalchemy.exc.IntegrityError: another transaction remembered one of the same id; trying again finds it.
    """
    session.add(
        CommandRow(
            command_id=seen.command_id,
            content_digest=seen.content_digest,
            location=seen.location,
            week=seen.week,
            outcome=seen.outcome,
            decided_at=seen.decided_at,
        )
    )
    session.flush()
