"""How many more machines of an owner a selection may take at once, without cost to what it owes to others."""

from __future__ import annotations

from array import array

from mweek_planner.domain.census import take_census
from mweek_planner.domain.floors import Floors
from mweek_planner.domain.line import Population
from mweek_planner.domain.selection import Selection
from mweek_planner.domain.variety import Variety

from tests.support.fleets import fleet, machines


def selection_of(target: int, **counts: int) -> Selection:
    """A selection among the machines of customers; their numbers follow the order in which they are given."""
    whole = fleet(*(machines(owner, count, customer=owner) for owner, count in counts.items()))
    census = take_census(whole, location="rzob", week="2026-W49", history={})
    population = Population(array("l", range(len(census))), census.owner_of)
    return Selection(census, Variety(census), target=target, population=population, kept=())


def number_of(selection: Selection, weight: int) -> int:
    return next(owner for owner, machines in selection.weights.items() if machines == weight)


def take(selection: Selection, owner: int, count: int) -> None:
    theirs = [machine for machine, whose in enumerate(selection.owner_of) if whose == owner]
    for machine in [machine for machine in theirs if selection.may_take(machine)][:count]:
        selection.take(machine)


def test_an_owner_may_be_given_its_ceiling_where_nobody_else_goes_short() -> None:
    # Of 10 places, 9, 7 and 4 of 20 machines get 4.5, 3.5 and 2: at least 4, 3 and 2, one is left for somebody.
    selection = selection_of(10, acme=9, bolt=7, cord=4)
    floors = Floors(selection)

    rooms = {weight: floors.most_now(number_of(selection, weight)) for weight in (9, 7, 4)}

    assert rooms == {9: 5, 7: 4, 4: 2}


def test_what_one_owner_has_got_is_not_owed_to_it_any_more() -> None:
    selection = selection_of(10, acme=9, bolt=7, cord=4)
    floors, acme, bolt = Floors(selection), number_of(selection, 9), number_of(selection, 7)

    take(selection, acme, 3)
    floors.look_again(acme)
    assert floors.most_now(bolt) == 4

    take(selection, acme, 2)
    floors.look_again(acme)
    assert floors.most_now(acme) == 0
    assert floors.most_now(bolt) == 3  # the one that was left is acme's now


def test_an_owner_that_has_more_than_its_floor_owes_nothing_back() -> None:
    selection = selection_of(4, acme=9, bolt=7, cord=4)
    floors, acme, cord = Floors(selection), number_of(selection, 9), number_of(selection, 4)

    take(selection, acme, 3)
    floors.look_again(acme)

    assert floors.most_now(cord) == 0
