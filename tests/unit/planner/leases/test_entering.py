"""Who may enter a window now, and what a machine is told that may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from mweek_planner.domain.leases import Denial, DenialCode, Door, Entry, Lease, LeaseState, Stay, enter

MINUTE = timedelta(minutes=1)
OPENS = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
LATEST_START = OPENS + 15 * MINUTE
CLOSES = OPENS + 30 * MINUTE
ENTRY = Entry(
    machine="vm00",
    window_id="w1",
    not_before=OPENS,
    not_after=LATEST_START,
    stay=Stay(lease=20 * MINUTE, must_end_by=CLOSES),
    revision=2,
)
OPEN = Door()


def asked(entry: Entry = ENTRY, door: Door = OPEN, *, now: datetime = OPENS) -> Lease | Denial:
    return enter(entry, door, now=now, lease_id="new")


def denied(entry: Entry = ENTRY, door: Door = OPEN, *, now: datetime = OPENS) -> Denial:
    answer = asked(entry, door, now=now)
    assert isinstance(answer, Denial), answer
    return answer


@pytest.mark.parametrize("now", [OPENS, OPENS + MINUTE, LATEST_START])
def test_from_its_opening_to_its_latest_start_a_window_can_be_entered(now: datetime) -> None:
    lease = asked(now=now)

    assert isinstance(lease, Lease)
    assert (lease.lease_id, lease.window_id, lease.machine, lease.entered_at) == ("new", "w1", "vm00", now)
    assert lease.expires_at == min(now + 20 * MINUTE, CLOSES)
    assert lease.down


def test_before_its_opening_it_is_too_early_and_the_opening_is_when_to_ask_again() -> None:
    denial = denied(now=OPENS - timedelta(microseconds=1))

    assert (denial.code, denial.retry_at) == (DenialCode.TOO_EARLY, OPENS)
    assert denial.text == "the window w1 opens at 2026-11-24T22:00Z"


def test_after_the_latest_start_it_is_too_late_for_good() -> None:
    denial = denied(now=LATEST_START + timedelta(microseconds=1))

    assert (denial.code, denial.retry_at) == (DenialCode.TOO_LATE, None)
    assert "2026-11-24T22:15Z" in denial.text


def test_a_revision_that_is_not_the_current_one_is_superseded() -> None:
    assert denied(replace(ENTRY, known_revision=1)).code is DenialCode.SUPERSEDED
    assert isinstance(asked(replace(ENTRY, known_revision=2)), Lease)


@pytest.mark.parametrize(
    ("door", "code"),
    [
        (Door(held="rzob/2026-W48 is held"), DenialCode.HELD),
        (Door(peers_down=("vm01",)), DenialCode.PEER_DOWN),
        (Door(customer_down=2, customer_limit=2), DenialCode.CAPACITY),
        (Door(location_down=5, capacity=5), DenialCode.CAPACITY),
    ],
)
def test_what_stands_in_the_way_is_told_and_when_to_ask_again(door: Door, code: DenialCode) -> None:
    denial = denied(door=door)

    assert denial.code is code
    assert denial.retry_at is not None
    assert OPENS + timedelta(seconds=30) <= denial.retry_at <= OPENS + MINUTE


@pytest.mark.parametrize("door", [Door(customer_down=1, customer_limit=2), Door(location_down=4, capacity=5)])
def test_where_there_is_still_room_it_enters(door: Door) -> None:
    assert isinstance(asked(door=door), Lease)


def test_asking_again_is_not_put_off_past_the_latest_start() -> None:
    door = Door(peers_down=("vm01",))

    assert denied(door=door, now=LATEST_START - timedelta(seconds=5)).retry_at == LATEST_START
    assert denied(door=door, now=LATEST_START).retry_at is None


def test_machines_that_are_denied_at_once_do_not_all_come_again_at_once() -> None:
    door = Door(peers_down=("vm99",))

    times = {denied(replace(ENTRY, machine=f"vm{number:02d}"), door).retry_at for number in range(50)}

    assert len(times) > 40


def test_a_machine_that_is_in_the_window_gets_the_lease_that_it_has() -> None:
    lease = Lease(lease_id="old", window_id="w1", machine="vm00", entered_at=OPENS, expires_at=OPENS + 20 * MINUTE)
    inside = replace(ENTRY, lease=lease, known_revision=1)

    assert asked(inside, Door(held="held", peers_down=("vm01",)), now=LATEST_START + MINUTE) is lease


@pytest.mark.parametrize("state", [LeaseState.LEFT, LeaseState.OVERDUE, LeaseState.LEFT_OVERDUE])
def test_a_machine_whose_lease_is_over_needs_a_new_one(state: LeaseState) -> None:
    lease = Lease(lease_id="old", window_id="w1", machine="vm00", entered_at=OPENS, expires_at=OPENS + MINUTE)
    again = replace(ENTRY, lease=replace(lease, state=state))

    lease_now = asked(again, now=OPENS + 5 * MINUTE)

    assert isinstance(lease_now, Lease)
    assert lease_now.lease_id == "new"
    assert denied(again, Door(location_down=1, capacity=1), now=OPENS + 5 * MINUTE).code is DenialCode.CAPACITY


def test_a_lease_that_has_expired_unnoticed_is_over_too() -> None:
    expired = Lease(lease_id="old", window_id="w1", machine="vm00", entered_at=OPENS, expires_at=OPENS + MINUTE)

    assert denied(replace(ENTRY, lease=expired), now=LATEST_START + MINUTE).code is DenialCode.TOO_LATE
