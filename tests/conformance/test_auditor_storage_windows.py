"""The auditor's handlers over its tables, on each database: what is kept of requested windows, and what is said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from mweek_auditor.handlers import (
    Inspector,
    NoticeHandlers,
    RecordsHandler,
    Watch,
    WeekHandlers,
    WindowHandlers,
    WindowInspector,
)
from mweek_auditor.handlers.watch import WINDOWS_KEPT_FOR
from mweek_auditor.routes import routes
from mweek_auditor.storage.reports import load_reports
from mweek_auditor.storage.window_watch import load_watch
from mweek_auditor.storage.windows import told_revisions
from mweek_contracts.events import (
    ADHOC,
    AuditFailedV1,
    AuditPassedV1,
    MachineEnteredV1,
    MachineLeftV1,
    NoticeKind,
    NoticeSentV1,
    ToldWindow,
    WindowGrantedV1,
    WindowNews,
)
from mweek_contracts.fleet import Contact, Environment, Kind
from mweek_contracts.message import Message
from mweek_contracts.reading import read_message
from mweek_contracts.records import CustomerV1, LocationPolicyV1, MachineV1, Record
from mweek_contracts.request_codes import LeaveResult
from mweek_contracts.windows import RecordsPosition
from mweek_messaging import Postponed, Voice
from mweek_outbox import Database, migrate, open_database
from mweek_outbox.streams import StreamPosition, advance_position
from mweek_outbox.waiting import read_waiting

from tests.support.ids import ReadableIds, at
from tests.support.requested_windows import NOW, TONIGHT, gone, work
from tests.support.requested_windows import granted as granted_for
from tests.support.told_week import TUESDAY, ToldWeek
from tests.support.told_week import window as week_window

GRACE = timedelta(minutes=5)
SETTLE = timedelta(seconds=5)
LENGTH = timedelta(minutes=35)


class Auditor:
    """The handlers of one auditor, on a clock that the test moves; it has read the records of the fleet."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = NOW
        self._sequence = 0
        voice = Voice(service="auditor", new_id=ReadableIds("said"), now=self.now)
        common: dict[str, Any] = {
            "voice": voice,
            "now": self.now,
            "new_id": ReadableIds("audit"),
            "take_lock": database.lock,
        }
        weeks = Inspector(**common, grace=GRACE)
        windows = WindowInspector(**common, settle=SETTLE, patience=GRACE, notice_patience=2 * GRACE)
        table = routes(
            WeekHandlers(inspector=weeks, windows=windows),
            WindowHandlers(inspector=windows),
            NoticeHandlers(inspector=weeks, windows=windows),
        )
        self._handlers: dict[type[Message], Any] = {route.message: route.handler for route in table}
        self._records = RecordsHandler(now=self.now, settle=timedelta(seconds=2))
        self.watch = Watch(database=database, inspector=weeks, windows=windows, every_seconds=lambda: 1.0)

    def now(self) -> datetime:
        return self.clock

    @property
    def position(self) -> RecordsPosition:
        return RecordsPosition(stream_created_at=NOW, sequence=self._sequence)

    def knows(self, *records: Record) -> None:
        for record in records:
            self._sequence += 1
            with self.database.transaction() as session:
                self._records.apply(session, (record,), self.position)
                advance_position(session, "RECORDS", StreamPosition(NOW, self._sequence))

    def hears(self, *messages: Message) -> None:
        for message in messages:
            with self.database.transaction() as session:
                self._handlers[type(message)](session, message)

    def looks(self, after: timedelta = SETTLE) -> None:
        self.clock += after
        self.watch.look()

    def verdicts(self) -> list[tuple[str, list[str]]]:
        """Return occasion and codes of each verdict on windows that was said, the oldest first."""
        with self.database.read() as session:
            waiting = read_waiting(session, 1_000)
        said = [read_message(one.message.subject, one.message.body) for one in waiting]
        return [
            (one.occasion, [found.code.value for found in one.findings] if isinstance(one, AuditFailedV1) else [])
            for one in said
            if isinstance(one, AuditPassedV1 | AuditFailedV1) and one.week is None
        ]


@pytest.fixture
def auditor(database_url: str) -> Iterator[Auditor]:
    migrate(database_url, "mweek_auditor")
    database = open_database(database_url)
    one = Auditor(database)
    one.knows(customer(), machine("acme01"), machine("acme02"))
    yield one
    database.close()


