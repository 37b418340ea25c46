"""A customer with many redundancy groups gives machines early, so that no later entry gets more than its ceiling."""

from __future__ import annotations

from collections import Counter

from mweek_planner.domain.machine import Machine
from mweek_planner.domain.outcome import Planned
from mweek_planner.domain.pattern import Entry, Pattern, PatternPhase, Quota, QuotaKind
from mweek_planner.domain.planning import PlanningInput, plan
from mweek_planner.domain.selector import Selector

from tests.support.fleets import fleet, machine, machines
from tests.support.weeks import EARLY_ENOUGH, HOUR, WEEK

EVERYBODY = Selector(roles=("customer",))


def share(points: int) -> Entry:
    return Entry(EVERYBODY, Quota(QuotaKind.SHARE, points))


def pattern(*entries: Entry) -> Pattern:
    """A phase for each entry, and one that takes the rest."""
    phases = [
        PatternPhase(f"p{number}", number * 12 * HOUR, 5 * HOUR, (entry,))
        for number, entry in enumerate((*entries, Entry(EVERYBODY, Quota(QuotaKind.REMAINDER))))
    ]
    return Pattern("one-few-many", tuple(phases))


def pairs(owner: str, count: int) -> tuple[Machine, ...]:
    return tuple(
        machine(f"{owner}-{n}{side}", customer=owner, redundancy_group=f"{owner}-{n}")
        for n in range(count)
        for side in "ab"
    )


def numbers(shape: Pattern, *parts: tuple[Machine, ...]) -> dict[str, list[int]]:
    """How many machines of each customer are in each phase."""
    whole = fleet(*parts)
    outcome = plan(PlanningInput(location="rzob", week=WEEK, now=EARLY_ENOUGH, fleet=whole, pattern=shape))
    assert isinstance(outcome, Planned)
    counts = Counter((one.customer, one.phase) for one in outcome.plan.assignments)
    owners = sorted({one.customer or "" for one in whole.machines})
    return {owner: [counts[owner, phase.name] for phase in shape.phases] for owner in owners}


def test_a_customer_whose_pairs_would_exceed_its_ceiling_later_gives_one_of_them_now() -> None:
    # 10 % of 20 are 2: shares of 0.6, 0.7 and 0.7. 30 % are 6: 1.8, 2.1 and 2.1, and three pairs left would give three.
    crowded, others = pairs("acme", 3), (*machines("bolt", 7, customer="bolt"), *machines("cord", 7, customer="cord"))

    counted = numbers(pattern(share(1000), share(3000)), crowded, others)

    assert counted["acme"] == [1, 2, 3]
    assert sorted((counted["bolt"], counted["cord"])) == [[0, 2, 5], [1, 2, 4]]


def test_it_gives_no_more_now_than_its_ceiling_either() -> None:
    # Shares of 1.0 now and 3.0 later: five pairs need five places, and two too many do not make two early.
    counted = numbers(pattern(share(1000), share(3000)), pairs("acme", 5), machines("bolt", 10, customer="bolt"))

    assert counted["acme"] == [1, 4, 5]


def test_a_customer_whose_pairs_fit_into_its_later_share_waits_for_its_turn() -> None:
    # 0.6, 0.7 and 0.7 as before, but only two pairs that need the later places: the largest remainders come first.
    waiting = (*pairs("acme", 2), *machines("acme", 2, customer="acme"))
    others = (*machines("bolt", 7, customer="bolt"), *machines("cord", 7, customer="cord"))

    counted = numbers(pattern(share(1000), share(3000)), waiting, others)

    assert counted["acme"] == [0, 2, 4]
