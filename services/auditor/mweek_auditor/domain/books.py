"""Counts and digest: what closes a revision must agree with the windows that were told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mweek_contracts.events import FindingCode
from mweek_contracts.windows import assignments_digest
from mweek_timewindows import Window as Span

from mweek_auditor.domain.finding import Finding
from mweek_auditor.domain.plan import Books, Case


class BookKeeping:
    """The numbers of a revision."""

    def __init__(self, case: Case) -> None:
        """Take the case."""
        self._case = case

    def findings(self) -> Iterator[Finding]:
        """Yield counts and digest."""
        yield from self._phases()
        books = self._case.plan.books
        if books is None:
            return
        for what, told, found in self._numbers(books):
            if told != found:
                text = f"The plan tells of {told} {what}, and the audit counts {found}."
                yield Finding(FindingCode.COUNTS, None, text)
        windows = ((w.machine, w.phase, w.opens_at, w.closes_at) for w in self._case.plan.windows)
        digest = assignments_digest(windows)
        if digest != books.digest:
            text = (
                f"The digest of the plan's windows is {digest[:12]}…, and the plan says {books.digest[:12]}…: "
                "a message is missing, or was changed on its way."
            )
            yield Finding(FindingCode.DIGEST, None, text)

    def _phases(self) -> Iterator[Finding]:
        used = Counter(window.phase for window in self._case.plan.windows)
        for phase in self._case.plan.phases:
            if phase.machines is not None and phase.machines != used[phase.name]:
                text = (
                    f"The plan tells of {phase.machines} machines in {phase.name}, "
                    f"and the audit counts {used[phase.name]}."
                )
                yield Finding(FindingCode.COUNTS, None, text)

    def _numbers(self, books: Books) -> Iterator[tuple[str, int, int]]:
        plan = self._case.plan
        yield "windows", books.windows, len(plan.windows)
        yield "machines without a window", books.unplaced, len(plan.unplaced)
        yield "messages with assigned windows", *books.assigned_parts
        yield "messages with withdrawn windows", *books.withdrawn_parts
        outside = self._outside_acceptable()
        if outside is not None:
            yield "windows outside of acceptable times", books.outside_acceptable, outside

    def _outside_acceptable(self) -> int | None:
        """Return how many windows lie, wholly or in part, outside of the customer's acceptable times.

        None where that cannot be told: a record of then is not known.
        """
        records = self._case.planned_from
        if self._case.doubtful or records.customers is None:
            return None
        admitted: dict[tuple[str, str, object], bool] = {}
        outside = 0
        for window in self._case.plan.windows:
            machine = records.by_name.get(window.machine)
            if machine is None:
                return None
            customer = records.customer_of(machine)
            if machine.customer is not None and customer is None:
                return None
            if customer is None or customer.calendar is None:
                continue
            key = (customer.name, window.phase, (window.opens_at, window.closes_at))
            if key not in admitted:
                admitted[key] = customer.calendar.admits(Span(window.opens_at, window.closes_at))
            outside += not admitted[key]
        return outside
