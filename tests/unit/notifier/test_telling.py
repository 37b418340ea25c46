"""Who gets which notice of a revision."""

from datetime import timedelta

from mweek_notifier.domain.difference import Change, ChangeKind
from mweek_notifier.domain.fleet import Contact
from mweek_notifier.domain.notice import NoticeKind
from mweek_notifier.domain.telling import IN_THE_PAST, NEVER_TOLD, Affected, Telling, Told, tell

from tests.support.notifier_values import (
    DOMAIN,
    NOW,
    OPS,
    THURSDAY,
    TUESDAY,
    affected,
    customer,
    event,
    revision,
    slot_of,
)

BOSS = Contact("Boss", "boss@acme.example", "de")
ON_TUESDAY = (slot_of(TUESDAY, "acme01"),)
HEARD = Told(ON_TUESDAY, (event(TUESDAY),), ("<r1@mweek.example>",))


def told(about: Affected, number: int = 1, **fields: object) -> Telling:
    return tell(revision(number, **fields), about, {"acme01": "retired"}, now=NOW, domain=DOMAIN)


def test_every_contact_gets_one_notice_with_all_slots() -> None:
    telling = told(affected(*ON_TUESDAY, slot_of(THURSDAY, "acme02"), customer=customer(OPS, BOSS)))
    assert [notice.contact for notice in telling.notices] == [OPS, BOSS]
    assert {notice.kind for notice in telling.notices} == {NoticeKind.SCHEDULED}
    assert {notice.slots for notice in telling.notices} == {(*ON_TUESDAY, slot_of(THURSDAY, "acme02"))}


def test_a_first_notice_tells_no_changes() -> None:
    assert told(affected(*ON_TUESDAY)).notices[0].changes == ()


def test_who_has_heard_is_told_what_changed() -> None:
    moved = affected(slot_of(THURSDAY, "acme01"), told={OPS.email: HEARD})
    (notice,) = told(moved, 2).notices
    assert notice.kind is NoticeKind.CHANGED
    assert notice.changes == (Change(ChangeKind.MOVED, ("acme01",), TUESDAY, THURSDAY),)
    assert notice.earlier_mails == ("<r1@mweek.example>",)


def test_changes_are_told_against_the_last_mail_and_not_against_the_last_revision() -> None:
    """Revision 2 moved acme01; its mail never left. Revision 3 adds acme02: the mail tells both."""
    now = affected(slot_of(THURSDAY, "acme01", "acme02"), told={OPS.email: HEARD})
    (notice,) = told(now, 3).notices
    assert [(change.kind, change.machines) for change in notice.changes] == [
        (ChangeKind.MOVED, ("acme01",)),
        (ChangeKind.ADDED, ("acme02",)),
    ]


def test_a_new_contact_gets_a_first_notice_where_others_get_a_change() -> None:
    now = affected(slot_of(THURSDAY, "acme01"), customer=customer(OPS, BOSS), told={OPS.email: HEARD})
    assert [notice.kind for notice in told(now, 2).notices] == [NoticeKind.CHANGED, NoticeKind.SCHEDULED]


def test_a_customer_that_loses_all_windows_is_told_of_a_cancellation() -> None:
    (notice,) = told(affected(events=HEARD.events, told={OPS.email: HEARD}), 2).notices
    assert notice.kind is NoticeKind.CANCELLED
    assert notice.changes == (Change(ChangeKind.WITHDRAWN, ("acme01",), TUESDAY, None, reason="retired"),)
    assert [(each.cancelled, each.sequence) for each in notice.events] == [(True, 1)]


def test_a_cancelled_week_tells_its_reason_and_what_had_begun() -> None:
    rest = affected(*ON_TUESDAY, told={OPS.email: Told((*ON_TUESDAY, slot_of(THURSDAY, "acme02")))})
    (notice,) = told(rest, 2, cancel_reason="not ready").notices
    assert (notice.kind, notice.cancel_reason, notice.slots) == (NoticeKind.CANCELLED, "not ready", ON_TUESDAY)


def test_a_week_scheduled_again_after_its_cancellation_is_a_first_notice() -> None:
    again = affected(*ON_TUESDAY, told={OPS.email: Told((), (), ("<r1@mweek.example>", "<r2@mweek.example>"))})
    (notice,) = told(again, 3).notices
    assert (notice.kind, notice.changes) == (NoticeKind.SCHEDULED, ())
    assert notice.earlier_mails == ("<r1@mweek.example>", "<r2@mweek.example>")


def test_who_never_heard_of_slots_is_not_told_that_they_are_gone() -> None:
    telling = told(affected(), 2)
    assert telling.notices == ()
    assert [(silence.notice.contact, silence.reason) for silence in telling.silences] == [(OPS, NEVER_TOLD)]


def test_slots_that_are_over_are_not_told() -> None:
    late = tell(revision(), affected(*ON_TUESDAY), {}, now=TUESDAY.closes_at, domain=DOMAIN)
    assert [silence.reason for silence in late.silences] == [IN_THE_PAST]
    in_time = tell(revision(), affected(*ON_TUESDAY), {}, now=TUESDAY.closes_at - timedelta(seconds=1), domain=DOMAIN)
    assert len(in_time.notices) == 1


def test_a_change_that_was_taken_back_before_its_mail_left_is_still_confirmed() -> None:
    """The auditor waits for a notice of this revision, and the customer reads that nothing is different."""
    (notice,) = told(affected(*ON_TUESDAY, told={OPS.email: HEARD}), 3).notices
    assert (notice.kind, notice.changes) == (NoticeKind.CHANGED, ())


def test_a_contact_that_missed_a_cancellation_is_told_it_with_the_next_mail() -> None:
    """Revision 2 cancelled the event of Tuesday; its mail never left. Revision 3 must drop it all the same."""
    events = (event(TUESDAY, sequence=1, cancelled=True), event(THURSDAY))
    now = affected(slot_of(THURSDAY, "acme01"), events=events, told={OPS.email: HEARD})
    (notice,) = told(now, 3).notices
    assert [(each.slot, each.cancelled, each.sequence) for each in notice.events] == [
        (TUESDAY, True, 1),
        (THURSDAY, False, 1),
    ]


def test_contacts_share_their_customers_events() -> None:
    telling = told(affected(*ON_TUESDAY, customer=customer(OPS, BOSS)))
    assert {notice.events for notice in telling.notices} == {telling.events}
