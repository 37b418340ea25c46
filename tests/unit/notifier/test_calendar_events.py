"""Events keep their UID through revisions, and their SEQUENCE rises with each notification."""

from collections.abc import Iterable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from mweek_notifier.domain.calendar_event import CalendarEvent, continued, events_to_tell
from mweek_notifier.domain.window import Slot

from tests.support.notifier_values import MONDAY, THURSDAY, TUESDAY, cut, event, later

FIRST, SECOND = cut(TUESDAY, part=1, parts=2), cut(TUESDAY, part=2, parts=2)


def uid_of(phase: str, number: int) -> str:
    return f"{phase}-{number}"


def after(known: Sequence[CalendarEvent], *slots: Slot) -> tuple[CalendarEvent, ...]:
    return continued(known, slots, uid_of)


def test_a_first_event_begins_at_sequence_zero() -> None:
    assert after((), TUESDAY) == (CalendarEvent("tuesday-1", TUESDAY, 1, 0),)


def test_an_event_that_stands_is_told_again_with_the_next_sequence() -> None:
    assert after(after((), TUESDAY), TUESDAY) == (CalendarEvent("tuesday-1", TUESDAY, 1, 1),)


def test_a_phase_with_other_times_moves_its_event() -> None:
    moved = later(TUESDAY, hours=1)
    assert after(after((), TUESDAY), moved) == (CalendarEvent("tuesday-1", moved, 1, 1),)


def test_a_slot_in_another_phase_cancels_the_one_and_begins_the_other() -> None:
    assert after(after((), TUESDAY), THURSDAY) == (
        CalendarEvent("tuesday-1", TUESDAY, 1, 1, cancelled=True),
        CalendarEvent("thursday-1", THURSDAY, 1, 0),
    )


def test_parts_of_a_phase_have_events_of_their_own() -> None:
    assert [(e.uid, e.slot) for e in after((), FIRST, SECOND)] == [("tuesday-1", FIRST), ("tuesday-2", SECOND)]


def test_a_part_that_stays_keeps_its_event_when_the_one_before_it_goes() -> None:
    assert after(after((), FIRST, SECOND), SECOND) == (
        CalendarEvent("tuesday-1", FIRST, 1, 1, cancelled=True),
        CalendarEvent("tuesday-2", SECOND, 2, 1),
    )


def test_a_cancelled_event_rests() -> None:
    cancelled = after(after((), TUESDAY))
    assert after(cancelled) == cancelled == (CalendarEvent("tuesday-1", TUESDAY, 1, 1, cancelled=True),)


def test_a_cancelled_event_comes_back_under_its_uid() -> None:
    cancelled = after(after((), TUESDAY))
    assert after(cancelled, TUESDAY) == (CalendarEvent("tuesday-1", TUESDAY, 1, 2),)


def test_a_contact_is_told_to_drop_only_what_it_knows() -> None:
    stands, dropped, unheard = event(THURSDAY), event(TUESDAY, cancelled=True), event(MONDAY, cancelled=True)
    assert events_to_tell((stands, dropped, unheard), told=(event(TUESDAY),)) == (stands, dropped)


def test_a_contact_that_was_told_of_the_cancellation_is_not_told_again() -> None:
    dropped = event(TUESDAY, cancelled=True)
    assert events_to_tell((dropped,), told=(dropped,)) == ()


SLOTS = st.sets(st.sampled_from([MONDAY, FIRST, SECOND, TUESDAY, THURSDAY, later(THURSDAY, minutes=30)])).map(sorted)


@settings(deadline=None)
@given(st.lists(SLOTS, min_size=1, max_size=6))
def test_through_any_revisions_slots_and_standing_events_are_one_to_one(revisions: list[list[Slot]]) -> None:
    known: tuple[CalendarEvent, ...] = ()
    for slots in revisions:
        before = {each.uid: each for each in known}
        known = after(known, *slots)
        assert [each.slot for each in known if not each.cancelled] == slots
        assert len({each.uid for each in known}) == len(known) == len({*before, *uids(known)})
        assert all(each.sequence == expected_sequence(before.get(each.uid), each) for each in known)


def uids(events: Iterable[CalendarEvent]) -> set[str]:
    return {each.uid for each in events}


def expected_sequence(before: CalendarEvent | None, now: CalendarEvent) -> int:
    """The next one, but for an event that was cancelled and stays so."""
    if before is None:
        return 0
    return before.sequence if before.cancelled and now.cancelled else before.sequence + 1
