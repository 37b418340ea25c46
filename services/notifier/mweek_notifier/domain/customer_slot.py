"""What one customer has in a week: its machines, and the KVM hosts under its machines, grouped by slot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mweek_notifier.domain.fleet import Fleet
from mweek_notifier.domain.window import Delta, Slot, Window, Withdrawal


@dataclass(frozen=True, slots=True, order=True)
class AffectingHost:
    """A KVM host that is maintained, and the customer's machines that run on it."""

    host: str
    machines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomerSlot:
    """One time, and all that happens to the customer in it.

    `downtime_minutes` is the longest estimate among `machines`; None where none is known.
    """

    slot: Slot
    machines: tuple[str, ...] = ()
    hosts: tuple[AffectingHost, ...] = ()
    downtime_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class _Touch:
    """One machine of a customer is touched by a window: its own, or that of its host."""

    customer: str
    machine: str
    host: str | None


def affected_customers(delta: Delta, before: Mapping[str, Window], fleet: Fleet) -> frozenset[str]:
    """Return the customers that a change is about: owners of its machines, and of the VMs on its hosts.

    Args:
        before: the windows that the change was made to, by machine: a moved host may have affected other VMs then.
    """
    changed: tuple[Window | Withdrawal, ...] = (*delta.given, *delta.taken)
    old = tuple(before[each.machine] for each in changed if each.machine in before)
    return frozenset(touch.customer for each in (*old, *changed) for touch in _touches(each, fleet))


def customer_slots(
    windows: Iterable[Window], fleet: Fleet, wanted: frozenset[str]
) -> dict[str, tuple[CustomerSlot, ...]]:
    """Return the slots of each wanted customer, in the order of time; machines with equal times share a slot."""
    touched: dict[str, dict[Slot, list[_Touch]]] = {customer: {} for customer in wanted}
    for window in windows:
        for touch in _touches(window, fleet):
            if touch.customer in wanted:
                touched[touch.customer].setdefault(window.slot, []).append(touch)
    return {
        customer: tuple(_customer_slot(slot, slots[slot], fleet) for slot in sorted(slots))
        for customer, slots in touched.items()
    }


def _touches(window: Window | Withdrawal, fleet: Fleet) -> Iterator[_Touch]:
    owner = fleet.owner(window.machine, stated=window.customer)
    if owner is not None:
        yield _Touch(owner, window.machine, None)
    for machine in window.affects:
        tenant = fleet.owner(machine)
        if tenant is not None:
            yield _Touch(tenant, machine, window.machine)


def _customer_slot(slot: Slot, touches: Iterable[_Touch], fleet: Fleet) -> CustomerSlot:
    own: list[str] = []
    hosts: dict[str, list[str]] = {}
    for touch in touches:
        (own if touch.host is None else hosts.setdefault(touch.host, [])).append(touch.machine)
    estimates = [minutes for machine in own if (minutes := fleet.downtime_minutes(machine)) is not None]
    return CustomerSlot(
        slot=slot,
        machines=tuple(sorted(own)),
        hosts=tuple(AffectingHost(host, tuple(sorted(hosts[host]))) for host in sorted(hosts)),
        downtime_minutes=max(estimates, default=None),
    )
