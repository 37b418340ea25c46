"""Is each window as long as its requests need, no longer, on the grid, and when they wanted it?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mweek_contracts.events import FindingCode

from mweek_auditor.domain.finding import Finding, clock
from mweek_auditor.domain.fleet import STEP_MINUTES
from mweek_auditor.domain.windows.case import WindowCase
from mweek_auditor.domain.windows.history import Unsure
from mweek_auditor.domain.windows.records import Policy
from mweek_auditor.domain.windows.window import Change, Grant
from mweek_auditor.domain.windows.wording import named

_MINUTE = timedelta(minutes=1)


class Lengths:
    """Each window as it stands against the work that it is for."""

    def __init__(self, case: WindowCase) -> None:
        """Take the case."""
        self._case = case

    def findings(self) -> Iterator[Finding]:
        """Yield off-grid, too-short, too-long and request-not-met."""
        for window in self._case.standing:
            yield from _requests(window.grant)
            policy = self._case.records.policy_at(window.grant.position)
            if window.grant.week is None:
                yield from _grid(window.grant)
            if not isinstance(policy, Unsure):
                yield from _length(window.grant, window.before(window.grant), policy)


def _grid(grant: Grant) -> Iterator[Finding]:
    if not (_is_on_grid(grant.time.opens_at) and _is_on_grid(grant.time.closes_at)):
        text = f"{named(grant)} does not open and close on steps of {STEP_MINUTES} minutes."
        yield Finding(FindingCode.OFF_GRID, grant.machine, text)


def _length(grant: Grant, before: Grant | None, policy: Policy) -> Iterator[Finding]:
    work = sum(one.estimated_minutes for one in grant.works) + policy.preparation_minutes
    length = grant.time.length // _MINUTE
    needed = work if grant.week is not None else _needed(work, policy)
    if grant.change is Change.LEFT and before is not None:
        needed = min(needed, before.time.length // _MINUTE)  # it is never made longer, whatever the policy has become
    if length < needed:
        text = f"{named(grant)} is {length} minutes long; its requests need {needed}."
        yield Finding(FindingCode.TOO_SHORT, grant.machine, text)
    elif grant.latest_start_at > max(grant.time.opens_at, grant.time.closes_at - work * _MINUTE):
        text = (
            f"{named(grant)} may be begun until {clock(grant.latest_start_at)}; {work} minutes are needed from there."
        )
        yield Finding(FindingCode.TOO_SHORT, grant.machine, text)
    if grant.change is Change.NEW and grant.week is None and length > needed:
        text = f"{named(grant)} is {length} minutes long; its requests come to {needed}."
        yield Finding(FindingCode.TOO_LONG, grant.machine, text)


def _requests(grant: Grant) -> Iterator[Finding]:
    begins_at = max(grant.time.opens_at, grant.granted_at)  # a window that is open already is shared from now on
    for work in grant.works:
        if work.not_before is not None and begins_at < work.not_before:
            text = f"{named(grant)} opens sooner than its request {work.request_id} wanted: {clock(work.not_before)}."
            yield Finding(FindingCode.REQUEST_NOT_MET, grant.machine, text)
        if work.deadline is not None and grant.time.closes_at > work.deadline:
            text = (
                f"{named(grant)} is over after the deadline of its request {work.request_id}: {clock(work.deadline)}."
            )
            yield Finding(FindingCode.REQUEST_NOT_MET, grant.machine, text)


def _needed(work: int, policy: Policy) -> int:
    """Return the minutes of a window: the shortest or the work, padding, rounded up to the grid."""
    percent = max(1, policy.shortest_minutes, work) * (100 + policy.padding_percent)
    return -(-percent // (100 * STEP_MINUTES)) * STEP_MINUTES


def _is_on_grid(instant: datetime) -> bool:
    return instant.minute % STEP_MINUTES == 0 and not (instant.second or instant.microsecond)
