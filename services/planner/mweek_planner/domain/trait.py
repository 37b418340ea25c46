"""What machines have in common as far as a pattern can tell: it is worked out once for all that are alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from mweek_planner.domain.census import Census, Owner
from mweek_planner.domain.customer import Customer
from mweek_planner.domain.line import Population
from mweek_planner.domain.machine import needed_minutes
from mweek_planner.domain.numbering import Numbering
from mweek_planner.domain.pattern import Entry
from mweek_planner.domain.welcome import Causes, House

Selected = tuple[int, ...]
"""The numbers of the entries that select a machine."""

_UNDESCRIBED: Final = Customer(name="")
"""What holds for a customer of whom nothing but the name is known."""


class Trait(NamedTuple):
    """Which entries select a machine, what turns its owner's machines away from phases, and how long it needs."""

    selected: Selected
    barred: Causes
    needed_minutes: int


class Traits(NamedTuple):
    """The traits of the machines in service: `of` gives for each machine the number of its trait in `known`."""

    known: Sequence[Trait]
    of: Sequence[int]

    def populations(self, entries: int, owner_of: Sequence[int]) -> list[Population]:
        """Return the machines that each of so many entries is about; entries about the same share one population."""
        numbers: Numbering[Selected] = Numbering()
        number_of = [numbers[trait.selected] for trait in self.known]
        alike: list[list[int]] = [[] for _ in numbers]
        for machine, trait in enumerate(self.of):
            alike[number_of[trait]].append(machine)
        populations: dict[Selected, Population] = {}
        result = []
        for entry in range(entries):
            parts = tuple(number for selected, number in numbers.items() if entry in selected)
            if parts not in populations:
                # Each part is in turn, so that sorting only merges them.
                members = sorted(machine for part in parts for machine in alike[part])
                populations[parts] = Population(members, owner_of)
            result.append(populations[parts])
        return result


def traits_of(entries: Sequence[Entry], census: Census, house: House) -> Traits:
    """Return the traits of all machines, told apart by no more than these entries ask for."""
    columns = census.columns
    barred = _barred(census, house)
    classes = _owner_classes(entries, census, barred)
    asked: list[Iterable[Hashable]] = [
        map(classes.__getitem__, columns.customer),
        columns.role,
        columns.environment,
        columns.kind,
        columns.downtime_minutes,
    ]
    if any(entry.selector.profiles is not None for entry in entries):
        asked.append(columns.profile)
    if any(entry.selector.labels for entry in entries):
        asked.append(columns.labels)
    numbers: Numbering[Hashable] = Numbering()
    of_row = list(map(numbers.__getitem__, zip(*asked, strict=True)))
    # Any machine of a trait stands for all of them.
    examples = dict(zip(of_row, range(len(of_row)), strict=True))
    known = [_trait(entries, census, barred, row=examples[number]) for number in numbers.values()]
    return Traits(known, list(map(of_row.__getitem__, census.rows)))


def _barred(census: Census, house: House) -> dict[Owner, Causes]:
    """Return what turns the machines of each owner away, asked once for all customers that say the same."""
    known: dict[Hashable, Causes] = {}
    result: dict[Owner, Causes] = {}
    for owner in census.owners:
        customer = None if owner is None else census.customers.get(owner, _UNDESCRIBED)
        key = None if customer is None else (customer.notice_hours, customer.blackouts)
        if key not in known:
            known[key] = house.barred(customer)
        result[owner] = known[key]
    return result


def _owner_classes(entries: Sequence[Entry], census: Census, barred: Mapping[Owner, Causes]) -> dict[Owner, int]:
    """Number owners by all that tells their machines apart: mostly nothing but whether they have tests."""
    named = {customer for entry in entries for customer in entry.selector.customers or ()}
    numbers: Numbering[Hashable] = Numbering()
    return {
        owner: numbers[owner is None, owner in census.tested, owner if owner in named else None, barred[owner]]
        for owner in census.owners
    }


def _trait(entries: Sequence[Entry], census: Census, barred: Mapping[Owner, Causes], *, row: int) -> Trait:
    machine = census.columns[row]
    tested = machine.customer in census.tested
    selected = tuple(number for number, e in enumerate(entries) if e.selector.selects(machine, tested=tested))
    return Trait(selected, barred[machine.customer], needed_minutes(machine.downtime_minutes))
