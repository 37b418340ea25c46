"""Ends occasions: what was gathered for a customer becomes one mail to each of its contacts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import structlog
from mweek_outbox import Database
from sqlmodel import Session

from mweek_notifier.domain.gathering import Gathering
from mweek_notifier.domain.requested_window import machines_of, touches
from mweek_notifier.domain.window_telling import Occasion, WindowTelling, tell_windows
from mweek_notifier.handlers.announcing import Announcer
from mweek_notifier.handlers.windows import lock_name
from mweek_notifier.storage.fleet import load_customer, load_machines
from mweek_notifier.storage.requested_windows import (
    Cause,
    Place,
    end_gathering,
    load_due_places,
    load_gathering,
    load_news,
    store_gathering,
)
from mweek_notifier.storage.told_windows import load_told_of_windows, take_back

log = structlog.get_logger()

LOOKED_AHEAD: Final = 100
"""Occasions that are looked up at once."""

MAIL_IN_HAND: Final = timedelta(seconds=5)
"""How long to wait, before looking again, for a mail that names one of the windows and is being handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasions:
    """Looks for occasions that are over. Several instances may: each is decided under the lock of its location."""

    database: Database
    announcer: Announcer
    lock: Callable[[Session, str], None]
    poll_seconds: float = 0.5

    async def run(self) -> None:
        """Tell what has gathered until cancelled."""
        while True:
            if not await asyncio.to_thread(self.tell_due):
                await asyncio.sleep(self.poll_seconds)

    def tell_due(self) -> int:
        """Plan the notices of all occasions that are over; returns how many these are."""
        with self.database.read() as session:
            places = load_due_places(session, self.announcer.now(), limit=LOOKED_AHEAD)
        for place in places:
            with self.database.transaction() as session:
                self.lock(session, lock_name(place.location))
                found = load_gathering(session, place)
                if found is not None and found[0].due_at <= self.announcer.now():  # else another instance was faster
                    self._end(session, place, *found)
        return len(places)

    def _end(self, session: Session, place: Place, gathering: Gathering, cause: Cause) -> None:
        taken = take_back(session, place, now=self.announcer.real_now())
        if taken.in_hand:
            # Whether its contact knows what it says is known only when it has come to its end.
            later = replace(gathering, due_at=self.announcer.now() + MAIL_IN_HAND)
            store_gathering(session, place, later, cause)
            telling = WindowTelling()
        else:
            telling = self._telling(session, place)
            end_gathering(session, place)
        self.announcer.announce(session, cause, telling.notices, silences=telling.silences, superseded=taken.skipped)

    def _telling(self, session: Session, place: Place) -> WindowTelling:
        customer = load_customer(session, place.customer)
        if customer is None:
            log.error("customer-unknown", location=place.location, customer=place.customer)
            return WindowTelling()
        windows = load_news(session, place)
        fleet = load_machines(session, place.location, machines_of(windows))
        touched = {window.window_id: touches(window, fleet).get(place.customer) for window in windows}
        occasion = Occasion(
            location=place.location,
            customer=customer,
            windows=windows,
            touched={window_id: touch for window_id, touch in touched.items() if touch is not None},
            told=load_told_of_windows(session, place),
        )
        return tell_windows(occasion, now=self.announcer.now(), domain=self.announcer.domain)
