"""Who asks for a window, remembered for as long as no record changes, by whichever instance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from mweek_contracts.records import Record
from mweek_contracts.windows import RecordsPosition
from mweek_outbox import Database, migrate, open_database
from mweek_planner.domain.requests import Policy, undescribed
from mweek_planner.handlers import apply_records
from mweek_planner.interfaces import Asker
from mweek_planner.storage.askers import DEFAULT_POLICY, Askers
from nats.aio.client import Client

from tests.support.ids import at
from tests.support.planner_bus import PlannerBus

POSITION = RecordsPosition(stream_created_at=at("2026-11-01T00:00Z"), sequence=7)
M1 = Asker(name="m1", in_service=True, is_host=False, customer=None, redundancy_group=None, downtime_minutes=15)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url, "mweek_planner")
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def inventory() -> PlannerBus:
    """Makes records; nothing is said on a bus."""
    return PlannerBus(Client(), "rzob")


def apply(database: Database, *records: Record) -> None:
    with database.transaction() as session:
        apply_records(session, records, POSITION)


def find(database: Database, askers: Askers, name: str = "m1") -> Asker | None:
    with database.transaction() as session:
        return askers.find(session, "rzob", name)


def test_machine_is_as_its_last_record_says(database: Database, inventory: PlannerBus) -> None:
    askers = Askers()
    assert find(database, askers) is None
    says: tuple[tuple[dict[str, Any], Asker], ...] = (
        ({}, M1),
        ({"in_service": False}, replace(M1, in_service=False)),
        ({"redundancy_group": "web", "downtime_minutes": 30}, replace(M1, redundancy_group="web", downtime_minutes=30)),
        ({"kind": "physical"}, replace(M1, is_host=True)),
    )
    for fields, expected in says:
        apply(database, inventory.machine("m1", **fields))
        assert [find(database, askers), find(database, askers), find(database, Askers())] == [expected] * 3
    apply(database, inventory.removal("m1"))
    assert find(database, askers) is None


def test_customer_is_as_its_last_record_says_and_the_default_before(database: Database, inventory: PlannerBus) -> None:
    askers, owner = Askers(), inventory.owner("acme")
    apply(database, inventory.machine("m1", customer=owner))
    assert find(database, askers) == replace(M1, customer=undescribed(owner))
    apply(database, inventory.customer("acme", notice_hours=5, max_parallel=2))
    asker = find(database, askers)
    assert asker
    assert asker.customer
    assert (asker.customer.notice_hours, asker.customer.max_parallel) == (5, 2)


def test_policy_is_as_its_last_record_says(database: Database, inventory: PlannerBus) -> None:
    askers = Askers()

    def policy() -> object:
        with database.transaction() as session:
            return askers.policy(session, "rzob")

    assert policy() == DEFAULT_POLICY
    apply(database, inventory.policy(capacity=7, lease_minutes=9))
    assert policy() == replace(
        DEFAULT_POLICY, windows=Policy(capacity=7), lease=timedelta(minutes=9), requests_per_minute=60_000
    )


def test_record_that_comes_while_a_transaction_asks_is_seen_when_it_looks_again(
    database: Database, inventory: PlannerBus
) -> None:
    askers = Askers()
    apply(database, inventory.machine("m1", in_service=False))
    with database.transaction() as session:
        assert askers.find(session, "rzob", "m1") == replace(M1, in_service=False)
        apply_records(session, [inventory.machine("m1")], POSITION)
        assert askers.find(session, "rzob", "m1") == replace(M1, in_service=False), "one state for a transaction"
        askers.look_again(session)
        assert askers.find(session, "rzob", "m1") == M1