def machine(name: str, revision: int = 1, **fields: Any) -> MachineV1:
    values: dict[str, Any] = {"kind": Kind.VIRTUAL, "role": "customer", "environment": Environment.PRODUCTION}
    more = {"location": "rzob", "name": name, "revision": revision, "customer": "acme"}
    return MachineV1(**{**_envelope(f"{name}-{revision}"), **more, **values, **fields})


def customer(revision: int = 1, **fields: Any) -> CustomerV1:
    contacts = (Contact(name="Ops", email="ops@acme.example"),)
    values = {"customer": "acme", "revision": revision, "contacts": contacts, "max_parallel": 1}
    return CustomerV1(**{**_envelope(f"acme-{revision}"), **values, **fields})


def granted(auditor: Auditor, name: str, revision: int = 1, **fields: Any) -> WindowGrantedV1:
    """Return that a machine has a window tonight, as long as 20 minutes of work need."""
    opens_at = fields.pop("opens_at", TONIGHT)
    times = {"not_after": opens_at + timedelta(minutes=10), "must_end_by": opens_at + LENGTH}
    known = {"customer": "acme", "records": auditor.position, "request_id": "r-1", "granted_at": auditor.clock}
    return granted_for(name, revision, opens_at=opens_at, **{**times, **known, **fields})


def told(name: str, revision: int = 1, news: WindowNews = WindowNews.GRANTED, **fields: Any) -> NoticeSentV1:
    windows = (ToldWindow(machine=name, window_id=f"w-{name}", revision=revision, news=news),)
    notice = {"location": "rzob", "notice_id": f"n-{name}-{revision}", "kind": NoticeKind.WINDOWS, "windows": windows}
    about = {"customer": "acme", "contact": "ops@acme.example", "mail_message_id": "<1@x.example>", "sent_at": NOW}
    return NoticeSentV1(**{**_envelope(f"told-{name}-{revision}"), **notice, **about, **fields})


def entered(auditor: Auditor, name: str, **fields: Any) -> MachineEnteredV1:
    of = {"location": "rzob", "machine": name, "customer": "acme", "records": auditor.position}
    window = {"window_id": f"w-{name}", "revision": 1, "lease_id": f"l-{name}", "must_end_by": TONIGHT + LENGTH}
    times = {"entered_at": TONIGHT, "expires_at": TONIGHT + timedelta(minutes=30)}
    return MachineEnteredV1(**{**_envelope(f"entered-{name}"), **of, **window, **times, **fields})


def left(auditor: Auditor, name: str, result: LeaveResult = LeaveResult.DONE, **fields: Any) -> MachineLeftV1:
    of = {"location": "rzob", "machine": name, "customer": "acme", "records": auditor.position}
    window = {"window_id": f"w-{name}", "revision": 1, "lease_id": f"l-{name}", "result": result}
    times = {"entered_at": TONIGHT, "left_at": TONIGHT + timedelta(minutes=7), "downtime_minutes": 7}
    return MachineLeftV1(**{**_envelope(f"left-{name}"), **of, **window, **times, **fields})


def _envelope(message_id: str) -> dict[str, Any]:
    return {"message_id": message_id, "correlation_id": "c", "occurred_at": NOW}


def test_a_right_window_passes_once_its_customer_was_told(auditor: Auditor) -> None:
    auditor.hears(granted(auditor, "acme01"))
    auditor.looks()
    assert auditor.verdicts() == []  # it may still be told
    auditor.hears(told("acme01"))
    auditor.looks()
    assert auditor.verdicts() == [("windows-changed", [])]
    auditor.looks(timedelta(hours=1))
    assert len(auditor.verdicts()) == 1


def test_news_are_looked_at_together_after_they_have_settled(auditor: Auditor) -> None:
    auditor.hears(granted(auditor, "acme01", opens_at=at("2026-11-26T12:00Z")))
    auditor.looks(SETTLE / 2)
    assert auditor.verdicts() == []
    auditor.hears(granted(auditor, "acme02", opens_at=at("2026-11-26T13:00Z")))
    auditor.looks(SETTLE / 2)
    assert auditor.verdicts() == [("windows-changed", ["outside-acceptable", "outside-acceptable"])]


