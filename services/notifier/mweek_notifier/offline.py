"""Renders sample notices without bus and database: what customers will read, before any of them does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mweek_notifier.domain.customer_slot import AffectingHost, CustomerSlot
from mweek_notifier.domain.finding import Finding
from mweek_notifier.domain.fleet import Blackout, Contact, Customer, Fleet, Machine
from mweek_notifier.domain.letterhead import Letterhead
from mweek_notifier.domain.notice import FindingNotice, Notice, WeekNotice, WindowNotice
from mweek_notifier.domain.override import Override, Rule
from mweek_notifier.domain.requested_window import ADHOC, RequestedWindow, touches
from mweek_notifier.domain.telling import Affected, Revision, Told, tell
from mweek_notifier.domain.window import Slot
from mweek_notifier.domain.window_telling import Occasion, ToldOfWindows, tell_windows
from mweek_notifier.rendering.mail import Rendered, rendered

_MONDAY: Final = datetime(2026, 11, 30, tzinfo=UTC)
_SAID_AT: Final = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_LOCATION: Final = "rzob"
_WEEK: Final = "2026-W49"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the sample customer is like."""

    machines: int = 12
    timezone: str = "Europe/Berlin"
    language: str = "en"


def preview(occasion: str, sample: Sample, letterhead: Letterhead) -> Rendered:
    """Render the sample notice of an occasion, as it would be sent on 23 November 2026.

    Args:
        occasion: one of `OCCASIONS`.
    """
    notice = OCCASIONS[occasion](sample, letterhead)
    message_id = f"<{notice.key.notice_id}@{letterhead.domain}>"
    return rendered(notice, letterhead, message_id=message_id, dated_at=_SAID_AT)


def _scheduled(sample: Sample, letterhead: Letterhead) -> Notice:
    return _told(_revision(1), _slots(sample), Told(), sample, letterhead)


