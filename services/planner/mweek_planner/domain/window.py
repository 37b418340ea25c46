"""From a filled week to windows: the phase itself, or the slot that redundancy peers got in it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from mweek_planner.domain.assignments import Assignments
from mweek_planner.domain.draft import Draft
from mweek_planner.domain.explanation import Explanation, Reason, kept_from
from mweek_planner.domain.numbering import Numbering
from mweek_planner.domain.peers import Slot
from mweek_planner.domain.plan import MINUTE, Assignment, Fact, Phase, Placement, Plan, facts
from mweek_planner.domain.welcome import blackout_in

_NOWHERE = -1
"""The number of the placement of a machine without one."""


def windows(draft: Draft, parent: Plan | None, gone: Sequence[Assignment]) -> Assignments:
    """Return all windows of the week, sorted by opening and machine.

    Args:
        gone: opened windows of machines that are not in service any more.
    """
    census = draft.terms.census
    placements: Numbering[Placement] = Numbering()
    placement_of_row = [_NOWHERE] * len(census)
    _place_usual(draft, explanation := Explanation(draft, parent), placements, placement_of_row)
    _place_special(draft, explanation, placements, placement_of_row)
    if parent is not None:
        for machine, assignment in draft.kept.items():
            placement_of_row[census.rows[machine]] = placements[_kept(parent, assignment)]
        placement_of_row += [placements[_kept(parent, assignment)] for assignment in gone]
    return _sorted(draft, list(placements), placement_of_row, gone)


def _place_usual(
    draft: Draft, explanation: Explanation, placements: Numbering[Placement], placement_of_row: list[int]
) -> None:
    """Place machines as if they had what is usual for their kind, phase and line: explained once for all of them."""
    kind_of, rows = draft.terms.kind_of, draft.terms.census.rows
    for machines in (*draft.taken, *draft.without_line()):
        numbers = [_NOWHERE] * len(draft.terms.kinds)
        for machine in machines:
            kind = kind_of[machine]
            number = numbers[kind]
            if number < 0:
                there = _phase(draft, machine)
                number = numbers[kind] = placements[_placement(there, explanation.usual(machine))]
            placement_of_row[rows[machine]] = number


def _place_special(
    draft: Draft, explanation: Explanation, placements: Numbering[Placement], placement_of_row: list[int]
) -> None:
    """Place machines again of which more is to be said than what is usual."""
    slots = draft.peers.slots()
    for machine in (*explanation.special(), *slots, *_in_blackout(draft)):
        if draft.phase_of[machine] is None or machine in draft.kept:
            continue
        there, slot = _phase(draft, machine), slots.get(machine)
        window = there if slot is None else _part(there, slot)
        reason, named = explanation.placed(machine)
        beside = _beside(draft, machine, window, slot)
        placement = _placement(window, (reason, facts(**dict(named), **beside) if beside else named))
        placement_of_row[draft.terms.census.rows[machine]] = placements[placement]


def _phase(draft: Draft, machine: int) -> Phase:
    here = draft.phase_of[machine]
    assert here is not None, "only machines that are placed are asked for"
    return draft.terms.house.phases[here]


def _placement(window: Phase, reason: Reason) -> Placement:
    return Placement(window.name, window.opens_at, window.closes_at, *reason)


def _part(phase: Phase, slot: Slot) -> Phase:
    start, end = slot.span
    return replace(phase, opens_at=phase.opens_at + start * MINUTE, closes_at=phase.opens_at + end * MINUTE)


def _in_blackout(draft: Draft) -> list[int]:
    """Return the machines whose customers have blackouts, where these are overridden: that is to be said."""
    census = draft.terms.census
    if draft.terms.house.asks_blackouts:
        return []
    owners = {n for n, owner in enumerate(census.owners) if (c := census.described(owner)) is not None and c.blackouts}
    return [machine for machine, owner in enumerate(census.owner_of) if owner in owners]


def _beside(draft: Draft, machine: int, window: Phase, slot: Slot | None) -> dict[str, Fact]:
    """Return what is to be said beside the reason: a slot of its own, a blackout that was overridden."""
    beside: dict[str, Fact] = {} if slot is None else {"slot": slot.number, "slot_of": slot.of}
    if not draft.terms.house.asks_blackouts:
        owner = draft.terms.census.owner(machine)
        blackout = blackout_in(owner, window.opens_at, window.closes_at) if owner else None
        beside |= {"overridden": blackout} if blackout else {}
    return beside


def _kept(parent: Plan, assignment: Assignment) -> Placement:
    reason, named = kept_from(parent, assignment)
    return Placement(assignment.phase, assignment.opens_at, assignment.closes_at, reason, named)


def _sorted(
    draft: Draft, placements: Sequence[Placement], placement_of_row: Sequence[int], gone: Sequence[Assignment]
) -> Assignments:
    """Return all windows by opening and name; those that are gone have the rows behind the others."""
    census = draft.terms.census
    names, by_name, customers, guests = census.names, census.by_name, census.columns.customer, census.guests
    if gone:
        everybody = [*census.columns.name, *(assignment.machine for assignment in gone)]
        by_name = array("I", sorted(range(len(everybody)), key=everybody.__getitem__))
        names = list(map(everybody.__getitem__, by_name))
        customers = [*customers, *(assignment.customer for assignment in gone)]
        guests = {**guests, **{assignment.machine: assignment.affects for assignment in gone}}
    placement = list(map(placement_of_row.__getitem__, by_name))
    order = _by_opening(placements, placement)
    return Assignments(
        machine=list(map(names.__getitem__, order)),
        customer=list(map(list(map(customers.__getitem__, by_name)).__getitem__, order)),
        placement=list(map(placement.__getitem__, order)),
        placements=placements,
        guests=guests,
    )


def _by_opening(placements: Sequence[Placement], placement: Iterable[int]) -> list[int]:
    """Return the places that have a window, sorted by its opening; those that open together stay as they are."""
    openings = sorted({there.opens_at for there in placements})
    # One list more at the end, for the machines without a window: their number, -1, finds it.
    places: list[list[int]] = [[] for _ in range(len(openings) + 1)]
    list_of = [*(places[openings.index(there.opens_at)] for there in placements), places[-1]]
    for place, number in enumerate(placement):
        list_of[number].append(place)
    return list(chain.from_iterable(places[:-1]))
