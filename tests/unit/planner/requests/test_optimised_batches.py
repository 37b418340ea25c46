"""Requests that are answered together: every rule holds, nobody is worse off on the whole, nothing announced moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

from hypothesis import given, settings
from mweek_planner.domain.requests import Booking, Case, Grant, Policy, Refusal
from mweek_planner.domain.requests.batch import Optimised, answered_in_order, changes, optimised
from mweek_timewindows import Window

from tests.support.window_batches import BatchSituation, asked_batches
from tests.support.window_oracle import MINUTE, Booked, Judge, Situation
from tests.support.window_requests import booking, case, customer, request, span
from tests.support.window_situations import planner_bookings, planner_case, times_of

EXAMPLES = 40 if settings().derandomize else 600
START = datetime(1970, 1, 1, tzinfo=UTC)
GRID = timedelta(minutes=5)


def together(
    cases: Sequence[Case], announced: Sequence[Booking] = (), *, rounds: int = 120, seed: int = 1
) -> Optimised:
    """Answer a batch, looking for so many rounds."""
    return optimised(cases, announced=announced, dice=Random(seed), progress=lambda done: done / rounds)


def planner_cases(batch: BatchSituation) -> list[Case]:
    """Return what is asked as the planner sees it."""
    cases = []
    for number, situation in enumerate(batch.asked):
        seen, _ = planner_case(situation)
        cases.append(replace(seen, request=replace(seen.request, request_id=f"r{number}")))
    return cases


def parties(cases: Sequence[Case], found: Optimised) -> dict[tuple[str, Window], list[int]]:
    """Return which requests share which window."""
    shared: dict[tuple[str, Window], list[int]] = {}
    for number, (each, told) in enumerate(zip(cases, found.together.told, strict=True)):
        if isinstance(told, Grant):
            assert told.booking.machine == each.request.machine
            shared.setdefault((each.request.machine, told.booking.window), []).append(number)
    return shared


def waited(situation: Situation, opens_at: datetime | None) -> int:
    """Return the minutes from the first time on the grid that notice and the request allow; ten horizons without."""
    if opens_at is None:
        return situation.house.horizon_days * 24 * 60 * 10
    from_at = START + -((START - situation.now) // GRID) * GRID
    judge = Judge(situation)
    while not judge.may_open(from_at):
        from_at += GRID
    return max(0, (opens_at - from_at) // MINUTE)


@settings(max_examples=EXAMPLES)
@given(asked_batches())
def test_every_window_keeps_every_rule_beside_all_others(batch: BatchSituation) -> None:
    cases = planner_cases(batch)
    found = together(cases, planner_bookings(batch.announced))
    windows = {key: _booked(batch, key, numbers) for key, numbers in parties(cases, found).items()}
    for key, numbers in parties(cases, found).items():
        opens_at, closes_at = times_of(key[1])
        others = tuple(one for other, one in windows.items() if other != key)
        asking = [replace(batch.asked[number], booked=(*batch.announced, *others)) for number in numbers]
        wishes = [situation.wish for situation in asking]
        assert (closes_at - opens_at) // MINUTE == batch.house.minutes([wish.estimate for wish in wishes])
        assert Judge(asking[0]).is_free(opens_at, closes_at)
        assert any(Judge(situation).may_open(opens_at) for situation in asking)
        assert all(wish.not_before is None or wish.not_before <= opens_at for wish in wishes)
        assert all(wish.deadline is None or closes_at <= wish.deadline for wish in wishes)


@settings(max_examples=EXAMPLES)
@given(asked_batches())
def test_batch_waits_no_longer_than_in_order_and_no_more_are_refused(batch: BatchSituation) -> None:
    cases = planner_cases(batch)
    found = together(cases, planner_bookings(batch.announced))
    assert found.in_order == answered_in_order(cases, planner_bookings(batch.announced))
    assert found.together.refused <= found.in_order.refused
    costs = [
        sum(
            waited(one, told.not_before if isinstance(told, Grant) else None)
            for one, told in zip(batch.asked, way, strict=True)
        )
        for way in (found.in_order.told, found.together.told)
    ]
    assert costs == [found.in_order.cost_minutes, found.together.cost_minutes]
    assert costs[1] <= costs[0]


@settings(max_examples=EXAMPLES // 2)
@given(asked_batches())
def test_refusal_is_true_beside_all_that_was_granted(batch: BatchSituation) -> None:
    cases = planner_cases(batch)
    found = together(cases, planner_bookings(batch.announced))
    windows = tuple(_booked(batch, key, numbers) for key, numbers in parties(cases, found).items())
    for situation, told in zip(batch.asked, found.together.told, strict=True):
        if isinstance(told, Refusal):
            judge = Judge(replace(situation, booked=(*batch.announced, *windows)))
            assert judge.earliest(deadline=situation.wish.deadline) is None
            assert judge.code() == told.code


@settings(max_examples=EXAMPLES // 3)
@given(asked_batches())
def test_same_dice_and_rounds_give_the_same_answers(batch: BatchSituation) -> None:
    cases, announced = planner_cases(batch), planner_bookings(batch.announced)
    assert together(cases, announced, rounds=40) == together(cases, announced, rounds=40)


def _booked(batch: BatchSituation, key: tuple[str, Window], numbers: Sequence[int]) -> Booked:
    first = batch.asked[numbers[0]]
    opens_at, closes_at = times_of(key[1])
    return Booked(
        machine=key[0],
        opens_at=opens_at,
        closes_at=closes_at,
        customer=first.owner and first.owner.name,
        group=first.group,
        wishes=tuple(batch.asked[number].wish for number in numbers),
    )


EVENING = customer("22:00", "24:00", max_parallel=1)


def asks(*minutes: int, **fields: object) -> list[Case]:
    """Return requests of as many machines of a customer that accepts two hours in the evening, one at a time."""
    return [
        case(request(some, machine=f"acme{number:02d}", request_id=f"r{number}"), customer=EVENING, **fields)
        for number, some in enumerate(minutes, 1)
    ]


def openings(found: Optimised) -> list[str]:
    """Return when windows open, as day and time."""
    return [f"{told.not_before:%d %H:%M}" if isinstance(told, Grant) else "refused" for told in found.together.told]


def test_long_one_that_came_first_gives_way_to_several_short_ones() -> None:
    found = together(asks(85, 20, 20))
    assert [told.not_before.day for told in found.in_order.told if isinstance(told, Grant)] == [23, 24, 24]
    assert openings(found) in (["24 22:00", "23 22:00", "23 22:35"], ["24 22:00", "23 22:35", "23 22:00"])
    assert found.in_order.waiting_minutes - found.together.waiting_minutes == (24 * 60 + 24 * 60) - 24 * 60


def test_room_is_made_for_one_that_would_be_refused() -> None:
    cases = asks(20, 85)
    hurried = replace(
        cases[1], request=replace(cases[1].request, deadline=span("2026-11-23T08:00Z", "2026-11-24T00:00Z").closes_at)
    )
    found = together([cases[0], hurried])
    assert (found.in_order.refused, found.together.refused) == (1, 0)
    assert openings(found) == ["24 22:00", "23 22:00"]


def test_requests_of_a_machine_that_share_a_window_move_together() -> None:
    first, *others = asks(85, 20)
    sharing = [
        replace(others[0], request=request(minutes, machine="acme02", request_id=f"s{minutes}")) for minutes in (20, 10)
    ]
    found = together([first, *sharing])
    assert openings(found) == ["24 22:00", "23 22:00", "23 22:00"]
    told = found.together.told[2]
    assert isinstance(told, Grant)
    assert (told.joins, told.booking.window) == (("s20",), span("2026-11-23T22:00Z", "2026-11-23T22:45Z"))


def test_window_that_is_shared_opens_no_sooner_than_each_of_its_requests_may() -> None:
    first, second = asks(85, 20)
    later = request(10, machine="acme02", request_id="later", not_before="2026-11-24T00:00Z")
    found = together([first, second, replace(second, request=later)])
    assert openings(found) == ["23 22:00", "24 22:00", "24 22:00"]


def test_announced_window_stays_and_takes_in_no_request_though_one_would_fit() -> None:
    announced = booking("2026-11-23T22:00Z", "2026-11-23T23:30Z", machine="acme01")
    found = together(asks(10, 20), [announced])
    assert openings(found) == ["23 23:30", "24 22:00"]
    assert all(told.joins == () for told in found.together.told if isinstance(told, Grant))


def test_announced_window_and_a_request_may_have_the_same_id() -> None:
    announced = replace(booking("2026-11-23T22:00Z", "2026-11-23T23:30Z", machine="acme01"), window_id="r1")
    assert openings(together(asks(10), [announced])) == ["23 23:30"]


def test_no_requests_are_answered_by_nothing() -> None:
    found = together([])
    assert (found.together.told, found.together.cost_minutes, found.rounds) == ((), 0, 0)


def test_no_rounds_leave_what_answering_in_order_says_or_a_simple_order_that_is_better() -> None:
    found = together(asks(85, 20, 20), rounds=1, seed=7)
    assert found.together.cost_minutes <= found.in_order.cost_minutes


def test_changes_name_only_what_opens_at_another_time() -> None:
    cases = [*asks(85, 20, 20), case(request(5, machine="own01", request_id="own"), customer=None)]
    told = changes(cases, together(cases))
    assert [(one.request_id, one.gain_minutes) for one in told if one.request_id in ("r1", "own")] == [("r1", -24 * 60)]
    assert sum(one.gain_minutes or 0 for one in told) == 24 * 60


def test_best_of_all_orders_is_found_for_a_few_machines() -> None:
    """Where nobody shares a window, some order of placing each as early as can be is as good as any calendar."""
    for seed in range(6):
        dice = Random(seed)
        cases = asks(*(dice.choice((5, 20, 40, 60, 85)) for _ in range(6)), policy=Policy(capacity=1))
        found = together(cases, seed=seed, rounds=300)
        best = min(answered_in_order(order).cost_minutes for order in permutations(cases))
        assert found.together.cost_minutes == best
        assert not any(isinstance(told, Refusal) for told in found.together.told)
