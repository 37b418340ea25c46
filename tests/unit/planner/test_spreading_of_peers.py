"""Redundancy groups are spread as well as the pattern allows: compared with every possible week of small fleets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import combinations

from hypothesis import assume, given
from hypothesis import strategies as st
from mweek_planner.domain.outcome import Planned
from mweek_planner.domain.pattern import Entry, Pattern, PatternPhase, Quota, QuotaKind
from mweek_planner.domain.planning import PlanningInput, plan
from mweek_planner.domain.selector import Selector

from tests.support.fleets import fleet, machine
from tests.support.weeks import EARLY_ENOUGH, HOUR, OWNERS, WEEK

EVERYBODY = Selector(roles=("customer",))
UNTESTED = Selector(roles=("customer",), tested=False)
TESTED_OWNER = "acme"

groups = st.lists(st.sampled_from((None, None, "red", "green", "blue", "grey")), min_size=2, max_size=9)
owners = st.lists(st.sampled_from(OWNERS), min_size=9, max_size=9)


def pattern(*entries: Entry) -> Pattern:
    """A phase for each bounded entry, and one that takes the rest."""
    rest = Entry(EVERYBODY, Quota(QuotaKind.REMAINDER))
    phases = [
        PatternPhase(f"p{number}", number * 12 * HOUR, 5 * HOUR, (entry,))
        for number, entry in enumerate((*entries, rest))
    ]
    return Pattern("one-few-many", tuple(phases))


def share(points: int) -> Entry:
    return Entry(EVERYBODY, Quota(QuotaKind.SHARE, points))


def shared_phases(group_of: Sequence[str | None]) -> int:
    """How many machines are in a phase together with a peer, beyond the first of each group."""
    return sum(count - 1 for group, count in Counter(group_of).items() if group is not None)


def fewest(group_of: Sequence[str | None], sizes: Sequence[int], may_be_first: Sequence[bool]) -> int:
    """The fewest shared phases that any week with phases of these sizes has; the last phase takes the rest."""

    @cache
    def best(left: frozenset[int], phase: int) -> int:
        if phase == len(sizes):
            return shared_phases([group_of[n] for n in left])
        choices = [n for n in left if phase > 0 or may_be_first[n]]
        return min(
            shared_phases([group_of[n] for n in chosen]) + best(left - set(chosen), phase + 1)
            for chosen in combinations(sorted(choices), sizes[phase])
        )

    return best(frozenset(range(len(group_of))), 0)


def planned(group_of: Sequence[str | None], owner_of: Sequence[str], shape: Pattern) -> tuple[list[int], int]:
    """The sizes of all phases but the last, and the shared phases."""
    machines = [
        machine(f"m{n}", redundancy_group=group, customer=owner_of[n], downtime_minutes=0)
        for n, group in enumerate(group_of)
    ]
    tests = machine("t", customer=TESTED_OWNER, environment="test", role="elsewhere")
    asked = PlanningInput(
        location="rzob",
        week=WEEK,
        now=EARLY_ENOUGH,
        fleet=fleet(machines, tests),
        pattern=Pattern(shape.name, shape.phases, remainder=shape.phases[-1].name),
    )
    outcome = plan(asked)
    assert isinstance(outcome, Planned)
    phase_of = {one.machine: one.phase for one in outcome.plan.assignments if one.machine != "t"}
    sizes = Counter(phase_of.values())
    together = shared_phases([(g, phase_of[f"m{n}"]) if g else None for n, g in enumerate(group_of)])  # type: ignore[misc]
    return [sizes[phase.name] for phase in shape.phases[:-1]], together


@given(groups, owners, st.sampled_from(((3000,), (5000,), (2000, 3000), (500, 3000), (1000, 2000, 3000))))
def test_as_few_peers_share_a_phase_as_in_any_week_with_the_same_quotas(
    group_of: list[str | None], owner_of: list[str], shares: tuple[int, ...]
) -> None:
    sizes, together = planned(group_of, owner_of, pattern(*map(share, shares)))
    assume(sum(sizes) == -(-len(group_of) * sum(shares) // 10_000))  # a quota that gave way has its own compromise

    assert together == fewest(group_of, sizes, [True] * len(group_of))


@given(groups, owners, st.sampled_from(((2000, 3000), (5000, 2000), (5000, 5000))))
def test_an_entry_for_some_customers_alone_thinks_of_what_later_ones_have_room_for(
    group_of: list[str | None], owner_of: list[str], shares: tuple[int, int]
) -> None:
    untested = [owner != TESTED_OWNER for owner in owner_of[: len(group_of)]]
    first = Entry(UNTESTED, Quota(QuotaKind.AT_MOST, shares[0]))
    sizes, together = planned(group_of, owner_of, pattern(first, share(shares[1])))
    assume(sizes == [sum(untested) * shares[0] // 10_000, -(-len(group_of) * shares[1] // 10_000)])

    assert together == fewest(group_of, sizes, untested)
