"""Is each window one of a machine that is in service, told to who owns it, with the machines that it takes along?"""

from __future__ import annotations

from collections.abc import Iterator

from mweek_contracts.events import FindingCode

from mweek_auditor.domain.finding import Finding
from mweek_auditor.domain.fleet import Machine
from mweek_auditor.domain.windows.case import WindowCase
from mweek_auditor.domain.windows.history import Unsure
from mweek_auditor.domain.windows.window import Grant
from mweek_auditor.domain.windows.wording import named

_SHOWN = 5


class Ownership:
    """The machines of requested windows against the records."""

    def __init__(self, case: WindowCase) -> None:
        """Take the case."""
        self._case = case

    def findings(self) -> Iterator[Finding]:
        """Yield unknown-machine, retired-machine, wrong-customer, unknown-customer and affects."""
        for window in self._case.standing:
            if window.grant.week is not None:
                continue  # the week's own audit looks at these
            found = list(self._as_granted(window.grant))
            yield from found or self._as_of_now(window.grant)

    def _as_granted(self, grant: Grant) -> Iterator[Finding]:
        machine = self._case.records.machine(grant.machine).at(grant.position)
        if isinstance(machine, Unsure):
            return
        yield from self._strangers(grant, machine)
        if machine is not None and machine.customer != grant.customer:
            said, known = grant.customer or "nobody", machine.customer or "nobody"
            text = f"{named(grant)} was told as one of {said}; the machine belongs to {known}."
            yield Finding(FindingCode.WRONG_CUSTOMER, grant.machine, text)
        yield from self._affected(grant)

    def _as_of_now(self, grant: Grant) -> Iterator[Finding]:
        """Yield what has become wrong since, and was not put right in time: it can be, until the window opens."""
        if grant.time.opens_at <= self._case.now:
            return
        history = self._case.records.machine(grant.machine)
        if history.is_settled(self._case.now, self._case.patience):
            yield from self._strangers(grant, history.now)
        if grant.customer is not None and self._case.records.customer(grant.customer).now is None:
            text = (
                f"{named(grant)} is one of customer {grant.customer}, of whom there is no record: nobody can be told."
            )
            yield Finding(FindingCode.UNKNOWN_CUSTOMER, grant.machine, text)

    def _strangers(self, grant: Grant, machine: Machine | None) -> Iterator[Finding]:
        if machine is None:
            text = f"{named(grant)} is for a machine that no record of location {self._case.location} knows."
            yield Finding(FindingCode.UNKNOWN_MACHINE, grant.machine, text)
        elif not machine.in_service:
            text = f"{named(grant)} is for a machine that is out of service."
            yield Finding(FindingCode.RETIRED_MACHINE, grant.machine, text)

    def _affected(self, grant: Grant) -> Iterator[Finding]:
        candidates = self._case.records.perhaps_on.get(grant.machine, frozenset()) | grant.affects
        missing, needless = [], []
        for name in sorted(candidates):
            guest = self._case.records.machine(name).at(grant.position)
            if isinstance(guest, Unsure):
                continue
            is_there = guest is not None and guest.in_service and guest.host == grant.machine
            if is_there and name not in grant.affects:
                missing.append(name)
            if not is_there and name in grant.affects:
                needless.append(name)
        for problem, names in (("leaves out", missing), ("names wrongly", needless)):
            if names:
                shown = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
                text = f"{named(grant)} {problem} {len(names)} of the machines on it: {shown}."
                yield Finding(FindingCode.AFFECTS, grant.machine, text)
