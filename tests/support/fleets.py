"""Fleets in a few words: builders for tests, a compact text for stories, and the reference fleet."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from mweek_contracts.documents import read_fleet
from mweek_planner.domain.customer import Blackout, Customer
from mweek_planner.domain.machine import Fleet, Machine
from mweek_planner.translation import customer_from, machine_from
from mweek_timewindows import WEEKDAYS, WeeklyCalendar, WeeklyWindow

from tests.support.ids import at

REFERENCE: Final = Path(__file__).parents[2] / "deploy" / "reference" / "rzob.yaml"
PHYSICAL_ROLES: Final = ("router", "storage", "kvm-host", "backup")

_SHORT_NAMES: Final = {
    "group": "redundancy_group",
    "os": "os_release",
    "hardware": "hardware_model",
    "bios": "bios_version",
    "downtime": "downtime_minutes",
}


def machine(name: str, **fields: Any) -> Machine:
    """Return a machine in service: a production machine of role customer unless told otherwise."""
    role = fields.setdefault("role", "customer")
    fields.setdefault("kind", "physical" if role in PHYSICAL_ROLES else "virtual")
    fields.setdefault("environment", "production")
    return Machine(name=name, **fields)


def machines(prefix: str, count: int, **fields: Any) -> tuple[Machine, ...]:
    """Return so many machines alike: `web00`, `web01`, …"""
    return tuple(machine(f"{prefix}{number:02d}", **fields) for number in range(count))


def fleet(*parts: Machine | Customer | Iterable[Machine]) -> Fleet:
    """Return a fleet of machines and customers, given in any order; customers that nobody describes have defaults."""
    single = [part for part in parts if isinstance(part, Machine)]
    many = [one for part in parts if not isinstance(part, Machine | Customer) for one in part]
    return Fleet((*single, *many), tuple(part for part in parts if isinstance(part, Customer)))


def blackout(starts_at: str, ends_at: str, reason: str = "sale") -> Blackout:
    """Return a blackout between two instants as people write them."""
    return Blackout(at(starts_at), at(ends_at), reason)


@cache
def reference_fleet() -> Fleet:
    """Return the article's fleet: 41 physical hosts and 195 virtual machines."""
    document = read_fleet(REFERENCE)
    return Fleet(tuple(map(machine_from, document.machines)), tuple(map(customer_from, document.customers)))


def without(whole: Fleet, *names: str) -> Fleet:
    """Return the fleet without some machines."""
    return replace(whole, machines=tuple(one for one in whole.machines if one.name not in names))


def changed(whole: Fleet, name: str, **fields: Any) -> Fleet:
    """Return the fleet with one machine changed."""
    return replace(whole, machines=tuple(replace(m, **fields) if m.name == name else m for m in whole.machines))


def with_customer(whole: Fleet, name: str, **fields: Any) -> Fleet:
    """Return the fleet with one customer described, or described otherwise."""
    known = next((customer for customer in whole.customers if customer.name == name), Customer(name=name))
    others = tuple(customer for customer in whole.customers if customer.name != name)
    return replace(whole, customers=(*others, replace(known, **fields)))


def fleet_from_text(lines: Iterable[str]) -> Fleet:
    """Return the fleet that a few lines describe.

    `customer acme notice=48 accepts="mon-thu 22:00-05:00 Europe/Berlin"` is a customer. Any other line is
    `NAMES ROLE ENVIRONMENT [CUSTOMER] [field=value …]`; NAMES are `acme01`, `acme01-04`, or several by commas. Fields
    are those of a machine, some of them shorter: group, os, hardware, bios, downtime.
    """
    owners: list[Customer] = []
    all_machines: list[Machine] = []
    for line in lines:
        words = shlex.split(line, comments=True)
        if words and words[0] == "customer":
            owners.append(_customer(words[1], words[2:]))
        elif words:
            all_machines.extend(_machines(words))
    return Fleet(tuple(all_machines), tuple(owners))


def fields_from(words: Iterable[str]) -> dict[str, Any]:
    """Return the machine fields of words like `group=web downtime=60`."""
    pairs = (word.split("=", 1) for word in words)
    fields: dict[str, Any] = {_SHORT_NAMES.get(name, name): value for name, value in pairs}
    if "downtime_minutes" in fields:
        fields["downtime_minutes"] = int(fields["downtime_minutes"])
    return fields


def _machines(words: list[str]) -> Iterator[Machine]:
    names, role, environment, *rest = words
    owner = rest.pop(0) if rest and "=" not in rest[0] else None
    fields = fields_from(rest)
    for name in _names(names):
        yield machine(name, role=role, environment=environment, customer=owner, **fields)


def _names(text: str) -> Iterator[str]:
    for part in text.split(","):
        found = re.fullmatch(r"(.*?)(\d+)-(\d+)", part)
        if found:
            stem, first, last = found.groups()
            yield from (f"{stem}{number:0{len(first)}d}" for number in range(int(first), int(last) + 1))
        else:
            yield part


def _customer(name: str, words: list[str]) -> Customer:
    fields = dict(word.split("=", 1) for word in words)
    calendar = _calendar(fields["accepts"]) if "accepts" in fields else None
    return Customer(name=name, notice_hours=int(fields.get("notice", 12)), calendar=calendar)


def _calendar(text: str) -> WeeklyCalendar:
    days, times, zone = text.split()
    first, last = days.split("-")
    start, end = times.split("-")
    span = WEEKDAYS[WEEKDAYS.index(first) : WEEKDAYS.index(last) + 1]
    return WeeklyCalendar(zone, (WeeklyWindow(span, start, end),))
