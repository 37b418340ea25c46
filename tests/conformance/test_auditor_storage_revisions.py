"""The auditor's handlers over its tables, on each database: what stands, what is judged, what is said, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from mweek_auditor.domain.report import Report
from mweek_auditor.handlers import (
    Inspector,
    NoticeHandlers,
    RecordsHandler,
    Watch,
    WeekHandlers,
    WindowInspector,
)
from mweek_auditor.storage.reports import load_reports
from mweek_contracts.events import WeekCancelledV1, WeekScheduledV1, WindowsAssignedV1, WindowsWithdrawnV1
from mweek_contracts.fleet import Contact, Environment, Kind
from mweek_contracts.message import Message
from mweek_contracts.records import CustomerV1, MachineV1
from mweek_contracts.windows import RecordsPosition
from mweek_messaging import Postponed, Voice
from mweek_outbox import Database, migrate, open_database
from mweek_outbox.streams import StreamPosition, advance_position

from tests.support.ids import ReadableIds, at
from tests.support.told_week import MONDAY, NOW, TUESDAY, ToldWeek, window, withdrawn

GRACE = timedelta(minutes=5)


class Auditor:
    """The handlers of one auditor, on a clock that the test moves."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = NOW
        ids = ReadableIds("audit")
        inspector = Inspector(
            voice=Voice(service="auditor", new_id=ReadableIds("said"), now=self.now),
            now=self.now,
            new_id=ids,
            take_lock=database.lock,
            grace=GRACE,
        )
        windows = WindowInspector(
            voice=inspector.voice,
            now=self.now,
            new_id=ids,
            take_lock=database.lock,
            settle=timedelta(seconds=5),
            patience=GRACE,
            notice_patience=2 * GRACE,
        )
        self._weeks = WeekHandlers(inspector=inspector, windows=windows)
        self._notices = NoticeHandlers(inspector=inspector, windows=windows)
        self._records = RecordsHandler(now=self.now, settle=timedelta(seconds=2))
        self._watch = Watch(database=database, inspector=inspector, windows=windows, every_seconds=lambda: 1.0)

    def now(self) -> datetime:
        return self.clock

    def knows(self, *records: MachineV1 | CustomerV1, upto: int) -> None:
        position = RecordsPosition(stream_created_at=NOW, sequence=upto)
        with self.database.transaction() as session:
            self._records.apply(session, records, position)
            advance_position(session, "RECORDS", StreamPosition(NOW, upto))

    def hears(self, messages: Sequence[Message]) -> None:
        handlers: dict[type[Message], Any] = {
            WindowsAssignedV1: self._weeks.windows_assigned,
            WindowsWithdrawnV1: self._weeks.windows_withdrawn,
            WeekScheduledV1: self._weeks.week_scheduled,
            WeekCancelledV1: self._weeks.week_cancelled,
        }
        for message in messages:
            handler = handlers.get(type(message), self._notices.notice_sent)
            with self.database.transaction() as session:
                handler(session, message)

    def looks_at(self, instant: datetime) -> None:
        self.clock = instant
        self._watch.look()

    def reports(self) -> list[tuple[str, int, list[str]]]:
        """Return occasion, revision and codes of each verdict, the oldest first."""
        with self.database.read() as session:
            found: Sequence[Report] = load_reports(session, "rzob", "2026-W49")
        return [(r.occasion, r.revision, [f.code.value for f in r.findings]) for r in reversed(found)]


@pytest.fixture
def auditor(database_url: str) -> Iterator[Auditor]:
    migrate(database_url, "mweek_auditor")
    database = open_database(database_url)
    yield Auditor(database)
    database.close()


def machine(name: str, revision: int = 1, **fields: Any) -> MachineV1:
    whole: dict[str, Any] = {
        "message_id": f"{name}-{revision}",
        "correlation_id": "import",
        "occurred_at": NOW,
        "location": "rzob",
        "revision": revision,
        "name": name,
        "kind": Kind.PHYSICAL,
        "role": "router",
        "environment": Environment.INTERNAL,
    }
    return MachineV1(**(whole | fields))


def acme() -> CustomerV1:
    return CustomerV1(
        message_id="acme-1",
        correlation_id="import",
        occurred_at=NOW,
        revision=1,
        customer="acme",
        contacts=(Contact(name="Ops", email="ops@acme.example"),),
    )


def test_a_revision_that_nobody_need_be_told_of_passes_at_once(auditor: Auditor) -> None:
    auditor.knows(machine("r1"), machine("r2"), upto=7)
    auditor.hears(ToldWeek().revision(window("r1"), window("r2", TUESDAY)))
    assert auditor.reports() == [("revision", 1, [])]


