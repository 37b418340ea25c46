"""What is in memory of a location's windows: as the database has it, whatever was rolled back or done by others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from mweek_contracts.events import RequestedWork
from mweek_contracts.request_codes import LeaveResult
from mweek_outbox import Database, migrate, open_database
from mweek_planner.domain.leases import Lease, LeaseState
from mweek_planner.domain.requests import Booking
from mweek_planner.interfaces import MachineWindow, Stayed, WindowLease, WindowState
from mweek_planner.storage.calendars import Calendars
from mweek_planner.storage.plans import store_revision
from mweek_planner.translation.window_requests import window_request_from
from mweek_timewindows import Window
from sqlmodel import Session

from tests.support.ids import at
from tests.support.planner_values import MONDAY, plan, revision, window

NOW = at("2026-11-20T08:00Z")
HOUR = timedelta(hours=1)


class RollBack(Exception):  # noqa: N818  nothing is wrong
    """Ends a transaction without its effects."""


class Planner:
    """One instance, with a memory of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOW
        self.calendars = Calendars(database=database, now=lambda: self.now, request_of=window_request_from)

    def put(self, *windows: MachineWindow) -> None:
        """Store windows in a transaction."""
        with self.database.transaction() as session:
            self.put_in(session, *windows)

    def put_in(self, session: Session, *windows: MachineWindow) -> None:
        """Store windows with what else the transaction stores."""
        opened = self.calendars.open(session, "rzob")
        for one in windows:
            opened.put_window(one)

    def put_lease(self, held: WindowLease) -> None:
        """Store a lease in a transaction."""
        with self.database.transaction() as session:
            self.calendars.open(session, "rzob").put_lease(held)

    def knows(self, machine: str = "m1") -> list[MachineWindow]:
        """Return the windows of a machine."""
        with self.database.transaction() as session:
            return self.calendars.open(session, "rzob").calendar.windows_of(machine)

    def leases(self, machine: str = "m1") -> list[WindowLease]:
        """Return the leases of a machine."""
        with self.database.transaction() as session:
            return self.calendars.open(session, "rzob").calendar.leases_of(machine)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url, "mweek_planner")
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def planner(database: Database) -> Planner:
    return Planner(database)


@pytest.fixture
def other(database: Database) -> Planner:
    """Another instance on the same database."""
    return Planner(database)


def requested(name: str = "w1", *, machine: str = "m1", opens_at: datetime = NOW + HOUR) -> MachineWindow:
    """Return a window of an hour for one request."""
    work = RequestedWork(request_id=f"r-{name}", reason="kernel", estimated_minutes=10, requested_at=NOW, urgent=True)
    booking = Booking(
        window_id=name,
        machine=machine,
        window=Window(opens_at, opens_at + HOUR),
        customer="acme",
        redundancy_group="web",
        requests=(window_request_from(machine, work),),
    )
    return MachineWindow(booking=booking, not_after=opens_at + HOUR / 2, revision=1, works=(work,))


def lease(name: str = "l1", **fields: object) -> WindowLease:
    held = Lease(lease_id=name, window_id="w1", machine="m1", entered_at=NOW, expires_at=NOW + HOUR)
    return replace(WindowLease(lease=held, revision=1, must_end_by=NOW + 2 * HOUR, customer="acme"), **fields)  # type: ignore[arg-type]


def test_window_comes_back_as_it_was_put(planner: Planner, other: Planner) -> None:
    planner.put(requested())
    assert planner.knows() == other.knows() == [requested()]


def test_lease_comes_back_as_it_was_put_until_its_machine_is_up(planner: Planner, other: Planner) -> None:
    planner.put_lease(lease())
    assert planner.leases() == other.leases() == [lease()]
    stayed = Stayed(left_at=NOW + HOUR, result=LeaveResult.DONE, downtime_minutes=7)
    planner.put_lease(lease(lease=replace(lease().lease, state=LeaseState.LEFT), stayed=stayed))
    assert planner.leases() == other.leases() == []


