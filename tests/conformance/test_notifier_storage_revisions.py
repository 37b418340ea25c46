"""Revisions as they are heard, on each database: from messages to what stands in the ledger."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from mweek_contracts.events import FindingCode, WeekCancelledV1
from mweek_contracts.reasons import UnplacedCode
from mweek_contracts.windows import Override, RecordsPosition
from mweek_messaging import Postponed
from mweek_notifier.domain.attempt import SUPERSEDED
from mweek_notifier.domain.fleet import Blackout, Contact, CustomerRecord
from mweek_notifier.domain.notice import NoticeKind
from mweek_notifier.domain.revision_check import IncompleteRevisionError
from mweek_notifier.domain.telling import NEVER_TOLD
from mweek_outbox import Database, migrate, open_database

from tests.support.notifier_bus import as_next_revision
from tests.support.notifier_handlers import LATER, Notifier
from tests.support.notifier_values import NOW, customer
from tests.support.told_week import MONDAY, TUESDAY, ToldWeek, moved, window, withdrawn


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url, "mweek_notifier")
    opened = open_database(database_url)
    yield opened
    opened.close()


ACME = CustomerRecord("acme", 1, customer(Contact("Ops", "ops@acme.example"), Contact("Boss", "boss@acme.example")))
ZETA = CustomerRecord("zeta", 1, customer(Contact("Z", "z@zeta.example"), customer="zeta", name="Zeta"))
BOTH = [("ops@acme.example", NoticeKind.SCHEDULED), ("boss@acme.example", NoticeKind.SCHEDULED)]


@pytest.fixture
def notifier(database: Database) -> Notifier:
    running = Notifier(database)
    running.knows(ACME, ZETA, acme01="acme", acme02="acme", zeta01="zeta", kyle07=None)
    return running


@pytest.fixture
def week() -> ToldWeek:
    return ToldWeek()


def test_each_contact_of_each_customer_gets_one_notice(notifier: Notifier, week: ToldWeek) -> None:
    notifier.hears(week.revision(window("acme01"), window("acme02", TUESDAY), window("zeta01")))
    assert notifier.sends() == [*BOTH, ("z@zeta.example", NoticeKind.SCHEDULED)]


def test_a_revision_is_told_to_those_whom_it_changes_and_to_nobody_else(notifier: Notifier, week: ToldWeek) -> None:
    notifier.hears(week.revision(window("acme01"), window("zeta01")))
    notifier.sends()
    notifier.hears(week.revision(moved("zeta01", MONDAY, TUESDAY)))
    assert notifier.sends() == [("z@zeta.example", NoticeKind.CHANGED)]


def test_customers_on_a_moved_host_are_told_by_its_name(notifier: Notifier, week: ToldWeek) -> None:
    notifier.hears(week.revision(window("kyle07", affects=("acme01", "zeta01"))))
    assert {(notice.customer, notice.slots[0].hosts[0].host) for notice in notifier.notices()} == {
        ("acme", "kyle07"),
        ("zeta", "kyle07"),
    }


def test_a_preview_plans_nothing(notifier: Notifier, week: ToldWeek) -> None:
    notifier.hears(week.preview(window("acme01"), command_id="try-it"))
    assert (notifier.due(), notifier.said()) == ([], [])


def test_a_revision_waits_for_the_records_that_it_was_made_from(notifier: Notifier, week: ToldWeek) -> None:
    ahead = RecordsPosition(stream_created_at=NOW, sequence=8)
    *parts, closing = week.revision(window("acme01"), records=ahead)
    notifier.hears(parts)
    with pytest.raises(Postponed, match="records up to 8"):
        notifier.hears([closing])
    notifier.knows(sequence=8)
    notifier.hears([closing])
    assert len(notifier.due()) == 2


def test_records_of_a_stream_made_anew_since_the_plan_count_as_further(notifier: Notifier, week: ToldWeek) -> None:
    before = RecordsPosition(stream_created_at=NOW - LATER, sequence=1_000)
    notifier.hears(week.revision(window("acme01"), records=before))
    assert len(notifier.due()) == 2


def test_a_revision_of_which_a_part_is_missing_is_not_told(notifier: Notifier, week: ToldWeek) -> None:
    _, closing = week.revision(window("acme01"))
    with pytest.raises(IncompleteRevisionError, match="heard 0 of 1 windows-assigned messages; replay the missing"):
        notifier.hears([closing])
    assert notifier.due() == []


def test_a_revision_on_top_of_one_that_was_not_heard_is_not_told(notifier: Notifier, week: ToldWeek) -> None:
    week.revision(window("acme01"))
    with pytest.raises(IncompleteRevisionError, match="an earlier revision is missing"):
        notifier.hears(week.revision(window("acme02")))
    assert notifier.due() == []


def test_an_old_revision_said_again_changes_nothing(notifier: Notifier, week: ToldWeek) -> None:
    first = week.revision(window("acme01"))
    second = week.revision(moved("acme01", MONDAY, TUESDAY))
    notifier.hears([*first, *second])
    before = notifier.notices()
    notifier.hears(first)
    assert notifier.notices() == before


def test_a_notice_that_has_not_left_is_superseded_and_loses_nothing(notifier: Notifier, week: ToldWeek) -> None:
    notifier.hears(week.revision(window("acme01"), window("acme02"), window("zeta01")))
    notifier.sends()
    notifier.hears(week.revision(moved("acme01", MONDAY, TUESDAY)))
    notifier.hears(week.revision(moved("acme02", MONDAY, TUESDAY)))
    assert [(event["plan_id"], event["contact"], event["reason"]) for event in notifier.said()] == [
        ("rzob/2026-W49/r2", "ops@acme.example", SUPERSEDED),
        ("rzob/2026-W49/r2", "boss@acme.example", SUPERSEDED),
    ]
    assert {notice.revision for notice in notifier.notices()} == {3}
    assert {change.machines for notice in notifier.notices() for change in notice.changes} == {("acme01", "acme02")}


def test_an_unsent_first_notice_of_a_customer_that_a_revision_leaves_alone_is_sent(
    notifier: Notifier, week: ToldWeek
) -> None:
    notifier.hears(week.revision(window("acme01"), window("zeta01")))
    notifier.hears(week.revision(moved("zeta01", MONDAY, TUESDAY)))
    assert notifier.sends() == [*BOTH, ("z@zeta.example", NoticeKind.SCHEDULED)]


def test_a_retired_machine_is_told_with_its_reason(notifier: Notifier, week: ToldWeek) -> None:
    notifier.hears(week.revision(window("acme01"), window("acme02")))
    notifier.sends()
    notifier.hears(week.revision(withdrawn=[withdrawn("acme02", reason=UnplacedCode.RETIRED)]))
    assert {change.reason for notice in notifier.notices() for change in notice.changes} == {"retired"}


def test_a_cancelled_week_is_told_with_its_reason(notifier: Notifier, week: ToldWeek) -> None:
    notifier.hears(week.revision(window("acme01")))
    notifier.sends()
    gone = withdrawn("acme01", reason=UnplacedCode.CANCELLED)
    notifier.hears(as_next_revision(week.cancelled(gone, reason="The update is not ready"), 2))
    assert {notice.cancel_reason for notice in notifier.notices()} == {"The update is not ready"}
    assert {kind for _, kind in notifier.sends()} == {NoticeKind.CANCELLED}


def test_a_cancellation_of_which_a_part_is_missing_is_not_told(notifier: Notifier, week: ToldWeek) -> None:
    notifier.hears(week.revision(window("acme01")))
    *_, closing = as_next_revision(week.cancelled(withdrawn("acme01"), reason="no"), 2)
    assert isinstance(closing, WeekCancelledV1)
    with pytest.raises(IncompleteRevisionError, match="windows-withdrawn"):
        notifier.hears([closing])


def test_a_week_cancelled_before_it_was_told_is_told_to_nobody(notifier: Notifier, week: ToldWeek) -> None:
    notifier.hears(week.revision(window("zeta01")))
    notifier.hears(as_next_revision(week.cancelled(withdrawn("zeta01"), reason="no"), 2))
    assert notifier.due() == []
    assert [(event["plan_id"], event["reason"]) for event in notifier.said()] == [
        ("rzob/2026-W49/r1", SUPERSEDED),
        ("rzob/2026-W49/r2", NEVER_TOLD),
    ]


def test_a_cancelled_week_can_be_scheduled_and_told_again(notifier: Notifier, week: ToldWeek) -> None:
    notifier.hears(week.revision(window("zeta01")))
    notifier.sends()
    notifier.hears(as_next_revision(week.cancelled(withdrawn("zeta01"), reason="no"), 2))
    notifier.sends()
    again = ToldWeek()
    again.revision(), again.revision()
    notifier.hears(again.revision(window("zeta01", TUESDAY)))
    (notice,) = notifier.notices()
    assert (notice.kind, notice.changes, len(notice.earlier_mails)) == (NoticeKind.SCHEDULED, (), 2)


def test_an_override_is_told_to_the_customer_that_it_concerns(notifier: Notifier, week: ToldWeek) -> None:
    sale = Blackout(MONDAY.opens_at, MONDAY.closes_at, "sale")
    notifier.knows(
        CustomerRecord("zeta", 2, customer(Contact("Z", "z@zeta.example"), customer="zeta", blackouts=(sale,)))
    )
    override = Override(rule="blackouts", reason="security fix")
    notifier.hears(week.revision(window("acme01"), window("zeta01"), overrides=(override,)))
    assert {notice.customer: len(notice.overrides) for notice in notifier.notices()} == {"acme": 0, "zeta": 1}


def test_a_customer_that_nobody_knows_does_not_keep_others_from_being_told(notifier: Notifier, week: ToldWeek) -> None:
    notifier.hears(week.revision(window("stray01", customer="stray"), window("zeta01")))
    assert notifier.sends() == [("z@zeta.example", NoticeKind.SCHEDULED)]


def test_a_notifier_that_hears_of_a_past_week_tells_nobody(notifier: Notifier, week: ToldWeek) -> None:
    notifier.now = MONDAY.closes_at
    notifier.hears(week.revision(window("zeta01")))
    assert notifier.due() == []
    assert [event["contact"] for event in notifier.said()] == ["z@zeta.example"]


def test_a_failed_audit_is_mailed_to_the_operator_once(notifier: Notifier, week: ToldWeek) -> None:
    notifier.hears(week.revision(window("zeta01")))
    notifier.sends()
    notifier.hears([week.failed(FindingCode.QUOTA), week.failed(FindingCode.QUOTA)])
    assert notifier.sends() == [("operator@mweek.example", NoticeKind.FINDING)]
    notifier.hears([week.failed(FindingCode.QUOTA, FindingCode.DIGEST)])
    assert notifier.sends() == [("operator@mweek.example", NoticeKind.FINDING)]


def test_machines_that_the_planner_will_place_are_not_mailed_to_the_operator(
    notifier: Notifier, week: ToldWeek
) -> None:
    week.revision(window("zeta01"))
    notifier.hears([week.failed(FindingCode.NO_WINDOW), week.failed(FindingCode.QUOTA, preview=True)])
    assert notifier.due() == []
