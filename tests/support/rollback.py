"""A transaction that does its work and then fails."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from mweek_outbox import Database
from sqlmodel import Session


class _AbandonedError(Exception):
    pass


def abandon(database: Database, work: Callable[[Session], object]) -> None:
    """Do the work in a transaction that raises at its end."""
    with suppress(_AbandonedError), database.transaction() as session:
        work(session)
        raise _AbandonedError