def test_what_another_instance_changes_is_seen(planner: Planner, other: Planner) -> None:
    planner.put(requested())
    other.put(requested("w2", opens_at=NOW + 3 * HOUR), replace(requested(), revision=2))
    assert planner.knows() == [replace(requested(), revision=2), requested("w2", opens_at=NOW + 3 * HOUR)]
    planner.put(replace(requested(), revision=3, state=WindowState.WITHDRAWN))
    assert other.knows() == planner.knows() == [requested("w2", opens_at=NOW + 3 * HOUR)]


def test_transaction_that_is_rolled_back_leaves_nothing_in_memory(planner: Planner) -> None:
    planner.put(requested())
    with suppress(RollBack), planner.database.transaction() as session:
        planner.put_in(session, requested("w2"), replace(requested(), revision=2))
        raise RollBack
    assert planner.knows() == [requested()]


def test_commit_that_fails_leaves_nothing_in_memory(planner: Planner) -> None:
    """Its write is refused: a window ends before it begins."""
    planner.put(requested())
    with pytest.raises(sa.exc.IntegrityError):
        planner.put(replace(requested("w2"), not_after=NOW - HOUR))
    assert planner.knows() == [requested()]


def test_savepoint_that_is_rolled_back_leaves_what_was_done_before_it(planner: Planner, other: Planner) -> None:
    with planner.database.transaction() as session:
        with session.begin_nested():
            planner.put_in(session, requested("w1"))
        with suppress(RollBack), session.begin_nested():
            planner.put_in(session, requested("w2", opens_at=NOW + 3 * HOUR))
            raise RollBack
        with session.begin_nested():
            known = planner.calendars.open(session, "rzob").calendar.windows_of("m1")
            planner.put_in(session, requested("w3", opens_at=NOW + 5 * HOUR))
    assert known == [requested("w1")]
    expected = [requested("w1"), requested("w3", opens_at=NOW + 5 * HOUR)]
    assert planner.knows() == other.knows() == expected


def test_transaction_that_is_rolled_back_after_a_savepoint_leaves_nothing(planner: Planner, other: Planner) -> None:
    """A savepoint that is over is no commit; and another instance's change gets the number that this one had."""
    planner.put(requested())
    with suppress(RollBack), planner.database.transaction() as session:
        with session.begin_nested():
            planner.put_in(session, requested("w2", opens_at=NOW + 3 * HOUR))
        raise RollBack
    other.put(requested("w3", opens_at=NOW + 5 * HOUR))
    assert planner.knows() == [requested(), requested("w3", opens_at=NOW + 5 * HOUR)]


def test_windows_of_weeks_are_those_of_the_plan_that_stands(planner: Planner, other: Planner) -> None:
    first, second = plan([window("m1")]), [window("m1", phase=3)]
    assert planner.knows() == []
    for made, parent in ((first, None), (plan(second, parent=first), first)):
        with other.database.transaction() as session:
            opened = other.calendars.open(session, "rzob")
            store_revision(session, revision(made, parent=parent))
            opened.plans_changed(session)
        for instance in (planner, other):
            [own] = instance.knows()
            assert (own.booking.window_id, own.week, own.revision) == ("2026-W49/m1", "2026-W49", made.revision)
            assert own.booking.window.opens_at == made.assignments[0].opens_at


def test_what_is_over_is_forgotten_after_a_day(planner: Planner) -> None:
    planner.put(requested(), requested("w2", opens_at=MONDAY))
    planner.now = NOW + timedelta(days=3)
    assert planner.knows() == [requested("w2", opens_at=MONDAY)]


def test_other_locations_are_apart(planner: Planner) -> None:
    planner.put(requested())
    with planner.database.transaction() as session:
        assert planner.calendars.open(session, "whq").calendar.windows_of("m1") == []
