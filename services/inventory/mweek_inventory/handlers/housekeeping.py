"""What the inventory does from time to time: imports whose parts never came are given up, old commands forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from mweek_messaging import Ticker
from sqlmodel import Session

from mweek_inventory.domain.parts import ABANDONED_AFTER, Stage, abandonment
from mweek_inventory.handlers.fleet_book import FleetBook, Occasion
from mweek_inventory.storage import imports

REMEMBERED_FOR: Final = timedelta(days=90)
"""How long a command can be repeated without effect: as long as the stream has the event that tells its outcome."""


class Housekeeping:
    """Ends what waits in vain. Transport is a matter of real time, whatever the service's clock shows."""

    def __init__(self, *, book: FleetBook, real_now: Callable[[], datetime]) -> None:
        """Work with the book."""
        self._book = book
        self._real_now = real_now

    def ticker(self) -> Ticker:
        """Return the work as something that is done every hour."""
        return Ticker("housekeeping", timedelta(hours=1), self.tidy)

    def tidy(self, session: Session, _now: datetime) -> None:
        """Refuse the imports that are incomplete for a day; forget what is older than its event."""
        self._book.lock(session)
        real_now = self._real_now()
        for location, import_id, collection in imports.collecting_since(session, real_now - ABANDONED_AFTER):
            self._book.refuse(session, Occasion(location, import_id), abandonment(collection))
            imports.finish_collection(session, location, import_id, Stage.REFUSED)
        imports.forget_before(session, real_now - REMEMBERED_FOR)
