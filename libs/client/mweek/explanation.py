"""Why a machine has the window that it has, or none."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mweek_contracts.reasons import UnplacedCode, explain_placement, explain_unplaced
from mweek_contracts.records import CustomerV1, MachineV1
from mweek_contracts.windows import AssignedWindow, UnplacedMachine

from mweek.week import Revision, WeekView


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One machine in one week, with the sentence that says why."""

    machine: MachineV1
    customer: CustomerV1 | None
    week: str | None
    """None when no week of the location was ever scheduled."""
    revision: int | None
    """The latest of the week; None when it was never scheduled."""
    window: AssignedWindow | None
    unplaced: UnplacedMachine | None
    sentence: str
    """Without full stop, beginning in lower case."""

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone of the customer; None for the operator's own machines, which live in UTC."""
        return ZoneInfo(self.customer.timezone) if self.customer else None


def explain(machine: MachineV1, customer: CustomerV1 | None, view: WeekView | None) -> Explanation:
    """Return why a machine stands where it stands in a week; without a view, in none."""
    window = view.windows.get(machine.name) if view else None
    unplaced = next((one for one in view.unplaced if one.machine == machine.name), None) if view else None
    return Explanation(
        machine=machine,
        customer=customer,
        week=view.week if view else None,
        revision=view.number if view and view.number else None,
        window=window,
        unplaced=unplaced,
        sentence=_sentence(machine, view, window or unplaced),
    )


def _sentence(machine: MachineV1, view: WeekView | None, place: AssignedWindow | UnplacedMachine | None) -> str:
    if isinstance(place, AssignedWindow):
        return explain_placement(place.reason, place.facts)
    if isinstance(place, UnplacedMachine):
        return explain_unplaced(place.reason, place.facts)
    if view is None or view.latest is None:
        what = f"the week {view.location}/{view.week}" if view else f"no week of {machine.location}"
        return f"{what} has {'not ' if view else ''}been scheduled"
    if view.cancellation:
        return f"{explain_unplaced(UnplacedCode.CANCELLED, {})}: {view.cancellation.reason}"
    return _lost(machine, view.latest)


def _lost(machine: MachineV1, revision: Revision) -> str:
    lost = {window.machine: window.reason for window in revision.changes.withdrawn}
    if machine.name in lost:
        return explain_unplaced(lost[machine.name], {})
    if not machine.in_service:
        return "it is not in service"
    return f"revision {revision.plan.revision} was made before it was known; the auditor will ask for a new revision"
