"""All that the planner must know to decide about a week, read while no other planner decides about the location."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mweek_contracts.windows import RecordsPosition
from mweek_messaging import Postponed, records_position
from mweek_outbox import Database
from sqlmodel import Session

from mweek_planner.domain.machine import Fleet
from mweek_planner.interfaces import CurrentPlan
from mweek_planner.storage.plans import load_current, turns_taken
from mweek_planner.storage.records import inventory_fingerprint, load_fleet
from mweek_planner.translation import pattern_from

SOON: Final = timedelta(milliseconds=200)
"""Until records are looked for again: an import of hundreds is in by then, and nobody notices the wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of a week at one instant.

    `records` is how far the fleet was read; None when no record ever came. `inventory` is a fingerprint of it.
    """

    location: str
    week: str
    now: datetime
    fleet: Fleet
    history: Mapping[str, int]
    current: CurrentPlan | None
    records: RecordsPosition | None
    inventory: str


class SituationReader:
    """Reads situations; built once, in bootstrap."""

    def __init__(self, *, database: Database, records_lag: Callable[[], int], now: Callable[[], datetime]) -> None:
        """Keep what reading needs.

        Args:
            records_lag: says how many records are still to be applied.
        """
        self._database = database
        self._records_lag = records_lag
        self._now = now

    def enter(self, session: Session, location: str) -> None:
        """Wait until no other planner decides about a location, and keep others out until the transaction ends.

        Raises:
            Postponed: records are still coming in; nobody plans on half of a fleet.
        """
        if waiting := self._records_lag():
            raise Postponed(f"{waiting} records that are not applied yet", SOON)
        self._database.lock(session, f"week-planning:{location}")

    def current(self, session: Session, location: str, week: str) -> CurrentPlan | None:
        """Return the plan that stands for a week."""
        return load_current(session, location, week, pattern_from=pattern_from)

    def read(self, session: Session, location: str, week: str) -> Situation:
        """Return the situation of a week; call `enter` before.

        Raises:
            Postponed: records came in while the fleet was read, so that it is of no one position.
        """
        records = records_position(session)
        situation = Situation(
            location=location,
            week=week,
            now=self._now(),
            fleet=load_fleet(session, location),
            history=turns_taken(session, location, before=week),
            current=self.current(session, location, week),
            records=records,
            inventory=inventory_fingerprint(session, location),
        )
        if records_position(session) != records:
            raise Postponed("records that came in while the fleet was read", SOON)
        return situation

    def now(self) -> datetime:
        """Return the present instant of the service's clock."""
        return self._now()
