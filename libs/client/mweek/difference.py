"""What differs between two revisions of a week, whatever lies between them."""

from __future__ import annotations

from mweek_contracts.reasons import UnplacedCode
from mweek_contracts.windows import AssignedWindow, Change, Slot, WithdrawnWindow

from mweek.week import PlanChanges, Revision, WeekView


def difference(view: WeekView, older: Revision, newer: Revision) -> PlanChanges:
    """Return what a customer of the older revision must be told to know the newer one.

    A machine that lost its window gets the reason that the last revision between them gave.
    """
    reasons = _withdrawal_reasons(view, older, newer)
    assigned = [
        _as_change(window, older) for machine, window in newer.windows.items() if _differs(machine, older, newer)
    ]
    withdrawn = [
        _as_withdrawn(window, reasons.get(machine, UnplacedCode.RETIRED))
        for machine, window in older.windows.items()
        if machine not in newer.windows
    ]
    return PlanChanges(
        assigned=tuple(sorted(assigned, key=lambda window: window.machine)),
        withdrawn=tuple(sorted(withdrawn, key=lambda window: window.machine)),
        unplaced=newer.changes.unplaced,
    )


def slot_of(window: Slot) -> Slot:
    """Return the bare slot of a window."""
    return Slot(phase=window.phase, opens_at=window.opens_at, closes_at=window.closes_at)


def _differs(machine: str, older: Revision, newer: Revision) -> bool:
    before = older.windows.get(machine)
    return before is None or slot_of(before) != slot_of(newer.windows[machine])


def _as_change(window: AssignedWindow, older: Revision) -> AssignedWindow:
    before = older.windows.get(window.machine)
    change = (
        {"change": Change.MOVED, "previous": slot_of(before)} if before else {"change": Change.NEW, "previous": None}
    )
    return window.model_copy(update=change)


def _as_withdrawn(window: AssignedWindow, reason: UnplacedCode) -> WithdrawnWindow:
    return WithdrawnWindow(
        phase=window.phase,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
        machine=window.machine,
        customer=window.customer,
        affects=window.affects,
        reason=reason,
    )


def _withdrawal_reasons(view: WeekView, older: Revision, newer: Revision) -> dict[str, UnplacedCode]:
    return {
        window.machine: window.reason
        for revision in view.revisions
        if older.plan.revision < revision.plan.revision <= newer.plan.revision
        for window in revision.changes.withdrawn
    }
