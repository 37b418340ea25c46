"""The notifier's tables, on each database: what is put comes back, and each query picks what it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from mweek_notifier.domain.attempt import SUPERSEDED, NoticeState, Step
from mweek_notifier.domain.finding import Finding
from mweek_notifier.domain.fleet import Blackout, Contact, CustomerRecord, Fleet, Machine, MachineRecord
from mweek_notifier.domain.notice import FindingNotice, NoticeKind, SkipCode, Skipped, WeekNotice
from mweek_notifier.domain.telling import Silence, Told
from mweek_notifier.domain.window import Delta, Window, Withdrawal
from mweek_notifier.storage.calendar_events import load_events, store_events
from mweek_notifier.storage.fleet import apply_customers, apply_machines, load_customers, load_fleet
from mweek_notifier.storage.ledger import (
    LOOKED_BACK,
    Entry,
    load_told,
    load_told_findings,
    mail_message_id,
    plan,
    supersede,
)
from mweek_notifier.storage.queue import (
    Claim,
    QueuedNotice,
    abandon,
    claim,
    load_due,
    load_expired,
    load_tries,
    settle,
)
from mweek_notifier.storage.weeks import (
    KnownWeek,
    WeekIdentity,
    load_week,
    stage_given,
    stage_taken,
    store_week,
    take_staged,
)
from mweek_outbox import Database, migrate, open_database
from sqlalchemy.exc import IntegrityError

from tests.support.notifier_values import DOMAIN, NOW, OPS, THURSDAY, TUESDAY, customer, event, notice, slot_of

HOUR = timedelta(hours=1)
ENTRY = Entry(planned_at=NOW, due_at=NOW, domain=DOMAIN, causation_id="cause-1", correlation_id="command-1")
WEEK = ("rzob", "2026-W49")
FIRST = WeekIdentity(location="rzob", week="2026-W49", plan_id="rzob/2026-W49/r1", revision=1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url, "mweek_notifier")
    opened = open_database(database_url)
    yield opened
    opened.close()


def ops(**fields: object) -> WeekNotice:
    return notice(slot_of(TUESDAY, "acme01"), **fields)


def planned(database: Database, *notices: WeekNotice | FindingNotice, entry: Entry = ENTRY) -> list[QueuedNotice]:
    with database.transaction() as session:
        plan(session, notices, (), entry)
        return load_due(session, entry.due_at, limit=100)


def claimed(database: Database, queued: QueuedNotice, *, until: timedelta = HOUR, token: str = "one") -> Claim:
    wanted = Claim(queued.row_id, token, NOW + until)
    with database.transaction() as session:
        assert claim(session, wanted, mail=b"mail", dated_at=NOW, attempts=queued.tries.attempts)
    return wanted


def settled(database: Database, queued: QueuedNotice, step: Step, *, left: bool = False, lost: bool = False) -> None:
    with database.transaction() as session:
        settle(session, queued.row_id, step, now=NOW, left=left, lost=lost)


def due(database: Database, after: timedelta = timedelta(0)) -> list[QueuedNotice]:
    with database.read() as session:
        return load_due(session, NOW + after, limit=100)


def told(database: Database) -> dict[str, dict[str, Told]]:
    with database.read() as session:
        return load_told(session, *WEEK, {"acme"})


# records


def machine(name: str, revision: int, owner: str | None = "acme") -> MachineRecord:
    return MachineRecord("rzob", name, revision, Machine(name, owner, 15))


def test_the_highest_revision_of_a_machine_stands_whatever_the_order(database: Database) -> None:
    with database.transaction() as session:
        apply_machines(session, [machine("acme01", 2, "zeta"), machine("acme01", 1), machine("acme02", 1)])
        apply_machines(session, [machine("acme02", 1, "zeta"), machine("acme01", 2, "acme")])
    with database.read() as session:
        assert load_fleet(session, "rzob") == Fleet(
            {"acme01": Machine("acme01", "zeta", 15), "acme02": Machine("acme02", "acme", 15)}
        )


def test_a_removed_machine_is_not_brought_back_by_an_older_record(database: Database) -> None:
    with database.transaction() as session:
        apply_machines(session, [MachineRecord("rzob", "acme01", 3, None), machine("acme01", 2)])
        apply_machines(session, [machine("acme01", 1)])
    with database.read() as session:
        assert load_fleet(session, "rzob") == Fleet({})


def test_machines_of_other_locations_are_not_seen(database: Database) -> None:
    with database.transaction() as session:
        apply_machines(session, [machine("acme01", 1)])
    with database.read() as session:
        assert load_fleet(session, "whq") == Fleet({})


def test_a_customer_comes_back_as_it_was_put(database: Database) -> None:
    whole = customer(
        OPS,
        Contact("Jürgen", "j@acme.example", "de"),
        notice_hours=48,
        blackouts=(Blackout(NOW, NOW + HOUR, "Wartungs-Stopp"),),
    )
    with database.transaction() as session:
        apply_customers(session, [CustomerRecord("acme", 1, whole), CustomerRecord("zeta", 1, None)])
    with database.read() as session:
        assert load_customers(session, {"acme", "zeta", "nobody"}) == {"acme": whole}


def test_a_removed_customer_is_not_known_any_more(database: Database) -> None:
    with database.transaction() as session:
        apply_customers(session, [CustomerRecord("acme", 1, customer()), CustomerRecord("acme", 2, None)])
    with database.read() as session:
        assert load_customers(session, {"acme"}) == {}


# weeks


def test_staged_parts_come_back_in_order_and_once(database: Database) -> None:
    host = Window("kyle07", THURSDAY, None, ("acme01", "acme02"))
    with database.transaction() as session:
        stage_given(session, "r2", 2, [host])
        stage_given(session, "r2", 1, [Window("acme01", TUESDAY, "acme")])
        stage_taken(session, "r2", 1, [Withdrawal("acme02", "retired", "acme")])
        stage_given(session, "r3", 1, [])
    with database.transaction() as session:
        staged = take_staged(session, "r2")
    assert staged.delta == Delta(
        given=(Window("acme01", TUESDAY, "acme"), host), taken=(Withdrawal("acme02", "retired", "acme"),)
    )
    assert (staged.given_parts, staged.taken_parts) == (2, 1)
    with database.transaction() as session:
        assert (take_staged(session, "r2").given_parts, take_staged(session, "r3").given_parts) == (0, 1)


def test_a_part_heard_twice_is_one_part(database: Database) -> None:
    with database.transaction() as session:
        for _ in range(2):
            stage_given(session, "r1", 1, [Window("acme01", TUESDAY)])
        assert take_staged(session, "r1").given_parts == 1


def test_a_week_nobody_has_heard_of_is_empty(database: Database) -> None:
    with database.read() as session:
        assert load_week(session, *WEEK) == KnownWeek(0, {})


def test_a_week_stands_as_its_revisions_made_it(database: Database) -> None:
    second = WeekIdentity(location="rzob", week="2026-W49", plan_id="rzob/2026-W49/r2", revision=2)
    stays, moves = Window("acme01", TUESDAY, "acme", ("acme02",)), Window("acme03", THURSDAY, "acme")
    with database.transaction() as session:
        store_week(session, FIRST, Delta(given=(stays, Window("acme02", TUESDAY), Window("acme03", TUESDAY))))
        store_week(session, second, Delta(given=(moves,), taken=(Withdrawal("acme02", "retired"),)))
    with database.read() as session:
        assert load_week(session, *WEEK) == KnownWeek(2, {"acme01": stays, "acme03": moves})
        assert load_week(session, "rzob", "2026-W50") == KnownWeek(0, {})


def test_calendar_events_come_back_by_customer(database: Database) -> None:
    events = (event(TUESDAY, sequence=2), event(THURSDAY, cancelled=True))
    with database.transaction() as session:
        store_events(session, *WEEK, {"acme": [event(TUESDAY)]})
        store_events(session, *WEEK, {"acme": events})
    with database.read() as session:
        assert {name: set(listed) for name, listed in load_events(session, *WEEK).items()} == {"acme": set(events)}
        assert load_events(session, "rzob", "2026-W50") == {}


# ledger


def test_a_planned_notice_is_due_with_its_whole_content(database: Database) -> None:
    whole = ops(contact=Contact("Jürgen Müller", "j@acme.example", "de"), earlier_mails=("<a@mweek.example>",))
    (queued,) = planned(database, whole)
    assert queued.notice == whole
    assert (queued.mail, queued.dated_at, queued.stale_at) == (None, None, TUESDAY.closes_at)
    assert queued.mail_message_id == f"<{whole.key.notice_id}@mweek.example>"
    assert (queued.causation_id, queued.correlation_id) == ("cause-1", "command-1")


def test_one_key_has_one_notice(database: Database) -> None:
    planned(database, ops())
    with pytest.raises(IntegrityError):
        planned(database, ops())


def test_a_silence_is_written_down_and_never_due(database: Database) -> None:
    with database.transaction() as session:
        skipped = plan(session, (), [Silence(ops(), "over", SkipCode.OVER)], ENTRY)
    assert skipped == [Skipped(ops().about, "over", SkipCode.OVER)]
    assert due(database, HOUR) == []


def test_a_notice_that_is_not_due_yet_is_left_alone(database: Database) -> None:
    planned(database, ops())
    assert due(database, -HOUR) == []


def test_a_claimed_notice_is_nobody_elses(database: Database) -> None:
    (queued,) = planned(database, ops())
    claimed(database, queued)
    assert due(database, HOUR) == []
    with database.transaction() as session:
        assert not claim(session, Claim(queued.row_id, "two", NOW + HOUR), mail=b"other", dated_at=NOW, attempts=0)
        assert not abandon(session, queued.row_id, Step(NoticeState.FAILED, "no"), now=NOW)
        assert load_tries(session, Claim(queued.row_id, "two", NOW)) is None


def test_a_notice_that_failed_for_now_is_due_later_with_its_bytes(database: Database) -> None:
    (queued,) = planned(database, ops())
    held = claimed(database, queued)
    settled(database, queued, Step(NoticeState.PLANNED, "451", HOUR))
    assert due(database, HOUR - timedelta(seconds=1)) == []
    (again,) = due(database, HOUR)
    assert (again.mail, again.dated_at, again.tries.attempts, again.tries.losses) == (b"mail", NOW, 1, 0)
    with database.transaction() as session:
        assert load_tries(session, held) is None


def test_a_lost_answer_is_counted(database: Database) -> None:
    (queued,) = planned(database, ops())
    claimed(database, queued)
    settled(database, queued, Step(NoticeState.UNKNOWN, "lost", HOUR), left=True, lost=True)
    assert [each.tries.losses for each in due(database, HOUR)] == [1]


def test_a_claim_expires_at_the_end_of_its_lease(database: Database) -> None:
    (queued,) = planned(database, ops())
    claimed(database, queued, until=HOUR)
    with database.transaction() as session:
        assert load_expired(session, NOW + HOUR - timedelta(seconds=1)) == []
        assert [each.row_id for each in load_expired(session, NOW + HOUR)] == [queued.row_id]


@pytest.mark.parametrize(
    "step",
    [
        Step(NoticeState.SENT, "250"),
        Step(NoticeState.UNKNOWN, "lost", HOUR),
        Step(NoticeState.UNKNOWN, "lost twice"),
    ],
)
def test_a_mail_that_may_have_left_counts_as_told(database: Database, step: Step) -> None:
    (queued,) = planned(database, ops())
    claimed(database, queued)
    settled(database, queued, step, left=True)
    assert told(database) == {
        "acme": {OPS.email: Told(ops().slots, ops().events, (f"<{ops().key.notice_id}@mweek.example>",))}
    }


def test_a_mail_in_hand_counts_as_told(database: Database) -> None:
    (queued,) = planned(database, ops())
    claimed(database, queued)
    assert list(told(database)) == ["acme"]


@pytest.mark.parametrize(
    "step", [Step(NoticeState.PLANNED, "451", HOUR), Step(NoticeState.FAILED, "550"), Step(NoticeState.SKIPPED, "old")]
)
def test_a_mail_that_did_not_leave_does_not_count_as_told(database: Database, step: Step) -> None:
    (queued,) = planned(database, ops())
    claimed(database, queued)
    settled(database, queued, step)
    assert told(database) == {}


def test_the_last_mail_counts_and_all_are_referred_to(database: Database) -> None:
    second = ops(plan_id="rzob/2026-W49/r2", revision=2, slots=(slot_of(THURSDAY, "acme01"),))
    for queued in planned(database, ops(), second):
        claimed(database, queued)
        settled(database, queued, Step(NoticeState.SENT, "250"), left=True)
    heard = told(database)["acme"][OPS.email]
    assert heard.slots == second.slots
    assert heard.mails == tuple(f"<{each.key.notice_id}@mweek.example>" for each in (ops(), second))


def test_superseding_takes_back_what_waits_and_marks_what_is_in_hand(database: Database) -> None:
    waiting, in_hand = ops(), ops(contact=Contact("Boss", "boss@acme.example"))
    other = ops(customer="zeta", contact=Contact("Z", "z@zeta.example"))
    queued = {each.key.email: each for each in planned(database, waiting, in_hand, other)}
    held = claimed(database, queued["boss@acme.example"])
    with database.transaction() as session:
        assert supersede(session, *WEEK, {"acme"}, now=NOW) == [Skipped(waiting.about, SUPERSEDED, SkipCode.SUPERSEDED)]
    with database.transaction() as session:
        tries = load_tries(session, held)
    assert tries is not None
    assert tries.superseded
    assert [each.key.email for each in due(database, HOUR)] == ["z@zeta.example"]


def test_superseding_leaves_other_weeks_and_what_has_ended(database: Database) -> None:
    (queued,) = planned(database, ops())
    claimed(database, queued)
    settled(database, queued, Step(NoticeState.SENT, "250"), left=True)
    planned(database, ops(week="2026-W50", plan_id="rzob/2026-W50/r1"))
    with database.transaction() as session:
        assert supersede(session, *WEEK, {"acme"}, now=NOW) == []
    assert len(due(database, HOUR)) == 1


# findings


def findings(audit_id: str, *codes: str, plan_id: str = "rzob/2026-W49/r1") -> FindingNotice:
    return FindingNotice(
        plan_id=plan_id,
        revision=1,
        location="rzob",
        week="2026-W49",
        contact=Contact("Operator", "operator@mweek.example"),
        audit_id=audit_id,
        occasion="revision",
        audited_at=NOW,
        machines=1,
        windows=1,
        findings=tuple(Finding(code, "", "text") for code in codes),
        total=len(codes),
    )


def test_what_the_operator_was_told_of_a_plan_is_the_last_mails_findings(database: Database) -> None:
    planned(database, findings("a1", "quota"), findings("a2", "digest"), findings("a3", "counts", plan_id="r2"))
    with database.read() as session:
        heard = load_told_findings(session, *WEEK, "rzob/2026-W49/r1")
    assert heard.findings == (Finding("digest", "", "text"),)
    assert len(heard.mails) == 3


def test_the_next_mail_to_the_operator_refers_to_the_last_ones_and_not_to_all(database: Database) -> None:
    planned(database, *(findings(f"a{number:02d}", "quota") for number in range(LOOKED_BACK + 5)))
    with database.read() as session:
        heard = load_told_findings(session, *WEEK, "rzob/2026-W49/r1")
    newest = findings(f"a{LOOKED_BACK + 4:02d}", "quota").key
    assert (len(heard.mails), heard.mails[-1]) == (LOOKED_BACK, mail_message_id(newest, "mweek.example"))


def test_a_mail_to_the_operator_comes_back_whole_and_is_no_part_of_what_customers_heard(database: Database) -> None:
    (queued,) = planned(database, findings("a1", "quota", "digest"))
    assert queued.notice == findings("a1", "quota", "digest")
    assert queued.key.kind is NoticeKind.FINDING
    claimed(database, queued)
    assert told(database) == {}
    with database.transaction() as session:
        assert supersede(session, *WEEK, {""}, now=NOW) == []


def test_findings_that_could_not_be_mailed_were_not_told(database: Database) -> None:
    (queued,) = planned(database, findings("a1", "quota"))
    claimed(database, queued)
    settled(database, queued, Step(NoticeState.FAILED, "550"))
    with database.read() as session:
        assert load_told_findings(session, *WEEK, "rzob/2026-W49/r1").findings == ()
