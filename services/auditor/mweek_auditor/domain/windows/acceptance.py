"""What customers were promised of each window: times that they accept, no blackout, notice hours; and the horizon.

Each part of a window as it stands is held against the records that the planner had read when it added it. Windows that
lie ahead are held against the wishes of today as well: nobody moves them when a customer changes its mind.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from mweek_contracts.events import FindingCode
from mweek_timewindows import Window as Span
from mweek_timewindows import without

from mweek_auditor.domain.finding import Finding, clock, span
from mweek_auditor.domain.fleet import Customer
from mweek_auditor.domain.windows.case import WindowCase
from mweek_auditor.domain.windows.history import Unsure
from mweek_auditor.domain.windows.records import HORIZON, described
from mweek_auditor.domain.windows.window import Grant, Piece, RequestedWindow
from mweek_auditor.domain.windows.wording import named


class Acceptance:
    """Each requested window against the wishes of the machine's customer."""

    def __init__(self, case: WindowCase) -> None:
        """Take the case."""
        self._case = case

    def findings(self) -> Iterator[Finding]:
        """Yield outside-acceptable, blackout, notice-hours and beyond-horizon."""
        for window in self._case.standing:
            if window.grant.week is not None:
                continue  # a week's time is the operator's
            found = [finding for piece in window.pieces for finding in self._as_granted(piece)]
            yield from found or self._as_wished_now(window)

    def _as_granted(self, piece: Piece) -> Iterator[Finding]:
        grant, latest = piece.grant, piece.grant.granted_at + HORIZON
        if piece.time.closes_at > latest:
            text = f"{named(grant)} is over later than {HORIZON.days} days after it was granted, {clock(latest)}."
            yield Finding(FindingCode.BEYOND_HORIZON, grant.machine, text)
        if grant.customer is None:  # the operator's own: there is nobody to ask
            return
        customer = self._case.records.customer_at(grant.customer, grant.position)
        if isinstance(customer, Unsure):
            return
        yield from _unwelcome(grant, customer, piece.time, "")
        yield from _too_soon(grant, customer)

    def _as_wished_now(self, window: RequestedWindow) -> Iterator[Finding]:
        grant = window.grant
        if grant.customer is not None and grant.time.opens_at > self._case.now:
            customer = described(grant.customer, self._case.records.customer(grant.customer).now)
            yield from _unwelcome(grant, customer, grant.time, ", as it wishes now")


def _unwelcome(grant: Grant, customer: Customer, time: Span, since: str) -> Iterator[Finding]:
    if customer.calendar is not None:
        outside = without((time,), customer.calendar.occurrences(time.opens_at, time.closes_at))
        if outside:
            local = _local(outside[0], customer)
            text = f"{named(grant)} reaches out of what {customer.name} accepts{since}: {local}."
            yield Finding(FindingCode.OUTSIDE_ACCEPTABLE, grant.machine, text)
    for blackout in customer.blackouts:
        if blackout.overlaps(time.opens_at, time.closes_at):
            closed = span(blackout.starts_at, blackout.ends_at)
            text = f"{named(grant)} lies in the blackout {blackout.reason!r} of {customer.name}{since}: {closed}."
            yield Finding(FindingCode.BLACKOUT, grant.machine, text)


def _too_soon(grant: Grant, customer: Customer) -> Iterator[Finding]:
    earliest = grant.granted_at + timedelta(hours=customer.notice_hours)
    if grant.time.opens_at < earliest and not _is_urgent(grant):
        text = (
            f"{named(grant)} opens sooner than the {customer.notice_hours} notice hours of {customer.name} allow: it "
            f"was granted {clock(grant.granted_at)}, so {clock(earliest)} was the earliest; its request is not urgent."
        )
        yield Finding(FindingCode.NOTICE_HOURS, grant.machine, text)


def _is_urgent(grant: Grant) -> bool:
    """Return whether what the revision answers is urgent; where the planner moved it by itself, any of its requests."""
    answered = [work for work in grant.works if work.request_id == grant.request_id] or grant.works
    return any(work.urgent for work in answered)


def _local(time: Span, customer: Customer) -> str:
    """Return a time as it is in the customer's zone."""
    assert customer.calendar is not None, "it was asked what it accepts"
    zone = ZoneInfo(customer.calendar.zone)
    opens, closes = (instant.astimezone(zone) for instant in (time.opens_at, time.closes_at))
    until = f"{closes:%H:%M}" if opens.date() == closes.date() else f"{closes:%a %Y-%m-%d %H:%M}"
    return f"{opens:%a %Y-%m-%d %H:%M} to {until} in {customer.calendar.zone}"
