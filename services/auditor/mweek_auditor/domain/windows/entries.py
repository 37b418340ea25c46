"""Who was let in: into a window that there was, at its time, and never more or other machines at once than may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mweek_contracts.events import FindingCode

from mweek_auditor.domain.finding import Finding, clock, span
from mweek_auditor.domain.windows.case import WindowCase
from mweek_auditor.domain.windows.down import Down
from mweek_auditor.domain.windows.history import Unsure
from mweek_auditor.domain.windows.lease import Lease
from mweek_auditor.domain.windows.wording import counted

_SHOWN = 5


class Entries:
    """The leases of a location, in the order in which they were told: clocks of several planners may differ."""

    def __init__(self, case: WindowCase) -> None:
        """Take the case."""
        self._case = case

    def findings(self) -> Iterator[Finding]:
        """Yield no-such-window, superseded-window, outside-window; double-booked, redundancy and limits at once."""
        down = Down()
        turns = [(lease.number, True, lease) for lease in self._case.leases]
        turns += [(lease.left_number, False, lease) for lease in self._case.leases if lease.left_number is not None]
        for _, enters, lease in sorted(turns, key=lambda turn: turn[:2]):
            if not enters:
                down.leave(lease)
                continue
            if lease.must_end_by > self._case.since:
                yield from self._window(lease)
                yield from self._company(lease, down)
            if self._counts(lease):
                down.enter(lease, self._group(lease))

    def _window(self, lease: Lease) -> Iterator[Finding]:
        window = self._case.windows.get(lease.window_id)
        standing = window.standing_at(lease.number) if window is not None else None
        if standing is not None and lease.revision < standing.revision:
            text = f"{_let_in(lease)} by revision {lease.revision} of its window, when {standing.revision} stood."
            yield Finding(FindingCode.SUPERSEDED_WINDOW, lease.machine, text)
        elif lease.week is not None:
            yield from self._week_window(lease)
        elif standing is None:
            gone = "which had been withdrawn" if window is not None else "of which nobody was told"
            yield Finding(FindingCode.NO_SUCH_WINDOW, lease.machine, f"{_let_in(lease)}, {gone}.")
        elif lease.revision > standing.revision:
            text = f"{_let_in(lease)} by revision {lease.revision} of its window, of which nobody was told."
            yield Finding(FindingCode.NO_SUCH_WINDOW, lease.machine, text)
        elif not standing.time.opens_at <= lease.entered_at <= standing.latest_start_at:
            allowed = f"from {clock(standing.time.opens_at)} to {clock(standing.latest_start_at)}"
            text = f"{_let_in(lease)}; it may enter {allowed}."
            yield Finding(FindingCode.OUTSIDE_WINDOW, lease.machine, text)
        elif lease.must_end_by > standing.time.closes_at:
            text = f"{_let_in(lease)} until {clock(lease.must_end_by)}; it closes {clock(standing.time.closes_at)}."
            yield Finding(FindingCode.OUTSIDE_WINDOW, lease.machine, text)

    def _week_window(self, lease: Lease) -> Iterator[Finding]:
        window, planned = self._case.week_window.get(lease.window_id), self._case.weeks.get(lease.week or "")
        if window is None:
            if planned is not None and planned < lease.number:  # a later revision may have taken it away meanwhile
                text = f"{_let_in(lease)}, which the week's plan does not have."
                yield Finding(FindingCode.NO_SUCH_WINDOW, lease.machine, text)
        elif window.number < lease.number and not window.time.contains(lease.entered_at):
            text = f"{_let_in(lease)}; it has {span(window.time.opens_at, window.time.closes_at)}."
            yield Finding(FindingCode.OUTSIDE_WINDOW, lease.machine, text)

    def _company(self, lease: Lease, down: Down) -> Iterator[Finding]:
        """Yield what was wrong with letting it in beside those that were down."""
        again = [one for one in down.of_machine(lease.machine) if not one.overdue]
        if again:
            text = f"{_let_in(lease)} while it was in the window {again[0].window_id} already."
            yield Finding(FindingCode.DOUBLE_BOOKED, lease.machine, text)
        group = self._group(lease)
        peers = down.peers(group, besides=lease.machine)
        if peers:
            text = f"{_let_in(lease)} while its peer in redundancy group {group} was down: {_names(peers)}."
            yield Finding(FindingCode.REDUNDANCY, lease.machine, text)
        yield from self._crowd(lease, down)

    def _crowd(self, lease: Lease, down: Down) -> Iterator[Finding]:
        if lease.customer is not None:
            customer = self._case.records.customer_at(lease.customer, lease.position)
            limit = None if isinstance(customer, Unsure) else customer.max_parallel
            others = down.of_customer(lease.customer, besides=lease.machine) if limit is not None else ()
            if limit is not None and len(others) >= limit:
                yield _too_many(FindingCode.CUSTOMER_LIMIT, lease, f"customer {lease.customer}", others, limit)
        policy = self._case.records.policy_at(lease.position)
        capacity = None if isinstance(policy, Unsure) else policy.capacity
        # Counted first: to look at each that is down would cost their number for each that enters.
        if capacity is not None and down.count >= capacity:
            others = down.in_location(besides=lease.machine)
            if len(others) >= capacity:
                yield _too_many(FindingCode.CAPACITY, lease, f"location {self._case.location}", others, capacity)

    def _group(self, lease: Lease) -> str | None:
        machine = self._case.records.machine(lease.machine).at(lease.position)
        return None if isinstance(machine, Unsure) or machine is None else machine.redundancy_group

    def _counts(self, lease: Lease) -> bool:
        """Say whether others wait for the machine: nobody waits for an overdue one that is taken out of service."""
        history = self._case.records.machine(lease.machine)
        return not lease.overdue or (len(history.versions) == 1 and history.now is not None and history.now.in_service)


def _too_many(code: FindingCode, lease: Lease, whose: str, others: Sequence[Lease], limit: int) -> Finding:
    down = f"{counted(len(others), 'machine')} of {whose} {'was' if len(others) == 1 else 'were'} down"
    text = f"{_let_in(lease)} while {down} ({_names(others)}), and {limit} may be at once."
    return Finding(code, lease.machine, text)


def _let_in(lease: Lease) -> str:
    return f"{lease.machine} was let into window {lease.window_id} {clock(lease.entered_at)}"


def _names(leases: Sequence[Lease]) -> str:
    names = sorted({lease.machine for lease in leases})
    return ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
