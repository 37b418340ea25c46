"""A plan file as `mweek-planner plan --json` writes it, or as a person does."""

from __future__ import annotations

from mweek_contracts.fields import Count, PositiveCount, Text, Token, UtcDatetime, Week
from mweek_contracts.message import Value
from mweek_contracts.pattern import Pattern
from mweek_contracts.reasons import Facts, UnplacedCode, explain_unplaced
from mweek_contracts.windows import Compromise as CompromiseFields
from mweek_contracts.windows import Override, Slot

from mweek_auditor.domain.plan import Compromise, PhaseSummary, Plan, Unplaced, Window


class DocumentPhase(Value):
    """A phase in the list of the file."""

    name: Token
    opens_at: UtcDatetime
    closes_at: UtcDatetime
    machines: Count | None = None


class DocumentAssignment(Slot):
    """The window of one machine; whatever else the file says of it is not needed."""

    machine: Token


class DocumentUnplaced(Value):
    """A machine that the file declares to have no window."""

    machine: Token
    reason: Text
    facts: Facts = {}


class PlanDocument(Value):
    """The file. What comes after `unplaced` may be absent: then less can be excused by it, never more."""

    location: Token
    week: Week
    pattern: Token | Pattern
    phases: tuple[DocumentPhase, ...]
    assignments: tuple[DocumentAssignment, ...]
    unplaced: tuple[DocumentUnplaced, ...] = ()
    planned_at: UtcDatetime | None = None
    revision: PositiveCount = 1
    pattern_document: Pattern | None = None
    compromises: tuple[CompromiseFields, ...] | None = None
    overrides: tuple[Override, ...] = ()


def plan_of(document: PlanDocument) -> Plan:
    """Return the plan that a file tells of."""
    return Plan(
        location=document.location,
        week=document.week,
        revision=document.revision,
        planned_at=document.planned_at,
        phases=tuple(PhaseSummary(p.name, p.opens_at, p.closes_at, p.machines) for p in document.phases),
        windows=tuple(window_of(item, item.machine) for item in document.assignments),
        unplaced=tuple(Unplaced(item.machine, _reason(item)) for item in document.unplaced),
        compromises=None if document.compromises is None else compromises_of(document.compromises),
        blackouts_overridden=override_of(document.overrides, "blackout"),
        notice_overridden=override_of(document.overrides, "notice"),
    )


def _reason(item: DocumentUnplaced) -> str:
    """Return the reason as a sentence: the planner writes a code, a person what they like."""
    known = item.reason in {code.value for code in UnplacedCode}
    return explain_unplaced(UnplacedCode(item.reason), item.facts) if known else item.reason.rstrip(".")


def window_of(slot: Slot, machine: str) -> Window:
    """Return a slot of the wire as the window of a machine."""
    return Window(machine=machine, phase=slot.phase, opens_at=slot.opens_at, closes_at=slot.closes_at)


def compromises_of(fields: tuple[CompromiseFields, ...]) -> tuple[Compromise, ...]:
    """Return compromises of the wire as the audit's own."""
    return tuple(
        Compromise(code=c.code.value, phase=c.phase, entry=c.entry, planned=c.planned, actual=c.actual) for c in fields
    )


def override_of(overrides: tuple[Override, ...], rule: str) -> str | None:
    """Return the reason given for setting a rule aside; None where it was not.

    Args:
        rule: `blackout` or `notice`; the wire's name of the rule has that word in it.
    """
    return next((override.reason for override in overrides if rule in override.rule.lower()), None)
