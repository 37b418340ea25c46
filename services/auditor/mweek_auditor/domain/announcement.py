"""What the events of a revision say beside the times: whose window it is, and which virtual machines it affects."""

from __future__ import annotations

from collections.abc import Iterator

from mweek_contracts.events import FindingCode

from mweek_auditor.domain.finding import Finding
from mweek_auditor.domain.plan import Case, Told

_SHOWN = 5


class Announcement:
    """The told windows of a revision against the records that it was made from."""

    def __init__(self, case: Case) -> None:
        """Take the case."""
        self._case = case

    def findings(self) -> Iterator[Finding]:
        """Yield wrong-customer and affects, for windows that this revision assigns."""
        for told in self._case.plan.told:
            if not told.withdrawn and told.window.machine not in self._case.doubtful:
                yield from self._owner(told)
                if not self._case.doubtful:
                    yield from self._affected(told)

    def _owner(self, told: Told) -> Iterator[Finding]:
        machine = self._case.planned_from.in_service.get(told.window.machine)
        if machine is not None and machine.customer != told.customer:
            said, known = told.customer or "nobody", machine.customer or "nobody"
            text = f"{machine.name} was told as a machine of {said}; it belongs to {known}."
            yield Finding(FindingCode.WRONG_CUSTOMER, machine.name, text)

    def _affected(self, told: Told) -> Iterator[Finding]:
        guests = {guest.name for guest in self._case.planned_from.guests.get(told.window.machine, ())}
        for problem, names in (("leaves out", guests - told.affects), ("names wrongly", told.affects - guests)):
            if names:
                shown = ", ".join(sorted(names)[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
                text = f"The window of {told.window.machine} {problem} {len(names)} of the machines on it: {shown}."
                yield Finding(FindingCode.AFFECTS, told.window.machine, text)
