"""Every in-service machine has exactly one window, and nothing else has any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from mweek_contracts.events import FindingCode

from mweek_auditor.domain.finding import Finding, span
from mweek_auditor.domain.plan import Case, Window


class Coverage:
    """The windows of each machine against the records."""

    def __init__(self, case: Case) -> None:
        """Take the case; nothing is computed yet."""
        self._case = case

    @cached_property
    def windows_of(self) -> Mapping[str, Sequence[Window]]:
        """All windows of each machine, in the order of their opening."""
        windows: defaultdict[str, list[Window]] = defaultdict(list)
        for window in sorted(self._case.plan.windows, key=lambda w: (w.opens_at, w.phase)):
            windows[window.machine].append(window)
        return windows

    @cached_property
    def single(self) -> Mapping[str, Window]:
        """The window of each machine that has exactly one."""
        return {machine: windows[0] for machine, windows in self.windows_of.items() if len(windows) == 1}

    @cached_property
    def doubted(self) -> frozenset[str]:
        """Machines of which it is not clear whether the plan counted them.

        Beside those of the case: machines with a window that are not in service, and machines in service of which the
        plan says nothing. Perhaps the planner saw other records; the fault is a finding of its own already and must
        not make every quota wrong as well.
        """
        in_service = self._case.planned_from.in_service.keys()
        strangers = self.windows_of.keys() - in_service
        forgotten = in_service - self.windows_of.keys() - {unplaced.machine for unplaced in self._case.plan.unplaced}
        return self._case.doubtful | strangers | forgotten

    def findings(self) -> Iterator[Finding]:
        """Yield no-window, unplaced, several-windows, unknown-machine, retired-machine and unknown-customer."""
        yield from self._missing()
        yield from self._declared()
        for machine, windows in self.windows_of.items():
            if len(windows) > 1:
                times = " and ".join(f"{w.phase} ({span(w.opens_at, w.closes_at)})" for w in windows)
                yield Finding(FindingCode.SEVERAL_WINDOWS, machine, f"{machine} has {len(windows)} windows: {times}.")
            if not all(self._case.is_settled(window) for window in windows):
                yield from self._stranger(machine, windows)
        yield from self._customers()

    def _missing(self) -> Iterator[Finding]:
        declared = {unplaced.machine for unplaced in self._case.plan.unplaced}
        for name in self._case.fleet.in_service.keys() - self.windows_of.keys() - declared:
            text = f"{name} is in service and has no window, and the plan does not say why."
            yield Finding(FindingCode.NO_WINDOW, name, text)

    def _declared(self) -> Iterator[Finding]:
        for unplaced in self._case.plan.unplaced:
            name = unplaced.machine
            if name in self.windows_of:
                text = f"{name} is declared to have no window ({unplaced.reason}), and has one."
                yield Finding(FindingCode.COUNTS, name, text)
            elif name in self._case.fleet.in_service:
                text = f"{name} is in service and the plan leaves it without a window: {unplaced.reason}."
                yield Finding(FindingCode.UNPLACED, name, text)
            elif name not in self._case.fleet.by_name and name not in self._case.planned_from.by_name:
                text = f"{name} is declared to have no window ({unplaced.reason}), and no record knows it."
                yield Finding(FindingCode.UNKNOWN_MACHINE, name, text)

    def _stranger(self, machine: str, windows: Sequence[Window]) -> Iterator[Finding]:
        # One that still lies ahead decides: as long as it can be taken away, the records of now are what counts.
        records = self._case.records_for(windows[-1])
        if machine in self._case.doubtful and records is self._case.planned_from:
            return
        if machine not in records.by_name:
            text = f"{machine} has a window in {windows[0].phase}, and no record of {self._place} knows it."
            yield Finding(FindingCode.UNKNOWN_MACHINE, machine, text)
        elif machine not in records.in_service:
            text = f"{machine} has a window in {windows[0].phase}, and is out of service."
            yield Finding(FindingCode.RETIRED_MACHINE, machine, text)

    def _customers(self) -> Iterator[Finding]:
        fleet = self._case.fleet
        if fleet.customers is None:
            return
        for machine in fleet.in_service.values():
            if machine.customer is not None and machine.customer not in fleet.customer_by_name:
                text = f"{machine.name} belongs to customer {machine.customer}, of whom there is no record."
                yield Finding(FindingCode.UNKNOWN_CUSTOMER, machine.name, text)

    @property
    def _place(self) -> str:
        return f"location {self._case.plan.location}"
