"""A cancelled week: what had not opened is gone, and the numbers agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mweek_contracts.events import FindingCode

from mweek_auditor.domain.finding import Finding, clock, in_order
from mweek_auditor.domain.plan import Told, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """A cancellation as it was told; `parts` are (told, arrived), `windows` those that are left."""

    cancelled_at: datetime
    withdrawn: int
    parts: tuple[int, int]
    told: Sequence[Told]
    windows: Sequence[Window]


def audit_cancellation(cancellation: Cancellation) -> tuple[Finding, ...]:
    """Return what is wrong with a cancellation, sorted."""
    return in_order(_findings(cancellation))


def _findings(cancellation: Cancellation) -> Iterator[Finding]:
    counted = len(cancellation.told)
    if counted != cancellation.withdrawn:
        text = f"The cancellation tells of {cancellation.withdrawn} withdrawn windows, and the audit counts {counted}."
        yield Finding(FindingCode.COUNTS, None, text)
    told, arrived = cancellation.parts
    if told != arrived:
        text = f"The cancellation tells of {told} messages with withdrawn windows, and the audit counts {arrived}."
        yield Finding(FindingCode.COUNTS, None, text)
    yield from _left(cancellation.windows, cancellation.cancelled_at)


def _left(windows: Iterable[Window], cancelled_at: datetime) -> Iterator[Finding]:
    for window in windows:
        if window.opens_at > cancelled_at:
            text = f"{window.machine} still has its window of {clock(window.opens_at)}, though the week was cancelled."
            yield Finding(FindingCode.STILL_SCHEDULED, window.machine, text)
