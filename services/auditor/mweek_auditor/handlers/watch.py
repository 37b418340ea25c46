"""Looks at weeks when something is due: notices that did not come, a changed inventory, a phase that opens, the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from mweek_outbox import Database
from sqlmodel import Session

from mweek_auditor.handlers.inspection import Inspector
from mweek_auditor.handlers.window_inspection import WindowInspector
from mweek_auditor.storage.leases import forget_leases_before
from mweek_auditor.storage.records import forget_versions_before
from mweek_auditor.storage.reports import forget_window_reports_before
from mweek_auditor.storage.weeks import plans_to_look_at
from mweek_auditor.storage.window_notices import forget_answers_before
from mweek_auditor.storage.window_watch import locations_to_look_at
from mweek_auditor.storage.windows import forget_windows_before

VERSIONS_KEPT_FOR = timedelta(days=400)
"""Longer than the 52 weeks that a week can be planned ahead, and its own."""
WINDOWS_KEPT_FOR = timedelta(days=90)
"""As long as the stream of events; a window is granted at most 60 days ahead, so its notices are younger too."""


class Watch:
    """Asks the database what is due. Any number of instances may: all is looked at under its lock."""

    def __init__(
        self,
        *,
        database: Database,
        inspector: Inspector,
        windows: WindowInspector,
        every_seconds: Callable[[], float],
    ) -> None:
        """Take who looks, and how many real seconds to wait between two looks."""
        self._database = database
        self._inspector = inspector
        self._windows = windows
        self._every_seconds = every_seconds

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(self._every_seconds())

    def look(self) -> None:
        """Look at every week, and at all requested windows, of which something is due: a transaction for each."""
        with self._database.read() as session:
            due = plans_to_look_at(session, self._inspector.now())
            locations = locations_to_look_at(session, self._inspector.now())
        for location, week in due:
            with self._database.transaction() as session:
                self._inspector.lock(session, location, week)
                self._inspector.look_if_due(session, location, week)
        for location in locations:
            with self._database.transaction() as session:
                self._windows.lock(session, location)
                self._windows.look_if_due(session, location)

    def tidy(self, session: Session, now: datetime) -> None:
        """Forget old versions of records, and what was told of windows that were over long ago."""
        forget_versions_before(session, now - VERSIONS_KEPT_FOR)
        over = now - WINDOWS_KEPT_FOR
        for forget in (
            forget_windows_before,
            forget_leases_before,
            forget_answers_before,
            forget_window_reports_before,
        ):
            forget(session, over)
