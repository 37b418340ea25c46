"""What the planner knows of machines and customers, on each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
import sqlalchemy as sa
from mweek_outbox import Database, migrate, open_database
from mweek_planner.domain.customer import Blackout, Customer
from mweek_planner.domain.machine import Fleet
from mweek_planner.domain.requests import Policy
from mweek_planner.interfaces import CustomerChange, LocationPolicy, PolicyChange
from mweek_planner.storage.askers import DEFAULT_POLICY, load_policy
from mweek_planner.storage.records import (
    inventory_fingerprint,
    load_customer,
    load_fleet,
    put_customers,
    put_machines,
    put_policies,
)
from mweek_timewindows import WeeklyCalendar, WeeklyWindow
from sqlmodel import Session

from tests.support.ids import at
from tests.support.planner_values import change, machine, removal

ACME = Customer(
    name="acme",
    notice_hours=48,
    blackouts=(Blackout(at("2026-12-20T00:00Z"), at("2027-01-04T00:00Z"), "Christmas sale"),),
    calendar=WeeklyCalendar("Europe/Berlin", (WeeklyWindow(("mon", "tue"), "22:00", "05:00"),)),
    max_parallel=2,
)
POLICY = LocationPolicy(
    windows=Policy(capacity=40, padding_percent=10, minimum_minutes=20, preparation_minutes=3),
    lease=timedelta(minutes=12),
    requests_per_minute=90,
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url, "mweek_planner")
    opened = open_database(database_url)
    yield opened
    opened.close()


def fleet(database: Database, location: str = "rzob") -> Fleet:
    with database.read() as session:
        return load_fleet(session, location)


def test_machine_comes_back_as_it_was_put(database: Database) -> None:
    whole: dict[str, Any] = {
        "customer": "acme",
        "host": "kyle07",
        "redundancy_group": "acme-web",
        "profile": "webgateway",
        "os_release": "25.11",
        "hardware_model": "qemu",
        "bios_version": "1.16",
        "downtime_minutes": 20,
        "in_service": False,
        "labels": (("rack", "7"), ("tier", "front")),
    }
    with database.transaction() as session:
        put_machines(session, [change("acme03", 1, **whole), change("bare", 1)])
    assert set(fleet(database).machines) == {machine("acme03", **whole), machine("bare")}


def test_customer_of_a_machine_comes_back_as_it_was_put(database: Database) -> None:
    with database.transaction() as session:
        put_customers(session, [CustomerChange(name="acme", revision=1, customer=ACME)])
        put_machines(session, [change("acme03", 1, customer="acme")])
    assert fleet(database) == Fleet((machine("acme03", customer="acme"),), (ACME,))


def test_limit_of_a_customer_from_before_limits_were_kept_is_taken_when_it_is_sent_again(database: Database) -> None:
    """At the revision that it has had all along: nobody changed the customer."""
    told = [CustomerChange(name="acme", revision=3, customer=ACME)]
    with database.transaction() as session:
        put_customers(session, told)
        session.connection().execute(sa.text("DELETE FROM customer_limit"))
    with database.transaction() as session:
        assert load_customer(session, "acme") == replace(ACME, max_parallel=None)
        put_customers(session, told)
    with database.read() as session:
        assert load_customer(session, "acme") == ACME


def test_policy_comes_back_as_it_was_put_and_is_the_default_once_it_is_removed(database: Database) -> None:
    def policy(location: str = "rzob") -> LocationPolicy:
        with database.read() as session:
            return load_policy(session, location)

    assert policy() == DEFAULT_POLICY
    for revision, put, stands in ((2, POLICY, POLICY), (1, None, POLICY), (3, None, DEFAULT_POLICY)):
        with database.transaction() as session:
            put_policies(session, [PolicyChange(location="rzob", revision=revision, policy=put)])
        assert policy() == stands
    assert policy("whq") == DEFAULT_POLICY


def test_customer_without_machines_in_the_location_is_not_loaded(database: Database) -> None:
    with database.transaction() as session:
        put_customers(session, [CustomerChange(name="acme", revision=1, customer=ACME)])
        put_machines(session, [change("own", 1), change("acme03", 1, location="elsewhere", customer="acme")])
    assert fleet(database) == Fleet((machine("own"),))


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_highest_revision_stands_whatever_the_order_of_arrival(database: Database, order: tuple[int, ...]) -> None:
    says = {1: change("m", 1, profile="old"), 2: removal("m", 2), 3: change("m", 3, profile="new")}
    for revision in order:
        with database.transaction() as session:
            put_machines(session, [says[revision]])
    assert fleet(database).machines == (machine("m", profile="new"),)


def test_highest_revision_stands_within_one_batch(database: Database) -> None:
    batch = [change("m", 3, profile="new"), change("m", 1, profile="old"), removal("m", 2)]
    with database.transaction() as session:
        put_machines(session, batch)
        put_machines(session, batch)
    assert fleet(database).machines == (machine("m", profile="new"),)


def test_tombstone_of_a_machine_never_heard_of_outlasts_its_older_record(database: Database) -> None:
    with database.transaction() as session:
        put_machines(session, [removal("m", 2)])
        put_machines(session, [change("m", 1)])
    assert fleet(database).machines == ()


def test_removed_customer_is_not_loaded_and_its_older_record_is_ignored(database: Database) -> None:
    with database.transaction() as session:
        put_machines(session, [change("acme03", 1, customer="acme")])
        put_customers(session, [CustomerChange(name="acme", revision=2, customer=None)])
        put_customers(session, [CustomerChange(name="acme", revision=1, customer=ACME)])
    assert fleet(database).customers == ()


def test_machines_of_other_locations_are_apart(database: Database) -> None:
    with database.transaction() as session:
        put_machines(session, [change("m", 1, profile="a"), change("m", 5, location="whq", profile="b")])
    assert fleet(database, "rzob").machines == (machine("m", profile="a"),)
    assert fleet(database, "whq").machines == (machine("m", profile="b"),)


def test_fingerprint_changes_with_every_record_that_applies_and_with_no_other(database: Database) -> None:
    def fingerprint() -> str:
        with database.read() as session:
            return inventory_fingerprint(session, "rzob")

    seen = [fingerprint()]
    arrivals: tuple[tuple[Callable[[Session, Any], None], Any], ...] = (
        (put_machines, change("m", 1)),
        (put_machines, change("m", 2)),
        (put_machines, removal("m", 3)),
        (put_machines, removal("other", 1)),
        (put_customers, CustomerChange(name="acme", revision=1, customer=ACME)),
    )
    for put, news in arrivals:
        with database.transaction() as session:
            put(session, [news])
        seen.append(fingerprint())
    assert len(set(seen)) == len(seen)
    with database.transaction() as session:
        put_machines(session, [change("m", 2), change("elsewhere", 1, location="whq")])
    assert fingerprint() == seen[-1]