def test_a_finding_is_said_once_and_that_it_is_gone_at_once(auditor: Auditor) -> None:
    auditor.hears(granted(auditor, "acme01", opens_at=at("2026-11-26T12:00Z")), told("acme01"))
    auditor.looks()
    auditor.hears(told("acme01", notice_id="another"))
    auditor.looks()
    assert auditor.verdicts() == [("windows-changed", ["outside-acceptable"])]
    taken = gone("acme01", opens_at=at("2026-11-26T12:00Z"), customer="acme", records=auditor.position)
    auditor.hears(taken, told("acme01", 2, WindowNews.WITHDRAWN))
    auditor.looks()
    assert auditor.verdicts() == [("windows-changed", ["outside-acceptable"]), ("windows-changed", [])]


def test_a_customer_who_is_not_told_is_found_when_the_time_is_over_though_nothing_is_heard(auditor: Auditor) -> None:
    auditor.hears(granted(auditor, "acme01"))
    auditor.looks()
    auditor.looks(2 * GRACE)
    assert auditor.verdicts() == [("windows-changed", ["not-told"])]
    auditor.hears(told("acme01"))
    auditor.looks()
    assert auditor.verdicts()[1:] == [("windows-changed", [])]


def test_a_window_is_judged_once_the_records_it_was_granted_by_are_known(auditor: Auditor) -> None:
    ahead = RecordsPosition(stream_created_at=NOW, sequence=auditor.position.sequence + 1)
    for message in (granted(auditor, "acme03", records=ahead), entered(auditor, "acme03", records=ahead)):
        with pytest.raises(Postponed, match="records up to 4"):
            auditor.hears(message)
    auditor.knows(machine("acme03"))
    auditor.hears(granted(auditor, "acme03"), told("acme03"))
    auditor.looks()
    assert auditor.verdicts() == [("windows-changed", [])]


def test_windows_are_held_against_wishes_that_change_and_nothing_is_said_where_all_stays_right(
    auditor: Auditor,
) -> None:
    auditor.hears(granted(auditor, "acme01"), told("acme01"))
    auditor.looks()
    auditor.knows(customer(2, notice_hours=99, max_parallel=3))
    auditor.looks(timedelta(seconds=2))
    assert auditor.verdicts() == [("windows-changed", [])]
    closed = ({"starts_at": TONIGHT, "ends_at": TONIGHT + timedelta(days=1), "reason": "sale"},)
    auditor.knows(CustomerV1.model_validate({**customer(3).model_dump(), "blackouts": closed}))
    auditor.looks(timedelta(seconds=2))
    assert auditor.verdicts()[1:] == [("inventory-changed", ["blackout"])]


def test_the_limit_that_counts_is_the_one_that_the_planner_knew(auditor: Auditor) -> None:
    both = [granted(auditor, name) for name in ("acme01", "acme02")]
    auditor.knows(customer(2, max_parallel=2))
    auditor.hears(*both, told("acme01"), told("acme02"))
    auditor.looks()
    assert auditor.verdicts() == [("windows-changed", ["customer-limit"])]


def test_a_policy_is_read_and_a_new_one_looked_at(auditor: Auditor) -> None:
    auditor.hears(granted(auditor, "acme01"), told("acme01"))
    auditor.looks()
    policy = {"location": "rzob", "revision": 1, "capacity": 1, "padding_percent": 100}
    auditor.knows(LocationPolicyV1(**_envelope("policy"), **policy))
    with auditor.database.read() as session:
        assert load_watch(session, "rzob").inventory_due_at is not None
    auditor.looks(timedelta(seconds=2))
    assert len(auditor.verdicts()) == 1
    auditor.hears(granted(auditor, "acme02", opens_at=TONIGHT + LENGTH), told("acme02"))
    auditor.looks()
    assert auditor.verdicts()[1:] == [("windows-changed", ["too-short"])]


def test_a_machine_that_was_taken_out_of_service_is_given_the_planners_time(auditor: Auditor) -> None:
    auditor.hears(granted(auditor, "acme01"), told("acme01"))
    auditor.looks()
    auditor.knows(machine("acme01", 2, in_service=False))
    auditor.looks(timedelta(seconds=2))
    assert len(auditor.verdicts()) == 1
    auditor.looks(GRACE)
    assert auditor.verdicts()[1:] == [("windows-changed", ["retired-machine"])]


