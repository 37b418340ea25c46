"""From a filled week to windows: the phase itself, or the slot that redundancy peers got in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mweek_planner.domain.draft import Draft
from mweek_planner.domain.explanation import Explanation, kept_from
from mweek_planner.domain.peers import Slot
from mweek_planner.domain.plan import MINUTE, Assignment, Fact, Phase, Plan, facts
from mweek_planner.domain.welcome import blackout_in


def windows(draft: Draft, parent: Plan | None, gone: Iterable[Assignment]) -> tuple[Assignment, ...]:
    """Return all windows of the week, sorted by opening and machine.

    Args:
        gone: opened windows of machines that are not in service any more.
    """
    result = list(_placed(draft, Explanation(draft, parent)))
    if parent is not None:
        result += _kept(draft, parent, gone)
    # Two sorts, the second of which keeps the order of the first, are faster than one by a tuple.
    result.sort(key=lambda assignment: assignment.machine)
    result.sort(key=lambda assignment: assignment.opens_at)
    return tuple(result)


def _placed(draft: Draft, explanation: Explanation) -> Iterator[Assignment]:
    census = draft.terms.census
    slots = {slot.machine: slot for slot in draft.peers.slots()}
    for number, phase in enumerate(draft.phase_of):
        if phase is None or number in draft.kept:
            continue
        machine, there = census.machines[number], draft.terms.house.phases[phase]
        reason, named = explanation.placed(number)
        slot = slots.get(number)
        window = there if slot is None else _part(there, slot)
        beside = _beside(draft, number, window, slot)
        yield Assignment(
            machine=machine.name,
            customer=machine.customer,
            phase=there.name,
            opens_at=window.opens_at,
            closes_at=window.closes_at,
            reason=reason,
            facts=facts(**dict(named), **beside) if beside else named,
            affects=census.guests.get(machine.name, ()),
        )


def _part(phase: Phase, slot: Slot) -> Phase:
    start, end = slot.span
    return replace(phase, opens_at=phase.opens_at + start * MINUTE, closes_at=phase.opens_at + end * MINUTE)


def _beside(draft: Draft, number: int, window: Phase, slot: Slot | None) -> dict[str, Fact]:
    """Return what is to be said beside the reason: a slot of its own, a blackout that was overridden."""
    beside: dict[str, Fact] = {} if slot is None else {"slot": slot.number, "slot_of": slot.of}
    if not draft.terms.house.asks_blackouts:
        owner = draft.terms.census.owner(draft.terms.census.machines[number])
        blackout = blackout_in(owner, window.opens_at, window.closes_at) if owner else None
        beside |= {"overridden": blackout} if blackout else {}
    return beside


def _kept(draft: Draft, parent: Plan, gone: Iterable[Assignment]) -> Iterator[Assignment]:
    census = draft.terms.census
    for number, assignment in draft.kept.items():
        reason, named = kept_from(parent, assignment)
        machine = census.machines[number]
        guests = census.guests.get(machine.name, ())
        yield replace(assignment, customer=machine.customer, reason=reason, facts=named, affects=guests)
    for assignment in gone:
        reason, named = kept_from(parent, assignment)
        yield replace(assignment, reason=reason, facts=named)
