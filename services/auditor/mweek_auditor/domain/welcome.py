"""What turns a machine away from a phase: opened, notice, blackout, too long (docs/planning.md, Words)."""

from __future__ import annotations

from datetime import datetime, timedelta

from mweek_contracts.reasons import CompromiseCode

from mweek_auditor.domain.fleet import Customer, Machine
from mweek_auditor.domain.plan import Case


class Welcome:
    """Answers for one case, from the records that the plan was made from."""

    def __init__(self, case: Case) -> None:
        """Find out which phases had opened when the plan was made."""
        self._case = case
        # A week planned afresh in which a phase has opened is refused, unless its notice is overridden.
        asks_opened = not case.is_afresh or case.plan.notice_overridden
        self._opened = self._opening_until(case.plan.planned_at) if asks_opened else 0
        self._of_customer: dict[str | None, dict[CompromiseCode, int]] = {}
        self._of_need: dict[int, int] = {}
        self._all: dict[tuple[str | None, int], int] = {}

    def turned_away(self, machine: Machine) -> int:
        """Return the set of phases that turn the machine away, a bit for each."""
        key = (machine.customer, machine.need_minutes)
        if key not in self._all:
            self._all[key] = 0
            for phases in self.by_cause(machine).values():
                self._all[key] |= phases
        return self._all[key]

    def by_cause(self, machine: Machine) -> dict[CompromiseCode, int]:
        """Return for each cause the set of phases that it turns the machine away from."""
        if machine.customer not in self._of_customer:
            self._of_customer[machine.customer] = self._consent(self._case.planned_from.customer_of(machine))
        if machine.need_minutes not in self._of_need:
            self._of_need[machine.need_minutes] = self._too_long(machine.need_minutes)
        return {**self._of_customer[machine.customer], CompromiseCode.TOO_LONG: self._of_need[machine.need_minutes]}

    def had_opened(self, phase: int) -> bool:
        """Return whether the phase had opened when the plan was made, and that counts."""
        return bool(self._opened >> phase & 1)

    def _consent(self, customer: Customer | None) -> dict[CompromiseCode, int]:
        plan = self._case.plan
        notice = blackout = 0
        asks_notice = not self._case.is_afresh and not plan.notice_overridden
        if customer is not None and plan.planned_at is not None and asks_notice:
            # An instant at exactly the end of the notice time is soon enough.
            notice = self._opening_before(plan.planned_at + timedelta(hours=customer.notice_hours))
        if customer is not None and not plan.blackouts_overridden:
            blackout = self._blacked_out(customer)
        return {
            CompromiseCode.OPENED: self._opened,
            CompromiseCode.NOTICE: notice,
            CompromiseCode.BLACKOUT: blackout,
        }

    def _blacked_out(self, customer: Customer) -> int:
        return sum(
            1 << index
            for index, phase in enumerate(self._case.frame.phases)
            if any(blackout.overlaps(phase.opens_at, phase.closes_at) for blackout in customer.blackouts)
        )

    def _too_long(self, need_minutes: int) -> int:
        need = timedelta(minutes=need_minutes)
        return sum(
            1 << index for index, phase in enumerate(self._case.frame.phases) if phase.closes_at - phase.opens_at < need
        )

    def _opening_before(self, instant: datetime) -> int:
        return sum(1 << i for i, phase in enumerate(self._case.frame.phases) if phase.opens_at < instant)

    def _opening_until(self, instant: datetime | None) -> int:
        if instant is None:
            return 0
        return sum(1 << i for i, phase in enumerate(self._case.frame.phases) if phase.opens_at <= instant)
