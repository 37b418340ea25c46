"""Who must be told, what became of the notices, and the verdicts, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from mweek_auditor.domain.finding import Finding
from mweek_auditor.domain.report import Report
from mweek_auditor.domain.told import Awaited, Notice, NoticeState, Terms
from mweek_auditor.storage.notices import (
    AwaitedContact,
    anyone_waits,
    await_contacts,
    awaited_contacts,
    customers_told,
    notices_of,
    store_notice,
)
from mweek_auditor.storage.reports import load_reports, store_report
from mweek_contracts.events import FindingCode
from mweek_outbox import Database, migrate, open_database

from tests.support.ids import at

NOW = at("2026-11-23T08:00Z")
WEEK = ("rzob", "2026-W49")
FIRST, SECOND = (Terms(revision=number, due_at=NOW + timedelta(minutes=5 * number)) for number in (1, 2))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url, "mweek_auditor")
    opened = open_database(database_url)
    yield opened
    opened.close()


def contact(customer: str, name: str) -> Awaited:
    return Awaited(customer=customer, contact=f"{name}@{customer}.example", latest_at=NOW + timedelta(days=1))


def notice(customer: str, name: str, state: NoticeState = NoticeState.SENT, *, revision: int = 1) -> Notice:
    address = f"{name}@{customer}.example"
    return Notice(customer=customer, contact=address, revision=revision, state=state, at=NOW, detail="250 ok")


def expect(database: Database, terms: Terms, *contacts: Awaited) -> None:
    with database.transaction() as session:
        await_contacts(session, *WEEK, contacts, terms)


def told(database: Database, one: Notice) -> bool:
    with database.transaction() as session:
        return store_notice(session, *WEEK, f"{one.contact}/{one.revision}", one)


def test_contacts_are_awaited_in_the_order_of_their_names_whatever_the_database_sorts_by(database: Database) -> None:
    """A database that reads over hyphens would have `a-c` behind `ab`."""
    contacts = [contact("ab", "ops"), contact("a-c", "zoe"), contact("a-c", "Boss")]
    expect(database, FIRST, *contacts)
    with database.read() as session:
        assert awaited_contacts(session, *WEEK) == tuple(
            AwaitedContact(one, FIRST) for one in (contacts[2], contacts[1], contacts[0])
        )
        assert awaited_contacts(session, "whq", "2026-W49") == ()


def test_contact_waits_until_its_notice_has_an_end_and_its_address_has_no_case(database: Database) -> None:
    expect(database, FIRST, contact("acme", "Ops"))
    assert not told(database, notice("acme", "ops", NoticeState.SKIPPED)), "a skipped notice tells nobody"
    with database.read() as session:
        assert anyone_waits(session, *WEEK)
    assert told(database, notice("acme", "ops"))
    assert not told(database, notice("acme", "ops")), "it waits no longer"
    with database.read() as session:
        assert not anyone_waits(session, *WEEK)


def test_notice_of_an_earlier_revision_does_not_tell_of_a_later_one(database: Database) -> None:
    expect(database, FIRST, contact("acme", "ops"), contact("globex", "ops"))
    expect(database, SECOND, contact("acme", "ops"))
    assert not told(database, notice("acme", "ops", revision=1))
    assert told(database, notice("acme", "ops", revision=2))
    with database.read() as session:
        assert [one.terms for one in awaited_contacts(session, *WEEK)] == [SECOND, FIRST]
        assert anyone_waits(session, *WEEK), "globex goes on waiting for the first"


def test_customer_is_told_when_all_of_its_contacts_are(database: Database) -> None:
    expect(database, FIRST, contact("acme", "ops"), contact("acme", "boss"), contact("globex", "ops"))
    for one, customers in ((notice("acme", "ops"), 0), (notice("globex", "ops"), 1), (notice("acme", "boss"), 2)):
        told(database, one)
        with database.read() as session:
            assert customers_told(session, *WEEK) == customers


def test_what_became_of_a_notice_is_kept_once_for_each_state(database: Database) -> None:
    skipped, sent = notice("acme", "ops", NoticeState.SKIPPED), notice("acme", "ops")
    for one in (skipped, sent, sent):
        told(database, one)
    with database.read() as session:
        assert set(notices_of(session, *WEEK)) == {skipped, sent}
        assert len(notices_of(session, *WEEK)) == 2


def report(revision: int, *findings: Finding, minutes: int = 0) -> Report:
    return Report(
        audit_id=f"audit-{revision}-{minutes}",
        location=WEEK[0],
        week=WEEK[1],
        plan_id=f"rzob/2026-W49/r{revision}",
        revision=revision,
        preview=False,
        occasion="revision",
        audited_at=NOW + timedelta(minutes=minutes),
        machines=3,
        windows=3,
        phases=2,
        unplaced=0,
        customers_told=2,
        findings_total=len(findings),
        findings=findings,
    )


def test_verdicts_come_back_whole_the_last_one_first(database: Database) -> None:
    found = Finding(FindingCode.NO_WINDOW, "acme01", "acme01 has no window: „ö“.")
    one, two, later = report(1), report(2, found), report(1, minutes=1)
    with database.transaction() as session:
        for each in (one, two, later, later):
            store_report(session, each)
    with database.read() as session:
        assert load_reports(session, *WEEK) == (later, two, one)
        assert load_reports(session, "rzob", "2026-W50") == ()
