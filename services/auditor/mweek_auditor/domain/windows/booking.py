"""All time that machines of a location have been given, requested or by weeks, in the order in which it was decided.

Who was given time that was taken already is at fault, and nobody else. A week asks no requested window, so what a week
takes is never a finding here (docs/window-requests.md, Weeks and requests).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mweek_timewindows import Window as Span

from mweek_auditor.domain.fleet import Machine
from mweek_auditor.domain.windows.case import WindowCase
from mweek_auditor.domain.windows.history import Unsure
from mweek_auditor.domain.windows.window import Grant, WeekWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A time that a machine was given at once. `grant` is None for a week's window.

    `customer` and `group` are those that it counts for; None where there is none, or where it is not sure which.
    """

    time: Span
    number: int
    window_id: str
    machine: str
    customer: str | None
    group: str | None
    grant: Grant | None = None

    @property
    def blamed(self) -> Grant:
        """The grant of a requested window."""
        assert self.grant is not None, "the operator's weeks are not blamed here"
        return self.grant


def bookings_of(case: WindowCase) -> tuple[Booking, ...]:
    """Return all bookings that stand, first those that were decided first."""
    found = [*_requested(case), *_of_weeks(case)]
    return tuple(sorted(found, key=lambda booking: (booking.number, booking.window_id, booking.time)))


def _requested(case: WindowCase) -> Iterator[Booking]:
    for window in case.requested:
        for piece in window.pieces if window.stands else ():
            time, grant = _until_finished(case, piece.grant.window_id, piece.time), piece.grant
            if time is not None:
                yield Booking(
                    time=time,
                    number=grant.number,
                    window_id=grant.window_id,
                    machine=grant.machine,
                    customer=grant.customer,
                    group=_group_at(case, grant),
                    grant=grant,
                )


def _of_weeks(case: WindowCase) -> Iterator[Booking]:
    for window in case.week_windows:
        time = None if _was_missed(case, window) else _until_finished(case, window.window_id, window.time)
        if time is not None:
            history = case.records.machine(window.machine)
            yield Booking(
                time=time,
                number=window.number,
                window_id=window.window_id,
                machine=window.machine,
                customer=history.steady(lambda machine: machine.customer),
                group=history.steady(lambda machine: machine.redundancy_group),
            )


def _until_finished(case: WindowCase, window_id: str, time: Span) -> Span | None:
    """Return what is left of a time whose machine may be done with it; None where nothing is."""
    left_at = case.finished.get(window_id)
    if left_at is None or left_at >= time.closes_at:
        return time
    return Span(time.opens_at, left_at) if left_at > time.opens_at else None


def _was_missed(case: WindowCase, window: WeekWindow) -> bool:
    requested = case.windows.get(window.window_id)
    gone = None if requested is None else requested.withdrawal
    return gone is not None and gone.missed and gone.number > window.number


def _group_at(case: WindowCase, grant: Grant) -> str | None:
    machine: Machine | Unsure | None = case.records.machine(grant.machine).at(grant.position)
    return None if isinstance(machine, Unsure) or machine is None else machine.redundancy_group
