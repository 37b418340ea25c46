"""Looks at weeks when something is due: notices that did not come, a changed inventory, a phase that opens, the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from mweek_outbox import Database
from sqlmodel import Session

from mweek_auditor.handlers.inspection import Inspector
from mweek_auditor.storage.records import forget_versions_before
from mweek_auditor.storage.weeks import plans_to_look_at

VERSIONS_KEPT_FOR = timedelta(days=400)
"""Longer than the 52 weeks that a week can be planned ahead, and its own."""


class Watch:
    """Asks the database what is due. Any number of instances may: each week is looked at under its lock."""

    def __init__(self, *, database: Database, inspector: Inspector, every_seconds: Callable[[], float]) -> None:
        """Take how many real seconds to wait between two looks."""
        self._database = database
        self._inspector = inspector
        self._every_seconds = every_seconds

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(self._every_seconds())

    def look(self) -> None:
        """Look at every week of which something is due, each in a transaction of its own."""
        with self._database.read() as session:
            due = plans_to_look_at(session, self._inspector.now())
        for location, week in due:
            with self._database.transaction() as session:
                self._inspector.lock(session, location, week)
                self._inspector.look_if_due(session, location, week)

    def tidy(self, session: Session, now: datetime) -> None:
        """Forget old versions of records."""
        forget_versions_before(session, now - VERSIONS_KEPT_FOR)