def test_a_revision_is_judged_once_the_records_it_was_made_from_are_known(auditor: Auditor) -> None:
    auditor.knows(machine("r1"), upto=6)
    *parts, closing = ToldWeek().revision(window("r1"))
    auditor.hears(parts)
    with pytest.raises(Postponed, match="records up to 7"):
        auditor.hears([closing])
    auditor.knows(upto=7)
    auditor.hears([closing])
    assert auditor.reports() == [("revision", 1, [])]


def test_a_good_revision_waits_for_the_notice(auditor: Auditor) -> None:
    auditor.knows(acme(), machine("r1", customer="acme"), upto=7)
    week = ToldWeek()
    auditor.hears(week.revision(window("r1", customer="acme"), outside_acceptable=1))
    assert auditor.reports() == []
    auditor.hears([week.sent("n1")])
    assert auditor.reports() == [("revision", 1, [])]


def test_without_the_notice_the_verdict_comes_once_the_grace_time_is_over(auditor: Auditor) -> None:
    auditor.knows(acme(), machine("r1", customer="acme"), upto=7)
    auditor.hears(ToldWeek().revision(window("r1", customer="acme"), outside_acceptable=1))
    auditor.looks_at(NOW + GRACE - timedelta(seconds=1))
    assert auditor.reports() == []
    auditor.looks_at(NOW + GRACE)
    auditor.looks_at(NOW + GRACE + timedelta(hours=1))
    assert auditor.reports() == [("revision", 1, ["not-told"])]


def test_a_missing_message_of_a_revision_is_found(auditor: Auditor) -> None:
    auditor.knows(machine("r1"), machine("r2"), upto=7)
    *_, closing = ToldWeek().revision(window("r1"), window("r2", TUESDAY))
    auditor.hears([closing])
    ((_, _, codes),) = auditor.reports()
    assert {"no-window", "counts", "digest"} <= set(codes)


def test_a_joiner_is_found_when_the_records_have_settled(auditor: Auditor) -> None:
    auditor.knows(machine("r1"), upto=7)
    auditor.hears(ToldWeek().revision(window("r1")))
    auditor.knows(machine("r2"), upto=8)
    auditor.looks_at(NOW + timedelta(seconds=1))
    assert auditor.reports() == [("revision", 1, [])]
    auditor.looks_at(NOW + timedelta(seconds=2))
    assert auditor.reports() == [("revision", 1, []), ("inventory-changed", 1, ["no-window"])]


def test_a_revision_heard_of_late_or_twice_says_nothing_more(auditor: Auditor) -> None:
    auditor.knows(machine("r1"), machine("r2"), upto=7)
    week = ToldWeek()
    first = week.revision(window("r1"), window("r2", TUESDAY))
    second = week.revision()
    auditor.hears([*first, *second, *first, *second])
    assert auditor.reports() == [("revision", 1, []), ("revision", 2, [])]


def test_a_preview_is_judged_on_top_of_what_stands_and_changes_nothing(auditor: Auditor) -> None:
    auditor.knows(machine("r1"), machine("r2"), upto=7)
    week = ToldWeek()
    auditor.hears(week.revision(window("r1"), window("r2", TUESDAY)))
    auditor.hears(week.preview(window("r1", TUESDAY), command_id="ask"))
    auditor.hears(week.revision())
    assert [found for found in auditor.reports() if not found[2]] == [("revision", 1, []), ("revision", 2, [])]
    assert len(auditor.reports()) == 3


def test_a_week_scheduled_again_after_it_was_cancelled_passes(auditor: Auditor) -> None:
    auditor.knows(machine("r1"), machine("r2"), upto=7)
    week = ToldWeek()
    auditor.hears(week.revision(window("r1"), window("r2", TUESDAY)))
    auditor.hears(week.cancelled(withdrawn("r1"), withdrawn("r2", TUESDAY), reason="not now"))
    auditor.hears(week.revision(window("r1"), window("r2", TUESDAY)))
    assert auditor.reports() == [("revision", 1, []), ("revision", 2, []), ("revision", 3, [])]


def test_a_window_that_had_opened_when_the_week_was_cancelled_is_no_finding_later(auditor: Auditor) -> None:
    auditor.knows(machine("r1"), machine("r2"), upto=7)
    week = ToldWeek()
    auditor.hears(week.revision(window("r1"), window("r2", TUESDAY)))
    after_monday = MONDAY.opens_at + timedelta(hours=1)
    auditor.clock = after_monday
    cancelled = week.cancelled(withdrawn("r2", TUESDAY), reason="not now")
    auditor.hears([message.model_copy(update={"occurred_at": after_monday}) for message in cancelled])
    auditor.clock = at("2026-11-30T15:00Z")
    auditor.hears(week.revision(window("r2", TUESDAY), scheduled_at=auditor.clock))
    assert auditor.reports() == [("revision", 1, []), ("revision", 2, []), ("revision", 3, [])]
