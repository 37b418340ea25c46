"""Reports that a person reads, as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from mweek_auditor.domain.finding import Finding, clock, in_order
from mweek_auditor.domain.plan import Case

_OCCASIONS = {
    "revision": "after the revision was made",
    "inventory-changed": "after machines or customers changed",
    "phase-opens": "before a phase opened",
    "week-ends": "at the end of the week",
    "requested": "on request",
    "windows-changed": "after news about windows",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was looked at; `contacts_told` is None where notices were not, `week` where it was requested windows."""

    location: str
    week: str | None
    revision: int
    machines: int
    windows: int
    phases: int
    unplaced: int = 0
    contacts_told: int | None = None
    preview: bool = False


def figures_of(case: Case, *, contacts_told: int | None = None, preview: bool = False) -> Figures:
    """Return the figures of a case."""
    return Figures(
        location=case.plan.location,
        week=case.plan.week,
        revision=case.plan.revision,
        machines=len(case.fleet.in_service),
        windows=len(case.plan.windows),
        phases=len(case.plan.phases),
        unplaced=len(case.plan.unplaced),
        contacts_told=contacts_told,
        preview=preview,
    )


def report_lines(figures: Figures, findings: Sequence[Finding], total: int | None = None) -> Iterable[str]:
    """Yield the lines of one report: the verdict, what was looked at, and the findings by code.

    Args:
        total: how many findings there are, where these are only the first.
    """
    count = len(findings) if total is None else total
    verdict = "passed" if not findings else f"failed, {count} finding{'s' if count > 1 else ''}"
    if figures.week is None:
        yield f"Audit of {figures.location}, requested windows: {verdict}"
        which = "that lie ahead or ended less than a day ago"
        yield f"  {figures.machines} machines in service, {figures.windows} windows {which}"
    else:
        title = f"revision {figures.revision}" + (" (preview)" if figures.preview else "")
        yield f"Audit of {figures.location} {figures.week}, {title}: {verdict}"
        yield _counts(figures)
    for code, group in groupby(in_order(findings), key=lambda finding: finding.code):
        same = tuple(group)
        yield ""
        yield f"{code} ({len(same)})" if len(same) > 1 else str(code)
        for finding in same:
            yield f"  {finding.text}"
    if count > len(findings):
        yield ""
        yield f"… and {count - len(findings)} more"


def _counts(figures: Figures) -> str:
    told = "" if figures.contacts_told is None else f", {figures.contacts_told} contacts to tell"
    unplaced = f", {figures.unplaced} without" if figures.unplaced else ""
    return (
        f"  {figures.machines} machines in service, {figures.windows} windows in {figures.phases} phases"
        f"{unplaced}{told}"
    )


def occasion_words(occasion: str) -> str:
    """Return what made the auditor look, in words."""
    return _OCCASIONS.get(occasion, occasion)


__all__ = ["Figures", "clock", "figures_of", "occasion_words", "report_lines"]
