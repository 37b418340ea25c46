"""Events in customers' calendars: one per slot, the same UID through all revisions of a week, SEQUENCE rising.

An event belongs to a customer, a week and a phase; contacts of a customer share it, since they may share a calendar.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from mweek_notifier.domain.window import Slot

UidOf = Callable[[str, int], str]
"""From phase and number within the phase to the UID."""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One event and where it stands. `number` counts the events of a customer's phase; `sequence` starts at 0."""

    uid: str
    slot: Slot
    number: int = 1
    sequence: int = 0
    cancelled: bool = False

    def reissued(self, slot: Slot) -> CalendarEvent:
        """Return the event as told once more, at this time."""
        return replace(self, slot=slot, sequence=self.sequence + 1, cancelled=False)

    def withdrawn(self) -> CalendarEvent:
        """Return the event as cancelled."""
        return replace(self, sequence=self.sequence + 1, cancelled=True)


def event_uid(*, location: str, week: str, customer: str, phase: str, number: int, domain: str) -> str:
    """Return the UID of an event: the same for ever for the same place in the same week."""
    key = f"{location}|{week}|{customer}|{phase}|{number}"
    return f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}"


def continued(known: Sequence[CalendarEvent], slots: Iterable[Slot], uid_of: UidOf) -> tuple[CalendarEvent, ...]:
    """Return all events of a customer's week after a revision with these slots.

    A slot continues the event that stands at its time; else one of its phase that lost its time (the event moves);
    else a cancelled one of its phase (the event is back); else it begins a new one. What no slot continues is
    cancelled. Each event that is told has a SEQUENCE one higher than before; one that was cancelled before rests.
    """
    wanted = sorted(slots)
    left = sorted(known, key=lambda event: (event.cancelled, event.slot, event.number))
    chosen: dict[Slot, CalendarEvent] = {}
    for same in (_same_time, _same_phase):
        for slot in wanted:
            found = next((event for event in left if slot not in chosen and same(event, slot)), None)
            if found is not None:
                left.remove(found)
                chosen[slot] = found.reissued(slot)
    numbers = {slot.phase: max((e.number for e in known if e.slot.phase == slot.phase), default=0) for slot in wanted}
    for slot in wanted:
        if slot not in chosen:
            numbers[slot.phase] += 1
            chosen[slot] = CalendarEvent(uid_of(slot.phase, numbers[slot.phase]), slot, numbers[slot.phase])
    rest = [event if event.cancelled else event.withdrawn() for event in left]
    return tuple(sorted((*chosen.values(), *rest), key=lambda event: (event.slot, event.number)))


def _same_time(event: CalendarEvent, slot: Slot) -> bool:
    return not event.cancelled and event.slot == slot


def _same_phase(event: CalendarEvent, slot: Slot) -> bool:
    return event.slot.phase == slot.phase


def events_to_tell(events: Iterable[CalendarEvent], told: Iterable[CalendarEvent]) -> tuple[CalendarEvent, ...]:
    """Return the events that a contact's mail carries: those that stand, and those it must now drop.

    Args:
        told: the events as the contact last heard of them; none for one that hears the first time.
    """
    known = {event.uid for event in told if not event.cancelled}
    return tuple(event for event in events if not event.cancelled or event.uid in known)
