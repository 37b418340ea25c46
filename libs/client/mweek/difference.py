"""What differs between two revisions of a week, whatever lies between them."""

from __future__ import annotations

from collections.abc import Mapping

from mweek_contracts.reasons import UnplacedCode
from mweek_contracts.windows import AssignedWindow, Change, Slot, WithdrawnWindow

from mweek.errors import UnknownRevisionError
from mweek.week import PlanChanges, Step, WeekView

_NOTHING: Mapping[str, AssignedWindow] = {}


def difference(view: WeekView, older: int, newer: int) -> PlanChanges:
    """Return what somebody who knows the older revision must be told to know the newer one.

    A machine that lost its window gets the reason that the last revision between them gave.

    Args:
        older: a revision or cancellation of the week; 0 is before the first.
        newer: another; may be the lower number.

    Raises:
        UnknownRevisionError: the week has no such revision.
    """
    before = find_step(view, older).windows if older else _NOTHING
    after = find_step(view, newer)
    reasons = _withdrawal_reasons(view, older, newer)
    assigned = [
        _as_change(window, before.get(machine))
        for machine, window in after.windows.items()
        if machine not in before or slot_of(before[machine]) != slot_of(window)
    ]
    withdrawn = [
        _as_withdrawn(window, reasons.get(machine, UnplacedCode.RETIRED))
        for machine, window in before.items()
        if machine not in after.windows
    ]
    return PlanChanges(
        assigned=tuple(sorted(assigned, key=lambda window: window.machine)),
        withdrawn=tuple(sorted(withdrawn, key=lambda window: window.machine)),
        unplaced=after.changes.unplaced,
    )


def find_step(view: WeekView, number: int) -> Step:
    """Return a revision or cancellation by its number; raises UnknownRevisionError."""
    found = view.step(number)
    if found is None:
        raise UnknownRevisionError(f"{view.location}/{view.week}", number, [step.number for step in view.steps])
    return found


def slot_of(window: Slot) -> Slot:
    """Return the bare slot of a window."""
    return Slot(phase=window.phase, opens_at=window.opens_at, closes_at=window.closes_at)


def _as_change(window: AssignedWindow, before: AssignedWindow | None) -> AssignedWindow:
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


def _withdrawal_reasons(view: WeekView, older: int, newer: int) -> dict[str, UnplacedCode]:
    return {
        window.machine: window.reason
        for step in view.steps
        if older < step.number <= newer
        for window in step.changes.withdrawn
    }
