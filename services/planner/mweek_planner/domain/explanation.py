"""Why each machine is where it is: codes and facts for `mweek_contracts.reasons` to make sentences of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mweek_contracts.reasons import PlacementCode, UnplacedCode

from mweek_planner.domain.draft import Draft
from mweek_planner.domain.line import Line
from mweek_planner.domain.pattern import QuotaKind
from mweek_planner.domain.phase_set import PhaseSet, each, phase_set
from mweek_planner.domain.plan import Assignment, Fact, Facts, Plan, Unplaced, facts
from mweek_planner.domain.quota import percent
from mweek_planner.domain.welcome import Cause, Options

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
        self._census = draft.terms.census
        self._of_line = [_reason_of(line) for line in draft.terms.lines]
        self._known: frozenset[str] | None = None
        if parent is not None and not parent.cancelled:
            self._known = frozenset(a.machine for a in parent.assignments) | {u.machine for u in parent.unplaced}

    def special(self) -> set[int]:
        """Return the machines of which not only their kind, phase and line explain why they are where they are."""
        kinds = {n for n, kind in enumerate(self._terms.kinds) if Cause.TOO_LONG in kind.options.causes}
        special = {*self._draft.moved, *self._draft.turned_by_peers}
        if kinds:
            special.update(machine for machine, kind in enumerate(self._terms.kind_of) if kind in kinds)
        if self._known is not None:
            special.update(machine for machine in range(len(self._census)) if self._joined(machine))
        return special

    def usual(self, machine: int) -> Reason:
        """Return why machines of this kind are in this phase by this line, if they are not special."""
        return self._by_rule(machine, self._turned_away(machine, by_peers=None), joined=False)

    def placed(self, machine: int) -> Reason:
        """Return why a machine got the window that this revision gives it."""
        moved = self._draft.moved.get(machine)
        if moved is not None and moved.cause is not None:
            return self._away_from(self._left(machine, moved.previous), moved.cause, machine)
        turned = self._turned_away(machine, by_peers=self._draft.turned_by_peers.get(machine))
        return self._by_rule(machine, turned, joined=self._joined(machine))

    def unplaced(self, machine: int) -> Unplaced:
        """Return why a machine has no window: what turned it away last."""
        cause = self._turned_away_last(machine)
        named = {} if cause is None else self._facts_of(cause, machine)
        code = UnplacedCode.NO_PHASE if cause is None else _UNPLACED[cause]
        return Unplaced(self._census.name(machine), self._census.customer(machine), code, facts(**named))

    def _by_rule(self, machine: int, turned: tuple[int, Cause] | None, *, joined: bool) -> Reason:
        if turned is not None and not (joined and turned[1] is Cause.OPENED):
            return self._away_from(self._terms.house.phases[turned[0]].name, turned[1], machine)
        if joined:
            return PlacementCode.JOINED, ()
        line = self._draft.line_of[machine]
        return (PlacementCode.DECLARED_REMAINDER, ()) if line is None else self._of_line[line]

    def _joined(self, machine: int) -> bool:
        """Return whether the parent revision did not know a machine."""
        return self._known is not None and self._census.name(machine) not in self._known

    def _away_from(self, avoided: str, cause: Cause, machine: int) -> Reason:
        return PlacementCode(cause.value), facts(avoided=avoided, **self._facts_of(cause, machine))

    def _left(self, machine: int, previous: Assignment) -> str:
        """Return what a machine that moved has left: its phase, or the whole of it where it has a part of it now."""
        here = self._draft.phase_of[machine]
        stays = here is not None and self._terms.house.phases[here].name == previous.phase
        return f"the whole of {previous.phase}" if stays else previous.phase

    def _turned_away(self, machine: int, *, by_peers: int | None) -> tuple[int, Cause] | None:
        """Return the last phase before its own that would have taken a machine without choosing, and what was there.

        Args:
            by_peers: the last phase that it had to leave to its peers.
        """
        options, here, line = self._terms.options(machine), self._draft.phase_of[machine], self._draft.line_of[machine]
        if line is not None and self._terms.lines[line].target is not None:
            return None
        before = options.unbounded if line is None or here is None else options.unbounded & (phase_set((here,)) - 1)
        return _last_of(options, before, by_peers)

    def _turned_away_last(self, machine: int) -> Cause | None:
        options, remainder = self._terms.options(machine), self._terms.remainder
        last = _last_of(options, options.named, self._draft.turned_by_peers.get(machine))
        asked_remainder = remainder is not None and options.unbounded >> remainder == 0
        if asked_remainder and remainder is not None and options.causes[remainder] is not None:
            return options.causes[remainder]
        return None if last is None else last[1]

    def _facts_of(self, cause: Cause, machine: int) -> dict[str, Fact]:
        match cause:
            case Cause.REDUNDANCY:
                return {"group": self._census.group_name(machine)}
            case Cause.TOO_LONG:
                return {"downtime_minutes": self._census.downtime_minutes(machine)}
            case _:
                return {}


def _last_of(options: Options, phases: PhaseSet, by_peers: int | None) -> tuple[int, Cause] | None:
    """Return the last of these phases that turned a machine away, or that it had to leave to its peers, and why."""
    turned = [(phase, cause) for phase in each(phases & options.away) if (cause := options.causes[phase]) is not None]
    if by_peers is not None:
        turned.append((by_peers, Cause.REDUNDANCY))
    return max(turned, key=lambda item: item[0], default=None)


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
    return code, facts(quota=line.target, population=len(line.population), share=share, selector=selector)