def test_weeks_count_beside_requested_windows_in_the_order_of_the_stream(auditor: Auditor) -> None:
    """The same week, heard of before a window and after it."""
    week = ToldWeek(location="rzob")
    phase = week_window("acme02", TUESDAY, customer="acme")
    auditor.hears(granted(auditor, "acme01", opens_at=TUESDAY.opens_at), told("acme01"))
    auditor.hears(*week.revision(phase, records=auditor.position))
    auditor.looks()
    assert auditor.verdicts() == [("windows-changed", [])]
    auditor.hears(granted(auditor, "acme01", window_id="w-2", opens_at=TUESDAY.opens_at + timedelta(hours=1)))
    auditor.looks()
    assert auditor.verdicts()[1:] == [("windows-changed", ["customer-limit"])]


def test_entries_are_judged_in_the_order_in_which_they_were_heard(auditor: Auditor) -> None:
    later = TONIGHT + LENGTH
    auditor.hears(granted(auditor, "acme01"), granted(auditor, "acme02", opens_at=later))
    auditor.hears(told("acme01"), told("acme02"), entered(auditor, "acme01"), left(auditor, "acme01"))
    second = {"entered_at": later, "expires_at": later + LENGTH, "must_end_by": later + LENGTH}
    auditor.clock = later
    auditor.hears(entered(auditor, "acme02", **second))
    auditor.looks()
    assert auditor.verdicts() == [("windows-changed", [])]
    stranger = entered(auditor, "acme01", window_id="w-9", lease_id="l-9", message_id="again", **second)
    auditor.hears(stranger)
    auditor.looks()
    assert sorted(auditor.verdicts()[1][1]) == ["customer-limit", "no-such-window"]


def test_a_stream_that_is_told_again_changes_nothing(auditor: Auditor) -> None:
    said = [granted(auditor, "acme01"), told("acme01"), entered(auditor, "acme01"), left(auditor, "acme01")]
    auditor.hears(*said)
    auditor.looks()
    auditor.hears(*said)
    with auditor.database.read() as session:
        [row] = told_revisions(session, "rzob", NOW)
        assert (row.heard, load_watch(session, "rzob").heard) == (1, 8)
    auditor.looks()
    assert [codes for _, codes in auditor.verdicts()] == [[], []]


def test_findings_about_windows_to_the_operator_are_nobodys_notice(auditor: Auditor) -> None:
    about = {"location": "rzob", "notice_id": "f", "kind": NoticeKind.FINDING, "contact": "noc@hoster.example"}
    mail = {"mail_message_id": "<1@x.example>", "sent_at": NOW}
    auditor.hears(NoticeSentV1(**_envelope("finding"), **about, **mail))
    auditor.looks()
    assert auditor.verdicts() == []


def test_a_location_without_requested_windows_has_no_verdict_on_them(auditor: Auditor) -> None:
    week = ToldWeek(location="rzob")
    auditor.hears(*week.revision(week_window("acme01", customer="acme"), records=auditor.position))
    auditor.knows(machine("acme03"))
    auditor.looks()
    assert auditor.verdicts() == []


def test_what_is_over_is_forgotten(auditor: Auditor) -> None:
    auditor.hears(granted(auditor, "acme01", requests=(work(),)), told("acme01"), entered(auditor, "acme01"))
    auditor.looks()
    tables = ("requested_window", "window_lease", "window_notice")
    counts = [_count(auditor, table) for table in tables]
    with auditor.database.transaction() as session:
        auditor.watch.tidy(session, TONIGHT + LENGTH + WINDOWS_KEPT_FOR)
    assert (counts, [_count(auditor, table) for table in tables]) == ([1, 1, 1], [1, 1, 0])
    with auditor.database.transaction() as session:
        auditor.watch.tidy(session, TONIGHT + LENGTH + WINDOWS_KEPT_FOR + timedelta(seconds=1))
        assert load_reports(session, "rzob", ADHOC) == ()
    assert [_count(auditor, table) for table in tables] == [0, 0, 0]


def _count(auditor: Auditor, table: str) -> int:
    with auditor.database.read() as session:
        return int(session.connection().execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())
