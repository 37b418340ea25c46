"""What the auditor knows of records, now and when a plan was made, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa
from mweek_auditor.storage.records import (
    Batch,
    Document,
    Reading,
    RecordKind,
    Snapshot,
    StoredRecord,
    apply,
    forget_versions_before,
    known_now_and_at,
    now_known,
)
from mweek_auditor.storage.rows import RECORD
from mweek_contracts.windows import RecordsPosition
from mweek_outbox import Database, migrate, open_database

from tests.support.ids import at

STREAM = at("2026-11-01T00:00Z")
LATER_STREAM = at("2026-11-20T00:00Z")
NOW = at("2026-11-23T08:00Z")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url, "mweek_auditor")
    opened = open_database(database_url)
    yield opened
    opened.close()


def machine(name: str, revision: int, *, location: str = "rzob", **document: object) -> StoredRecord:
    return StoredRecord(
        kind=RecordKind.MACHINE, location=location, name=name, revision=revision, document={"name": name, **document}
    )


def customer(name: str, revision: int, **document: object) -> StoredRecord:
    return StoredRecord(
        kind=RecordKind.CUSTOMER, location="", name=name, revision=revision, document={"customer": name, **document}
    )


def removal(name: str, revision: int) -> StoredRecord:
    return StoredRecord(kind=RecordKind.MACHINE, location="rzob", name=name, revision=revision, document=None)


def policy(revision: int, **document: object) -> StoredRecord:
    return StoredRecord(kind=RecordKind.POLICY, location="rzob", name="", revision=revision, document=dict(document))


def hear(
    database: Database, *records: StoredRecord, after: int, upto: int, stream: datetime = STREAM, now: datetime = NOW
) -> None:
    with database.transaction() as session:
        apply(session, records, Batch(stream, after, upto), now=now)


Documents = Snapshot[Document, Document]
AS_IT_IS: Reading[Document, Document] = Reading(machine=lambda document: document, customer=lambda document: document)


def known_now(database: Database, location: str = "rzob") -> Documents:
    with database.read() as session:
        return now_known(session, location, AS_IT_IS)


def then(database: Database, sequence: int, stream: datetime = STREAM) -> Documents:
    position = RecordsPosition(stream_created_at=stream, sequence=sequence)
    with database.read() as session:
        now, before = known_now_and_at(session, "rzob", position, AS_IT_IS)
    assert now == known_now(database)
    return before


def test_a_record_comes_back_as_it_was_heard(database: Database) -> None:
    hear(database, machine("web00", 1, role="customer", labels={"tier": "front"}), customer("acme", 1), after=0, upto=2)
    web = {"name": "web00", "role": "customer", "labels": {"tier": "front"}}
    assert known_now(database) == Snapshot((web,), ({"customer": "acme"},), frozenset())


def test_machines_of_another_location_are_not_ours_and_customers_are_everybodys(database: Database) -> None:
    hear(database, machine("web00", 1, location="whq"), customer("acme", 1), after=0, upto=2)
    assert known_now(database) == Snapshot((), ({"customer": "acme"},), frozenset())


def test_a_policy_is_kept_and_is_no_customer(database: Database) -> None:
    hear(database, customer("acme", 1), policy(1, capacity=40), after=0, upto=2)
    hear(database, policy(2, capacity=20), after=2, upto=3)
    assert known_now(database) == Snapshot((), ({"customer": "acme"},), frozenset())
    assert then(database, 2) == Snapshot((), ({"customer": "acme"},), frozenset())
    with database.read() as session:
        kept = session.connection().execute(sa.select(RECORD.c.document).where(RECORD.c.kind == "policy")).scalars()
        assert list(kept) == [{"capacity": 20}]


@pytest.mark.parametrize("revision", [1, 2])
def test_an_older_or_equal_revision_changes_nothing(database: Database, revision: int) -> None:
    hear(database, machine("web00", 2, role="storage"), after=0, upto=2)
    hear(database, machine("web00", revision, role="customer"), after=2, upto=3)
    assert known_now(database).machines == ({"name": "web00", "role": "storage"},)
    assert then(database, 2).machines == ({"name": "web00", "role": "storage"},)


def test_a_removed_machine_is_gone_and_does_not_come_back_with_an_old_record(database: Database) -> None:
    hear(database, machine("web00", 1), after=0, upto=1)
    hear(database, removal("web00", 2), after=1, upto=2)
    hear(database, machine("web00", 1), after=2, upto=3)
    assert known_now(database).machines == ()


def test_a_plan_is_judged_by_what_the_records_said_then(database: Database) -> None:
    hear(database, machine("web00", 1, role="customer"), after=0, upto=5)
    hear(database, machine("web00", 2, role="storage"), after=5, upto=6)
    hear(database, removal("web00", 3), after=6, upto=7)
    seen = [then(database, sequence) for sequence in (5, 6, 7)]
    assert [snapshot.machines for snapshot in seen] == [
        ({"name": "web00", "role": "customer"},),
        ({"name": "web00", "role": "storage"},),
        (),
    ]
    assert {snapshot.doubtful for snapshot in seen} == {frozenset()}


def test_a_machine_that_joined_after_the_plan_was_not_there_then(database: Database) -> None:
    hear(database, machine("web00", 1), after=5, upto=6)
    assert then(database, 5) == Snapshot((), (), frozenset())


def test_a_machine_that_joined_after_the_plan_and_changed_since_was_not_there_then(database: Database) -> None:
    hear(database, machine("web00", 1), after=5, upto=6)
    hear(database, machine("web00", 2), after=6, upto=7)
    assert then(database, 5) == Snapshot((), (), frozenset())


def test_a_machine_first_heard_of_after_it_had_changed_is_doubtful(database: Database) -> None:
    hear(database, machine("web00", 3), after=5, upto=6)
    assert then(database, 5).doubtful == frozenset({"web00"})


def test_a_machine_whose_removal_alone_was_heard_is_doubtful(database: Database) -> None:
    hear(database, removal("web00", 2), after=5, upto=6)
    assert then(database, 5).doubtful == frozenset({"web00"})


def test_a_record_of_a_batch_that_reaches_over_the_plan_is_doubtful(database: Database) -> None:
    hear(database, machine("web00", 1), after=0, upto=4)
    hear(database, machine("web00", 2), after=4, upto=9)
    assert then(database, 6).doubtful == frozenset({"web00"})
    assert then(database, 9).doubtful == frozenset()


def test_with_a_customer_its_machines_are_doubtful(database: Database) -> None:
    hear(database, machine("web00", 1, customer="acme"), machine("own00", 1), after=0, upto=2)
    hear(database, customer("acme", 1), after=2, upto=9)
    assert then(database, 5).doubtful == frozenset({"web00"})


def test_a_record_of_an_earlier_stream_came_before_a_plan_from_a_later_one(database: Database) -> None:
    hear(database, machine("web00", 1), after=0, upto=500)
    assert then(database, 3, stream=LATER_STREAM).machines == ({"name": "web00"},)


def test_versions_are_forgotten_when_they_were_replaced_long_ago(database: Database) -> None:
    hear(database, machine("web00", 1, role="customer"), after=0, upto=5)
    hear(database, machine("web00", 2, role="storage"), after=5, upto=6, now=at("2026-01-01T00:00Z"))
    with database.transaction() as session:
        forget_versions_before(session, at("2026-01-02T00:00Z"))
    assert known_now(database).machines == ({"name": "web00", "role": "storage"},)
    assert then(database, 5) == Snapshot((), (), frozenset({"web00"}))
