"""Rules that an administrator set aside, as far as a customer is concerned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mweek_notifier.domain.customer_slot import CustomerSlot
from mweek_notifier.domain.fleet import Blackout, Customer


class Rule(StrEnum):
    """The rules that a command can set aside."""

    BLACKOUTS = "blackouts"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Override:
    """A rule set aside for the whole week, and the reason that was given."""

    rule: Rule
    reason: str


@dataclass(frozen=True, slots=True)
class AppliedOverride:
    """An override that changes something for one customer.

    `blackouts` are those that its slots overlap; `notice_hours` is the notice that it did not get.
    """

    rule: Rule
    reason: str
    blackouts: tuple[Blackout, ...] = ()
    notice_hours: int | None = None


def applied_overrides(
    overrides: Iterable[Override], customer: Customer, slots: Iterable[CustomerSlot], *, said_at: datetime
) -> tuple[AppliedOverride, ...]:
    """Return the overrides that this customer must be told of: those without which its slots would not stand.

    Args:
        said_at: when the revision was made; notice counts from then. Slots that had opened by then are not new.
    """
    own = [each.slot for each in slots if each.machines]
    ahead = [slot for slot in own if slot.opens_at >= said_at]
    soon = any(slot.opens_at < said_at + timedelta(hours=customer.notice_hours) for slot in ahead)
    hit = tuple(b for b in customer.blackouts if any(b.overlaps(slot.opens_at, slot.closes_at) for slot in own))
    applied = []
    for override in overrides:
        if override.rule is Rule.BLACKOUTS and hit:
            applied.append(AppliedOverride(override.rule, override.reason, blackouts=hit))
        elif override.rule is Rule.NOTICE and soon:
            applied.append(AppliedOverride(override.rule, override.reason, notice_hours=customer.notice_hours))
    return tuple(applied)
