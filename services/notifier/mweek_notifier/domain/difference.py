"""What is different for a customer between what a contact was last told and what holds now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mweek_notifier.domain.customer_slot import CustomerSlot
from mweek_notifier.domain.window import Slot


class ChangeKind(StrEnum):
    """What became of a time that a contact knows, or does not know yet."""

    ADDED = "added"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Change:
    """Machines with the same change. `host` names the KVM host under them, where the change is the host's.

    `before` is None for `added`, `after` is None for `withdrawn`; `reason` is the planner's code for a withdrawal,
    where it is known.
    """

    kind: ChangeKind
    machines: tuple[str, ...]
    before: Slot | None = None
    after: Slot | None = None
    host: str | None = None
    reason: str | None = None


_Item = tuple[str, str | None]
"""A machine, and the host whose window is meant (None: the machine's own)."""


def difference(
    told: Iterable[CustomerSlot], now: Iterable[CustomerSlot], reasons: Mapping[str, str]
) -> tuple[Change, ...]:
    """Return the changes from `told` to `now`: moved ones first, then added, then withdrawn; each in order of time.

    Args:
        reasons: the code of each withdrawal by machine (of the host, where its window was withdrawn).
    """
    before, after = _times(told), _times(now)
    grouped: dict[tuple[ChangeKind, Slot | None, Slot | None, str | None, str | None], list[str]] = {}
    for item in sorted(before.keys() | after.keys(), key=lambda item: (item[0], item[1] or "")):
        machine, host = item
        was, now_is = before.get(item), after.get(item)
        if was != now_is:
            reason = reasons.get(host or machine) if now_is is None else None
            grouped.setdefault((_kind(was, now_is), was, now_is, host, reason), []).append(machine)
    changes = [
        Change(kind, tuple(machines), was, now_is, host, reason)
        for (kind, was, now_is, host, reason), machines in grouped.items()
    ]
    return tuple(sorted(changes, key=_reading_order))


def _times(slots: Iterable[CustomerSlot]) -> dict[_Item, Slot]:
    times: dict[_Item, Slot] = {}
    for each in slots:
        times.update(((machine, None), each.slot) for machine in each.machines)
        times.update(((machine, host.host), each.slot) for host in each.hosts for machine in host.machines)
    return times


def _kind(before: Slot | None, after: Slot | None) -> ChangeKind:
    if before is None:
        return ChangeKind.ADDED
    return ChangeKind.WITHDRAWN if after is None else ChangeKind.MOVED


_ORDER = (ChangeKind.MOVED, ChangeKind.ADDED, ChangeKind.WITHDRAWN)


def _reading_order(change: Change) -> tuple[int, list[Slot], str, tuple[str, ...]]:
    times = [slot for slot in (change.after, change.before) if slot is not None]
    return _ORDER.index(change.kind), times, change.host or "", change.machines
