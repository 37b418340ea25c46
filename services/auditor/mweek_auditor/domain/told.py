"""Every customer whose windows a revision changes has been told of it, every contact, in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mweek_contracts.events import FindingCode

from mweek_auditor.domain.finding import Finding, clock
from mweek_auditor.domain.fleet import Fleet
from mweek_auditor.domain.plan import Told


class NoticeState(StrEnum):
    """What became of a notice."""

    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice about one revision to one contact; `detail` is why it failed or was skipped."""

    customer: str
    contact: str
    revision: int
    state: NoticeState
    at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A contact that must be told, and when at the latest."""

    customer: str
    contact: str
    latest_at: datetime

    @property
    def key(self) -> tuple[str, str]:
        """Customer and address; addresses do not differ by case."""
        return self.customer, self.contact.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What notices of a revision are judged by.

    Until `due_at` (the grace time after the plan was heard of) nobody is late; `notice_overridden` is the reason given
    for setting the notice hours aside.
    """

    revision: int
    due_at: datetime
    notice_overridden: str | None = None


def awaited(told: Iterable[Told], fleet: Fleet, terms: Terms) -> tuple[Awaited, ...]:
    """Return every contact that a revision must be told to, sorted by customer and address.

    A customer is affected by a window of its machine, and by one of the KVM host that its machine runs on, given,
    moved or taken away.
    """
    contacts = []
    for name, opens_at in sorted(_affected(told, fleet).items()):
        customer = fleet.customer_by_name.get(name)
        if customer is None:
            continue  # unknown-customer is a finding of its own
        hours = 0 if terms.notice_overridden else customer.notice_hours
        latest_at = max(terms.due_at, opens_at - timedelta(hours=hours))
        contacts += [Awaited(customer=name, contact=contact, latest_at=latest_at) for contact in customer.contacts]
    return tuple(sorted(contacts, key=lambda contact: contact.key))


def not_told(
    contacts: Iterable[Awaited], notices: Iterable[Notice], terms: Terms, *, now: datetime
) -> Iterator[Finding]:
    """Yield not-told, told-late and notice-failed. A notice of a later revision tells of this one too.

    Nobody is missed before the grace time is over; a failure is known at once.
    """
    outcomes = _outcomes(notices, terms.revision)
    for contact in contacts:
        notice = outcomes.get(contact.key)
        who = f"{contact.contact} of customer {contact.customer}"
        if notice is not None and notice.state is NoticeState.FAILED:
            text = f"The notice to {who} failed: {notice.detail}."
            yield Finding(FindingCode.NOTICE_FAILED, None, text)
        elif notice is not None and notice.state is NoticeState.SENT:
            if notice.at > contact.latest_at:
                text = f"{who} was told {clock(notice.at)}; that had to be {clock(contact.latest_at)} at the latest."
                yield Finding(FindingCode.TOLD_LATE, None, text)
        elif now >= terms.due_at:
            why = f" (skipped: {notice.detail})" if notice is not None else ""
            text = f"{who} has not been told of revision {terms.revision}{why}."
            yield Finding(FindingCode.NOT_TOLD, None, text)


def is_settled(contacts: Iterable[Awaited], notices: Iterable[Notice], terms: Terms) -> bool:
    """Return whether there is nothing left to wait for: everybody was told, or a notice has failed."""
    outcomes = _outcomes(notices, terms.revision)
    states = [outcomes[contact.key].state if contact.key in outcomes else None for contact in contacts]
    return NoticeState.FAILED in states or all(state is NoticeState.SENT for state in states)


def _affected(told: Iterable[Told], fleet: Fleet) -> Mapping[str, datetime]:
    """Return the affected customers with the earliest opening among the windows that affect them."""
    earliest: dict[str, datetime] = {}
    for item in told:
        machine = fleet.by_name.get(item.window.machine)
        owners = {item.customer, machine.customer if machine else None}
        owners |= {guest.customer for guest in fleet.guests.get(item.window.machine, ())}
        for owner in owners - {None}:
            assert owner is not None
            earliest[owner] = min(item.window.opens_at, earliest.get(owner, item.window.opens_at))
    return earliest


def _outcomes(notices: Iterable[Notice], revision: int) -> Mapping[tuple[str, str], Notice]:
    """Return what became of the notices to each contact: the first that was sent, else a failure, else the last."""
    best: dict[tuple[str, str], Notice] = {}
    rank = {NoticeState.SENT: 2, NoticeState.FAILED: 1, NoticeState.SKIPPED: 0}
    for notice in sorted((n for n in notices if n.revision >= revision), key=lambda n: n.at):
        key = (notice.customer, notice.contact.lower())
        if key not in best or rank[notice.state] > rank[best[key].state]:
            best[key] = notice
    return best
