"""Who may enter a window now: its times, a hold, peers that are down, and how many may be down at once."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from mweek_planner.domain.leases.lease import Lease, LeaseState, Stay, is_overdue

PATIENCE: Final = timedelta(seconds=30)
"""How long a machine waits before it asks again whether there is room: a reboot takes a minute or several."""


class DenialCode(StrEnum):
    """Why a machine may not enter now (design, §8)."""

    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    HELD = "held"
    PEER_DOWN = "peer_down"
    CAPACITY = "capacity"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Denial:
    """Not now. `retry_at` is when to ask again; None: not for this window."""

    code: DenialCode
    text: str
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What is in the way of a machine at one instant.

    `held` says in a few words who holds the week, None: nobody. `peers_down` are the names of the machine's redundancy
    peers that are down. `customer_down` and `location_down` count machines that are down, the one that asks left out;
    a limit of None lets any number be down.
    """

    held: str | None = None
    peers_down: Sequence[str] = ()
    customer_down: int = 0
    customer_limit: int | None = None
    location_down: int = 0
    capacity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A machine that asks to enter a window.

    `not_after` is the latest start; `revision` the window's, `known_revision` the one that the machine names, None: it
    names none. `lease` is the latest that the machine had on this window, None: it never was in it.
    """

    machine: str
    window_id: str
    not_before: datetime
    not_after: datetime
    stay: Stay
    revision: int
    known_revision: int | None = None
    lease: Lease | None = None


def enter(entry: Entry, door: Door, *, now: datetime, lease_id: str) -> Lease | Denial:
    """Return a lease, or why there is none now.

    A machine that is in the window already gets the lease that it has: it has rebooted and forgotten, or never heard
    the answer. One that has left, or was found overdue, may enter once more while the window lets it: whether that is
    a failure is not decided here.

    The rules are looked at in this order, and the first that is broken is told: another revision, too early, too late,
    a hold, a peer that is down, the customer's limit, the location's.

    Args:
        lease_id: the id of a new lease, if one is given.
    """
    held = entry.lease if entry.lease is not None and entry.lease.state is LeaseState.HELD else None
    if held is not None and not is_overdue(held, now):
        return held
    denial = _superseded(entry) or _at_another_time(entry, now) or _closed(entry, door, now)
    return denial or Lease(
        lease_id=lease_id,
        window_id=entry.window_id,
        machine=entry.machine,
        entered_at=now,
        expires_at=entry.stay.expires_at(now),
    )


def _superseded(entry: Entry) -> Denial | None:
    if entry.known_revision is None or entry.known_revision == entry.revision:
        return None
    text = (
        f"the window {entry.window_id} is at revision {entry.revision}, not {entry.known_revision}: ask for your "
        "windows, and enter at the new times"
    )
    return Denial(DenialCode.SUPERSEDED, text)


def _at_another_time(entry: Entry, now: datetime) -> Denial | None:
    if now < entry.not_before:
        text = f"the window {entry.window_id} opens at {_readable(entry.not_before)}"
        return Denial(DenialCode.TOO_EARLY, text, entry.not_before)
    if now > entry.not_after:
        text = (
            f"the latest start in the window {entry.window_id} was {_readable(entry.not_after)}: later than that the "
            f"work is not done by {_readable(entry.stay.must_end_by)}; request another window"
        )
        return Denial(DenialCode.TOO_LATE, text)
    return None


def _closed(entry: Entry, door: Door, now: datetime) -> Denial | None:
    again = _again(entry, now)
    if door.held is not None:
        return Denial(DenialCode.HELD, f"nobody enters: {door.held}", again)
    if door.peers_down:
        first, *others = sorted(door.peers_down)
        more = f" and {len(others)} more" if others else ""
        return Denial(DenialCode.PEER_DOWN, f"the redundancy peer {first}{more} is down", again)
    if door.customer_limit is not None and door.customer_down >= door.customer_limit:
        text = f"{door.customer_down} machines of the customer are down, and {door.customer_limit} may be at once"
        return Denial(DenialCode.CAPACITY, text, again)
    if door.capacity is not None and door.location_down >= door.capacity:
        text = f"{door.location_down} machines of the location are down, and {door.capacity} may be at once"
        return Denial(DenialCode.CAPACITY, text, again)
    return None


def _again(entry: Entry, now: datetime) -> datetime | None:
    """Return when to ask again: not all at once, not after the latest start; None where that has come."""
    spread = zlib.crc32(entry.machine.encode()) % 1_000 / 1_000
    again = now + PATIENCE * (1 + spread)
    if again <= entry.not_after:
        return again
    return entry.not_after if now < entry.not_after else None


def _readable(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M}Z"