def _changed(sample: Sample, letterhead: Letterhead) -> Notice:
    names = _names(sample)
    moved = CustomerSlot(_slot("wednesday", 2), names[:1], downtime_minutes=15)
    now = (CustomerSlot(_slot("tuesday", 1), names[1 : len(names) // 3 + 1], downtime_minutes=15), moved)
    later = _slots(sample)[1:]
    overrides = (Override(Rule.BLACKOUTS, "A security fix that cannot wait until January"),)
    revision = _revision(2, overrides=overrides)
    return _told(revision, (*now, *later), _heard(sample, letterhead), sample, letterhead)


def _cancelled(sample: Sample, letterhead: Letterhead) -> Notice:
    revision = _revision(2, cancel_reason="The update is not ready")
    return _told(revision, (), _heard(sample, letterhead), sample, letterhead)


def _finding(sample: Sample, letterhead: Letterhead) -> Notice:
    findings = (
        Finding("quota", "", "phase tuesday takes 4 machines of role storage, the pattern says 3"),
        Finding("redundancy", "web01", "web01 and web02 of group web are down at once on 1 December, 17:00 UTC"),
    )
    return FindingNotice(
        location=_LOCATION,
        week=_WEEK,
        plan_id=f"{_LOCATION}/{_WEEK}/r1",
        revision=1,
        contact=Contact("Operator", letterhead.operator_email, sample.language),
        audit_id="audit-0001",
        occasion="revision",
        audited_at=_SAID_AT,
        machines=236,
        windows=236,
        findings=findings,
        total=len(findings),
    )


def _finding_in_windows(sample: Sample, letterhead: Letterhead) -> Notice:
    text = "acme03 has a requested window (Thu 2026-11-26 21:00 to 21:35 UTC) in the blackout Christmas sale."
    findings = (Finding("blackout", "acme03", text),)
    found: dict[str, Any] = {
        "findings": findings,
        "total": 1,
        "machines": 236,
        "windows": 12,
        "occasion": "windows-changed",
    }
    plan: dict[str, Any] = {"week": ADHOC, "plan_id": f"{_LOCATION}/{ADHOC}", "revision": 0}
    notice = _finding(sample, letterhead)
    assert isinstance(notice, FindingNotice), "it is the sample of one"
    return replace(notice, **plan, **found)


def _granted(sample: Sample, letterhead: Letterhead) -> Notice:
    return _told_windows(_requested(_names(sample), 1), ToldOfWindows(), sample, letterhead)


def _urgent(sample: Sample, letterhead: Letterhead) -> Notice:
    windows = [replace(each, urgent=True) for each in _requested(_names(sample)[:1], 1)]
    return _told_windows(windows, ToldOfWindows(), sample, letterhead)


def _moved(sample: Sample, letterhead: Letterhead) -> Notice:
    windows = [replace(each, slot=_night(4)) for each in _requested(_names(sample)[:1], 2)]
    return _told_windows(windows, _heard_of_windows(sample, letterhead), sample, letterhead)


def _withdrawn(sample: Sample, letterhead: Letterhead) -> Notice:
    windows = [replace(each, withdrawn="missed") for each in _requested(_names(sample)[:1], 2)]
    return _told_windows(windows, _heard_of_windows(sample, letterhead), sample, letterhead)


def _windows(sample: Sample, letterhead: Letterhead) -> Notice:
    """Return news of all kinds: the first window is moved, the second gone, all others are new, and so is a host's."""
    several = replace(sample, machines=max(4, sample.machines))
    first, second, *rest = _requested(_names(several), 2)
    host = replace(rest[0], window_id="w-kyle07", machine="kyle07", customer=None, affects=_names(several)[:2])
    heard = _heard_of_windows(sample, letterhead, machines=2)
    news = [replace(first, slot=_night(4)), replace(second, withdrawn="requested"), *rest, host]
    return _told_windows(news, heard, sample, letterhead)


OCCASIONS: Final[Mapping[str, Callable[[Sample, Letterhead], Notice]]] = {
    "scheduled": _scheduled,
    "changed": _changed,
    "cancelled": _cancelled,
    "finding": _finding,
    "window-finding": _finding_in_windows,
    "granted": _granted,
    "urgent": _urgent,
    "moved": _moved,
    "withdrawn": _withdrawn,
    "windows": _windows,
}


def _told(
    revision: Revision, slots: tuple[CustomerSlot, ...], heard: Told, sample: Sample, letterhead: Letterhead
) -> WeekNotice:
    contact = _contact(sample)
    sale = Blackout(_MONDAY + timedelta(days=3), _MONDAY + timedelta(days=5), "Christmas sale")
    customer = Customer("acme", "Acme GmbH", (contact,), sample.timezone, notice_hours=48, blackouts=(sale,))
    affected = Affected(customer=customer, slots=slots, events=heard.events, told={contact.email: heard})
    return tell(revision, affected, {}, now=_SAID_AT, domain=letterhead.domain).notices[0]


def _heard(sample: Sample, letterhead: Letterhead) -> Told:
    """Return what the contact heard in the sample of `scheduled`."""
    slots = _slots(sample)
    first = _told(_revision(1), slots, Told(), sample, letterhead)
    return Told(slots, first.events, (f"<{first.key.notice_id}@{letterhead.domain}>",))


def _revision(number: int, *, overrides: tuple[Override, ...] = (), cancel_reason: str | None = None) -> Revision:
    return Revision(
        location=_LOCATION,
        week=_WEEK,
        plan_id=f"{_LOCATION}/{_WEEK}/r{number}",
        number=number,
        said_at=_SAID_AT,
        overrides=overrides,
        cancel_reason=cancel_reason,
    )


def _slots(sample: Sample) -> tuple[CustomerSlot, ...]:
    names = _names(sample)
    early = len(names) // 3 + 1
    hosts = (AffectingHost("kyle07", names[:2]),)
    slots = (
        CustomerSlot(_slot("tuesday", 1), names[:early], downtime_minutes=15),
        CustomerSlot(_slot("thursday", 3), names[early:], downtime_minutes=20),
        CustomerSlot(
            Slot(_MONDAY + timedelta(days=5, hours=9), _MONDAY + timedelta(days=5, hours=13), "hosts"), (), hosts
        ),
    )
    return tuple(slot for slot in slots if slot.machines or slot.hosts)


def _requested(names: Sequence[str], revision: int) -> list[RequestedWindow]:
    """Return a window for each machine: three in a night, from Thursday on."""
    return [
        RequestedWindow(
            location=_LOCATION,
            window_id=f"w-{name}",
            machine=name,
            revision=revision,
            significant_revision=revision,
            slot=_night(3 + number // 3),
            customer="acme",
            downtime_minutes=20,
            reboots=True,
            reasons=("Kernel and database update",),
        )
        for number, name in enumerate(names)
    ]


def _night(day: int) -> Slot:
    opens_at = _MONDAY - timedelta(days=7) + timedelta(days=day, hours=21)
    return Slot(opens_at, opens_at + timedelta(minutes=35), ADHOC)


def _told_windows(
    windows: Sequence[RequestedWindow], heard: ToldOfWindows, sample: Sample, letterhead: Letterhead
) -> WindowNotice:
    contact = _contact(sample)
    customer = Customer("acme", "Acme GmbH", (contact,), sample.timezone, notice_hours=48)
    guests = {name: Machine(name, "acme", 15) for window in windows for name in window.machines if name != "kyle07"}
    touched = {window.window_id: touches(window, Fleet(guests))["acme"] for window in windows}
    occasion = Occasion(
        location=_LOCATION, customer=customer, windows=tuple(windows), touched=touched, told={contact.email: heard}
    )
    return tell_windows(occasion, now=_SAID_AT, domain=letterhead.domain).notices[0]


def _heard_of_windows(sample: Sample, letterhead: Letterhead, *, machines: int = 1) -> ToldOfWindows:
    """Return what the contact heard when the first windows were granted."""
    windows = _requested(_names(replace(sample, machines=machines)), 1)
    first = _told_windows(windows, ToldOfWindows(), sample, letterhead)
    mail = f"<{first.key.notice_id}@{letterhead.domain}>"
    return ToldOfWindows(
        {item.window_id: item for item in first.items}, ((mail, frozenset(w.window_id for w in windows)),)
    )


def _contact(sample: Sample) -> Contact:
    return Contact("Jürgen Müller", "ops@acme.example", sample.language)


def _slot(phase: str, day: int) -> Slot:
    opens_at = _MONDAY + timedelta(days=day, hours=17)
    return Slot(opens_at, opens_at + timedelta(hours=5), phase)


def _names(sample: Sample) -> tuple[str, ...]:
    return tuple(f"acme{number:02d}" for number in range(1, sample.machines + 1))
