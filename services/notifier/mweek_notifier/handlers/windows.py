"""Hears of windows that machines requested, and gathers what their customers will be told."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from mweek_contracts.events import WindowGrantedV1, WindowWithdrawnV1
from sqlmodel import Session

from mweek_notifier.domain.gathering import Patience, gathered
from mweek_notifier.domain.requested_window import RequestedWindow, standing, touches
from mweek_notifier.handlers.announcing import Announcer, cause_of
from mweek_notifier.handlers.records import require_records
from mweek_notifier.storage.fleet import load_machines
from mweek_notifier.storage.requested_windows import (
    Cause,
    Place,
    load_gathering,
    load_window,
    store_gathering,
    store_news,
    store_window,
)
from mweek_notifier.storage.told_windows import customers_named, take_back
from mweek_notifier.translation import granted_window, withdrawn_window

log = structlog.get_logger()


def lock_name(location: str) -> str:
    """Return the lock that keeps two instances from deciding on windows of one location at once."""
    return f"notices/{location}/adhoc"


class WindowHandlers:
    """Handlers of what the planner says of single windows.

    The window of a maintenance week is not theirs: its times were told with the week, whose mail says that each machine
    may restart within them, and whose revisions tell when they move. Requests that join it change nothing of that.
    """

    def __init__(self, *, announcer: Announcer, lock: Callable[[Session, str], None], patience: Patience) -> None:
        """Take the way to announce, the lock, and how long news are gathered."""
        self._announcer = announcer
        self._lock = lock
        self._patience = patience

    def window_granted(self, session: Session, message: WindowGrantedV1) -> None:
        """Remember the window, and that its customers may have to be told of it."""
        if message.week is None:
            require_records(session, message.records)
            self._heard(session, granted_window(message), cause_of(message))

    def window_withdrawn(self, session: Session, message: WindowWithdrawnV1) -> None:
        """Remember that there is no such window, and that its customers may have to be told so."""
        if message.week is None:
            require_records(session, message.records)
            self._heard(session, withdrawn_window(message), cause_of(message))

    def _heard(self, session: Session, said: RequestedWindow, cause: Cause) -> None:
        self._lock(session, lock_name(said.location))
        window = standing(load_window(session, said.location, said.window_id), said)
        if window is None:
            log.info("window-revision-ignored", window_id=said.window_id, revision=said.revision)
            return
        store_window(session, window)
        fleet = load_machines(session, window.location, window.machines)
        customers = touches(window, fleet).keys() | customers_named(session, window.location, window.window_id)
        for customer in sorted(customers):
            self._gather(session, Place(window.location, customer), window, cause)

    def _gather(self, session: Session, place: Place, window: RequestedWindow, cause: Cause) -> None:
        """Add a window to what a customer will be told, and take back what is not true of it any more."""
        now, real_now = self._announcer.now(), self._announcer.real_now()
        store_news(session, place, [window.window_id], now=now)
        taken = take_back(session, place, now=real_now)
        found = load_gathering(session, place)
        gathering = gathered(found[0] if found else None, window, self._patience, now=now)
        store_gathering(session, place, gathering, cause)
        if taken.skipped:
            self._announcer.announce(session, cause, (), superseded=taken.skipped)
