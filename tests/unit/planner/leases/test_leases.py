"""How long a lease lasts, and when its machine is overdue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from mweek_planner.domain.leases import Lease, LeaseState, Stay, is_overdue, renew

MINUTE = timedelta(minutes=1)
ENTERED = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
STAY = Stay(lease=20 * MINUTE, must_end_by=ENTERED + 30 * MINUTE)
LEASE = Lease(lease_id="l1", window_id="w1", machine="vm00", entered_at=ENTERED, expires_at=ENTERED + 20 * MINUTE)


def test_renewing_gives_more_time_but_none_beyond_the_end_of_the_window() -> None:
    sooner, later = renew(LEASE, STAY, ENTERED + 5 * MINUTE), renew(LEASE, STAY, ENTERED + 15 * MINUTE)

    assert sooner is not None
    assert sooner.expires_at == ENTERED + 25 * MINUTE
    assert later is not None
    assert later.expires_at == STAY.must_end_by


def test_renewing_takes_no_time_away() -> None:
    shorter = replace(STAY, lease=MINUTE)

    assert renew(LEASE, shorter, ENTERED + 5 * MINUTE) == LEASE


def test_a_lease_that_has_expired_cannot_be_renewed() -> None:
    assert renew(LEASE, STAY, LEASE.expires_at) is None
    assert renew(LEASE, STAY, LEASE.expires_at - timedelta(microseconds=1)) is not None


@pytest.mark.parametrize("state", [LeaseState.LEFT, LeaseState.OVERDUE, LeaseState.LEFT_OVERDUE])
def test_a_lease_that_is_over_cannot_be_renewed(state: LeaseState) -> None:
    assert renew(replace(LEASE, state=state), STAY, ENTERED + MINUTE) is None


def test_a_lease_is_overdue_once_from_the_instant_it_expires() -> None:
    assert not is_overdue(LEASE, LEASE.expires_at - timedelta(microseconds=1))
    assert is_overdue(LEASE, LEASE.expires_at)
    assert not is_overdue(replace(LEASE, state=LeaseState.OVERDUE), LEASE.expires_at)
    assert not is_overdue(replace(LEASE, state=LeaseState.LEFT), LEASE.expires_at)


@pytest.mark.parametrize(
    ("state", "down"),
    [
        (LeaseState.HELD, True),
        (LeaseState.OVERDUE, True),
        (LeaseState.LEFT, False),
        (LeaseState.LEFT_OVERDUE, False),
    ],
)
def test_a_machine_is_down_until_it_has_said_that_it_is_up(state: LeaseState, *, down: bool) -> None:
    assert replace(LEASE, state=state).down is down
