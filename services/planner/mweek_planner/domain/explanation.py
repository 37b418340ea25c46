"""Why each machine is where it is: codes and facts for `mweek_contracts.reasons` to make sentences of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mweek_contracts.reasons import PlacementCode, UnplacedCode

from mweek_planner.domain.draft import Draft
from mweek_planner.domain.line import Line
from mweek_planner.domain.machine import Machine
from mweek_planner.domain.pattern import QuotaKind
from mweek_planner.domain.phase_set import PhaseSet, each, phase_set
from mweek_planner.domain.plan import Assignment, Fact, Facts, Plan, Unplaced, facts
from mweek_planner.domain.quota import percent
from mweek_planner.domain.welcome import Cause

_UNPLACED: Final[Mapping[Cause, UnplacedCode]] = {
    Cause.OPENED: UnplacedCode.WEEK_OVER,
    Cause.NOTICE: UnplacedCode.NOTICE,
    Cause.BLACKOUT: UnplacedCode.BLACKOUT,
    Cause.TOO_LONG: UnplacedCode.TOO_LONG,
    Cause.REDUNDANCY: UnplacedCode.REDUNDANCY,
}

Reason = tuple[PlacementCode, Facts]
"""A code and its facts."""


class Explanation:
    """Explains one filled week."""

    def __init__(self, draft: Draft, parent: Plan | None) -> None:
        """Prepare what the machines of one line have in common, and whom the parent revision knew."""
        self._draft = draft
        self._terms = draft.terms
        self._of_line = [_reason_of(line) for line in draft.terms.lines]
        self._known: frozenset[str] | None = None
        if parent is not None and not parent.cancelled:
            self._known = frozenset(a.machine for a in parent.assignments) | {u.machine for u in parent.unplaced}

    def placed(self, machine: int) -> Reason:
        """Return why a machine got the window that this revision gives it."""
        moved = self._draft.moved.get(machine)
        if moved is not None and moved.cause is not None:
            return self._away_from(self._left(machine, moved.previous), moved.cause, machine)
        line = self._draft.line_of[machine]
        turned = self._turned_away(machine) if line is None or self._terms.lines[line].target is None else None
        joined = self._known is not None and self._name(machine) not in self._known
        if turned is not None and not (joined and turned[1] is Cause.OPENED):
            return self._away_from(self._terms.house.phases[turned[0]].name, turned[1], machine)
        if joined:
            return PlacementCode.JOINED, ()
        return (PlacementCode.DECLARED_REMAINDER, ()) if line is None else self._of_line[line]

    def unplaced(self, machine: int) -> Unplaced:
        """Return why a machine has no window: what turned it away last."""
        person = self._terms.census.machines[machine]
        cause = self._turned_away_last(machine)
        named = {} if cause is None else _facts_of(cause, person)
        code = UnplacedCode.NO_PHASE if cause is None else _UNPLACED[cause]
        return Unplaced(person.name, person.customer, code, facts(**named))

    def _away_from(self, avoided: str, cause: Cause, machine: int) -> Reason:
        named = _facts_of(cause, self._terms.census.machines[machine])
        return PlacementCode(cause.value), facts(avoided=avoided, **named)

    def _left(self, machine: int, previous: Assignment) -> str:
        """Return what a machine that moved has left: its phase, or the whole of it where it has a part of it now."""
        here = self._draft.phase_of[machine]
        stays = here is not None and self._terms.house.phases[here].name == previous.phase
        return f"the whole of {previous.phase}" if stays else previous.phase

    def _turned_away(self, machine: int) -> tuple[int, Cause] | None:
        """Return the last phase before its own that would have taken a machine without choosing, and what was there."""
        options, here, line = self._terms.options[machine], self._draft.phase_of[machine], self._draft.line_of[machine]
        before = options.unbounded if line is None or here is None else options.unbounded & (phase_set((here,)) - 1)
        if not before & options.away and machine not in self._draft.turned_by_peers:
            return None
        return self._last_of(machine, before)

    def _turned_away_last(self, machine: int) -> Cause | None:
        options, remainder = self._terms.options[machine], self._terms.remainder
        last = self._last_of(machine, options.named)
        asked_remainder = remainder is not None and options.unbounded >> remainder == 0
        if asked_remainder and remainder is not None and options.causes[remainder] is not None:
            return options.causes[remainder]
        return None if last is None else last[1]

    def _last_of(self, machine: int, phases: PhaseSet) -> tuple[int, Cause] | None:
        causes = self._terms.options[machine].causes
        turned = [(phase, cause) for phase in each(phases) if (cause := causes[phase]) is not None]
        if machine in self._draft.turned_by_peers:
            turned.append((self._draft.turned_by_peers[machine], Cause.REDUNDANCY))
        return max(turned, key=lambda item: item[0], default=None)

    def _name(self, machine: int) -> str:
        return self._terms.census.machines[machine].name


def kept_from(parent: Plan, assignment: Assignment) -> Reason:
    """Return why a window that stays is there: since which revision, and what the reason was then."""
    named = dict(assignment.facts)
    if assignment.reason is not PlacementCode.KEPT:
        named |= {"revision": parent.revision, "originally": assignment.reason.value}
    return PlacementCode.KEPT, facts(**named)


def _reason_of(line: Line) -> Reason:
    quota, selector = line.entry.quota, str(line.entry.selector)
    code = PlacementCode(quota.kind.value)
    if line.target is None:
        return code, facts(selector=selector)
    share = None if quota.kind is QuotaKind.COUNT else percent(quota.amount)
    return code, facts(quota=line.target, population=len(line.members), share=share, selector=selector)


def _facts_of(cause: Cause, machine: Machine) -> dict[str, Fact]:
    match cause:
        case Cause.REDUNDANCY:
            return {"group": machine.redundancy_group}
        case Cause.TOO_LONG:
            return {"downtime_minutes": machine.downtime_minutes}
        case _:
            return {}
