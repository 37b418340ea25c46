"""Values of the notifier that spell out only what a test is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from mweek_notifier.domain.calendar_event import CalendarEvent, event_uid
from mweek_notifier.domain.customer_slot import CustomerSlot
from mweek_notifier.domain.fleet import Contact, Customer, Fleet, Machine
from mweek_notifier.domain.letterhead import Letterhead
from mweek_notifier.domain.notice import NoticeKind, WeekNotice, WindowNotice
from mweek_notifier.domain.telling import Affected, Revision
from mweek_notifier.domain.window import Slot, Window
from mweek_notifier.domain.window_news import News, WindowItem

from tests.support.ids import at

NOW = at("2026-11-23T08:00Z")
DOMAIN = "mweek.example"
LETTERHEAD = Letterhead("Maintenance Week", f"maintenance@{DOMAIN}", f"operator@{DOMAIN}")
MESSAGE_ID = f"<0123456789abcdef0123456789abcdef@{DOMAIN}>"
OPS = Contact("Ops", "ops@acme.example")

MONDAY = Slot(at("2026-11-30T17:00Z"), at("2026-11-30T22:00Z"), "monday")
TUESDAY = Slot(at("2026-12-01T17:00Z"), at("2026-12-01T22:00Z"), "tuesday")
THURSDAY = Slot(at("2026-12-03T17:00Z"), at("2026-12-03T22:00Z"), "thursday")
SATURDAY = Slot(at("2026-12-05T09:00Z"), at("2026-12-05T13:00Z"), "hosts")


def fleet(**owners: str | None) -> Fleet:
    """Return machines by owner, each with 15 minutes of downtime: `fleet(acme01="acme", kyle07=None)`."""
    return Fleet({name: Machine(name, owner, 15) for name, owner in owners.items()})


def windows(**slots: Slot) -> dict[str, Window]:
    """Return windows by machine, as a plan states them without owners: `windows(acme01=TUESDAY)`."""
    return {machine: Window(machine, slot) for machine, slot in slots.items()}


def slot_of(slot: Slot, *machines: str, **fields: Any) -> CustomerSlot:
    """Return a customer's slot with these machines."""
    return CustomerSlot(slot, machines, **fields)


def cut(slot: Slot, *, part: int, parts: int) -> Slot:
    """Return one of the equal parts that a phase is cut into for redundancy peers, counted from 1."""
    length = (slot.closes_at - slot.opens_at) / parts
    return Slot(slot.opens_at + length * (part - 1), slot.opens_at + length * part, slot.phase)


def customer(*contacts: Contact, **fields: Any) -> Customer:
    """Return the customer acme with these contacts (or one)."""
    values: Mapping[str, Any] = {
        "customer": "acme",
        "name": "Acme GmbH",
        "contacts": contacts or (OPS,),
        "timezone": "Europe/Berlin",
    }
    return Customer(**{**values, **fields})


def revision(number: int = 1, **fields: Any) -> Revision:
    """Return a revision of rzob/2026-W49."""
    values: Mapping[str, Any] = {
        "location": "rzob",
        "week": "2026-W49",
        "plan_id": f"rzob/2026-W49/r{number}",
        "number": number,
        "said_at": NOW,
    }
    return Revision(**{**values, **fields})


def affected(*slots: CustomerSlot, **fields: Any) -> Affected:
    """Return what a revision leaves the customer acme."""
    values: Mapping[str, Any] = {"customer": customer(), "slots": slots}
    return Affected(**{**values, **fields})


def event(slot: Slot, *, number: int = 1, **fields: Any) -> CalendarEvent:
    """Return acme's calendar event of a phase."""
    uid = event_uid(location="rzob", week="2026-W49", customer="acme", phase=slot.phase, number=number, domain=DOMAIN)
    return CalendarEvent(uid, slot, number, **fields)


def notice(*slots: CustomerSlot, **fields: Any) -> WeekNotice:
    """Return the first notice about some slots, each with its calendar event."""
    values: Mapping[str, Any] = {
        "kind": NoticeKind.SCHEDULED,
        "plan_id": "rzob/2026-W49/r1",
        "revision": 1,
        "location": "rzob",
        "week": "2026-W49",
        "customer": "acme",
        "customer_name": "Acme GmbH",
        "contact": OPS,
        "timezone": "Europe/Berlin",
        "slots": slots,
        "events": tuple(event(each.slot) for each in slots),
    }
    return WeekNotice(**{**values, **fields})


def later(slot: Slot, **span: int) -> Slot:
    """Return the slot so much later, in the same phase."""
    return Slot(slot.opens_at + timedelta(**span), slot.closes_at + timedelta(**span), slot.phase)


def window_item(machine: str = "acme01", **fields: Any) -> WindowItem:
    """Return that a machine has the window `w-<machine>` on Tuesday."""
    values: Mapping[str, Any] = {
        "window_id": f"w-{machine}",
        "revision": 1,
        "news": News.GRANTED,
        "uid": f"uid-{machine}@{DOMAIN}",
        "machine": machine,
        "own": True,
        "hosted": (),
        "slot": TUESDAY,
    }
    return WindowItem(**{**values, **fields})


def window_notice(*items: WindowItem, **fields: Any) -> WindowNotice:
    """Return a notice about some windows of acme."""
    values: Mapping[str, Any] = {
        "location": "rzob",
        "customer": "acme",
        "customer_name": "Acme GmbH",
        "contact": OPS,
        "timezone": "Europe/Berlin",
        "notice_hours": 48,
        "items": items,
    }
    return WindowNotice(**{**values, **fields})
