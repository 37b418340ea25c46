"""Short ways to say what an audit looks at: machines, customers, patterns, cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mweek_auditor.domain.audit import audit
from mweek_auditor.domain.fleet import Blackout, Customer, Fleet, Machine
from mweek_auditor.domain.pattern import Entry, Pattern, Phase, Quota, Selector
from mweek_auditor.domain.plan import Case, Parent, Plan
from mweek_auditor.translation.pattern import pattern_of
from mweek_auditor.translation.records import fleet_of
from mweek_contracts.documents import built_in_pattern, read_fleet

from tests.support.plans import WEEK

REFERENCE = Path(__file__).parents[2] / "deploy" / "reference" / "rzob.yaml"
MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
WEEK_BEFORE = MONDAY - timedelta(days=7)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return an instant of the week; day 0 is Monday."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def machine(name: str, **fields: Any) -> Machine:
    """Return a customer's production machine, unless the fields say otherwise."""
    return Machine(**{"name": name, "kind": "virtual", "role": "customer", "environment": "production"} | fields)


def machines(prefix: str, count: int, **fields: Any) -> tuple[Machine, ...]:
    """Return so many equal machines."""
    return tuple(machine(f"{prefix}{number:02d}", **fields) for number in range(count))


def customer(name: str, **fields: Any) -> Customer:
    """Return a customer with one contact and 12 hours of notice, unless the fields say otherwise."""
    return Customer(**{"name": name, "contacts": (f"ops@{name}.example",)} | fields)


def blackout(starts_at: datetime, ends_at: datetime, reason: str = "sale") -> Blackout:
    """Return a blackout."""
    return Blackout(starts_at, ends_at, reason)


def fleet(*members: Machine | Customer) -> Fleet:
    """Return a fleet; customers that machines name and nobody gives are added."""
    owned = [member for member in members if isinstance(member, Machine)]
    given = {member.name: member for member in members if isinstance(member, Customer)}
    for member in owned:
        if member.customer and member.customer not in given:
            given[member.customer] = customer(member.customer)
    return Fleet(machines=tuple(owned), customers=tuple(given.values()))


def entry(quota: str, **select: Any) -> Entry:
    """Return an entry from words such as `all`, `remainder`, `count 2`, `share 30%`, `at_most 5%`, `sample 12%`."""
    name, _, amount = quota.partition(" ")
    lists = {key: (value,) if isinstance(value, str) else value for key, value in select.items()}
    number = round(float(amount[:-1]) * 100) if amount.endswith("%") else int(amount or 0)
    return Entry(select=Selector(**lists), quota=Quota(name), amount=number)


def phase(name: str, day: int, *entries: Entry, hour: int = 17, hours: float = 5) -> Phase:
    """Return a phase on a day of the week (0 is Monday)."""
    opens_at = at(day, hour)
    return Phase(name=name, opens_at=opens_at, closes_at=opens_at + timedelta(hours=hours), entries=entries)


def pattern(*phases: Phase, remainder: int | None = None) -> Pattern:
    """Return a pattern of these phases."""
    return Pattern(name="of-the-test", phases=phases, remainder=remainder)


def reference_fleet() -> Fleet:
    """Return the article's location."""
    document = read_fleet(REFERENCE)
    return fleet_of(document.machines, document.customers)


def reference_pattern() -> Pattern:
    """Return the article's week."""
    found = built_in_pattern("one-few-many")
    assert found
    return pattern_of(found, WEEK)


def case_of(plan: Plan, shape: Pattern, records: Fleet, parent: Parent | None = None, **fields: Any) -> Case:
    """Return a case whose records have not changed since the plan was made, unless the fields say otherwise."""
    return Case(
        **{"plan": plan, "pattern": shape, "fleet": records, "planned_from": records, "parent": parent} | fields
    )


def codes(case: Case) -> list[str]:
    """Return the codes of what the audit finds, sorted, each once."""
    return sorted({finding.code.value for finding in audit(case)})


def without_machine(records: Fleet, name: str) -> Fleet:
    """Return the fleet without one machine."""
    return replace(records, machines=tuple(m for m in records.machines if m.name != name))


def with_machine(records: Fleet, changed: Machine) -> Fleet:
    """Return the fleet with one machine added or put in the place of its namesake."""
    return replace(
        without_machine(records, changed.name), machines=(*without_machine(records, changed.name).machines, changed)
    )
