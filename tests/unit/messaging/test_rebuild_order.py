"""In which order lost messages are published again, and when they do not fit behind what is there."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from mweek_messaging.rebuild.order import Kept, Lying, in_order, must_be_written_anew

from tests.support.ids import at

NOON = at("2026-11-23T12:00Z")


def kept(queue: str, message_id: str, minutes: int, cause: str | None = None) -> Kept:
    said_at = NOON + timedelta(minutes=minutes)
    return Kept(queue=queue, place=minutes, message_id=message_id, cause=cause, said_at=said_at)


def ids(merged: list[Kept]) -> list[str]:
    return [one.message_id for one in merged]


def lying(*message_ids: str) -> list[Lying]:
    return [Lying(one, None) for one in message_ids]


def test_messages_of_two_services_are_merged_by_when_they_were_said() -> None:
    queues = {"planner": [kept("planner", "p1", 1), kept("planner", "p2", 5)], "notifier": [kept("notifier", "n1", 3)]}
    assert ids(in_order(queues)) == ["p1", "n1", "p2"]


def test_order_of_a_service_stands_even_where_its_clock_was_set_back() -> None:
    queues = {"planner": [kept("planner", "p1", 9), kept("planner", "p2", 2)], "notifier": [kept("notifier", "n1", 5)]}
    assert ids(in_order(queues)) == ["n1", "p1", "p2"]


def test_cause_comes_before_its_effect_even_where_clocks_disagree() -> None:
    queues = {"planner": [kept("planner", "p1", 9)], "notifier": [kept("notifier", "n1", 1, cause="p1")]}
    assert ids(in_order(queues)) == ["p1", "n1"]


def test_cause_that_is_not_missing_is_not_waited_for() -> None:
    queues = {"planner": [kept("planner", "p1", 9)], "notifier": [kept("notifier", "n1", 1, cause="command")]}
    assert ids(in_order(queues)) == ["n1", "p1"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 50), st.integers(0, 20)), max_size=25))
def test_each_is_published_once_in_its_own_order_and_after_its_cause(told: list[tuple[str, int, int]]) -> None:
    queues: dict[str, list[Kept]] = {}
    for number, (queue, minutes, cause) in enumerate(told):
        caused_by = f"m{cause}" if cause < number else None  # an effect is said after its cause
        queues.setdefault(queue, []).append(kept(queue, f"m{number}", minutes, caused_by))
    merged = in_order(queues)
    assert sorted(ids(merged)) == sorted(f"m{number}" for number in range(len(told)))
    for queue, own in queues.items():
        assert [one for one in merged if one.queue == queue] == own
    places = {one.message_id: place for place, one in enumerate(merged)}
    assert all(places[one.cause] < places[one.message_id] for one in merged if one.cause)


def test_lost_end_follows_what_is_there() -> None:
    assert not must_be_written_anew({"planner": ["1", "2", "3"]}, lying("1", "n1"), {"2", "3"})
    assert not must_be_written_anew({"planner": ["1", "2"]}, [], {"1", "2"})


def test_gap_before_what_was_published_since_needs_all_of_it_anew() -> None:
    assert must_be_written_anew({"planner": ["1", "2", "3"]}, lying("1", "3"), {"2"})


def test_lost_cause_of_a_message_that_is_there_needs_all_of_it_anew() -> None:
    assert must_be_written_anew({"planner": ["1", "2"]}, [Lying("1", None), Lying("n1", "2")], {"2"})


def test_message_that_no_outbox_has_is_in_nobodys_way() -> None:
    assert not must_be_written_anew({"planner": ["1", "2"]}, lying("1", "foreign"), {"2"})
