"""A week is what its events tell, in order and each once."""

from __future__ import annotations

from mweek.history import WeekHistory
from mweek.week import WeekView
from mweek_contracts.events import FindingCode
from mweek_contracts.message import Message

from tests.support.told_week import MONDAY, TUESDAY, ToldWeek, moved, unplaced, window, withdrawn


def heard(*events: Message) -> WeekView:
    history = WeekHistory("rzob", "2026-W49")
    for sequence, event in enumerate(events, start=1):
        history.hear(event, sequence)
    return history.view()


def slots(view: WeekView) -> dict[str, str]:
    return {machine: one.phase for machine, one in view.windows.items()}


def test_week_of_which_nothing_was_heard_has_no_revision() -> None:
    view = heard()

    assert (view.latest, view.windows, view.unplaced, view.sequence) == (None, {}, (), 0)


def test_first_revision_gives_all_its_windows() -> None:
    told = ToldWeek()

    view = heard(*told.revision(window("web01"), window("db01", TUESDAY), unplaced=[unplaced("old01")]))

    assert slots(view) == {"web01": "monday", "db01": "tuesday"}
    assert [one.machine for one in view.unplaced] == ["old01"]
    assert view.latest is not None
    assert view.latest.whole


def test_revision_moves_and_withdraws_and_keeps_the_rest() -> None:
    told = ToldWeek()
    first = told.revision(window("web01"), window("web02"), window("db01"))

    view = heard(*first, *told.revision(moved("web02", MONDAY, TUESDAY), withdrawn=[withdrawn("db01")]))

    assert slots(view) == {"web01": "monday", "web02": "tuesday"}
    assert [one.plan.revision for one in view.revisions] == [1, 2]
    assert all(one.whole for one in view.revisions)


def test_windows_count_only_when_their_revision_is_closed() -> None:
    told = ToldWeek()
    parts = told.revision(window("web01"))[:-1]

    assert heard(*parts).windows == {}


def test_event_heard_twice_changes_nothing() -> None:
    told = ToldWeek()
    events = (*told.revision(window("web01")), told.sent("n1"), told.passed())

    twice = heard(*events, *events)

    assert twice.latest == heard(*events).latest
    assert twice.windows == heard(*events).windows


def test_preview_stands_on_the_current_windows_and_changes_none() -> None:
    told = ToldWeek()
    view = heard(*told.revision(window("web01")), *told.preview(window("web02", TUESDAY), command_id="try"))

    assert slots(view) == {"web01": "monday"}
    assert [one.plan.revision for one in view.revisions] == [1]
    assert set(view.previews[0].windows) == {"web01", "web02"}
    assert view.previews[0].whole


def test_cancelled_week_keeps_what_had_opened_and_forgets_the_unplaced() -> None:
    told = ToldWeek()
    first = told.revision(window("web01"), window("web02", TUESDAY), unplaced=[unplaced("old01")])

    view = heard(*first, *told.cancelled(withdrawn("web02", TUESDAY), reason="no update"))

    assert slots(view) == {"web01": "monday"}
    assert view.cancellation is not None
    assert view.cancellation.reason == "no update"
    assert view.unplaced == ()


def test_cancelled_week_can_be_scheduled_again() -> None:
    told = ToldWeek()
    events = (*told.revision(window("web01")), *told.cancelled(withdrawn("web01"), reason="no update"))

    view = heard(*events, *told.revision(window("web01", TUESDAY)))

    assert slots(view) == {"web01": "tuesday"}
    assert view.cancellation is None
    assert view.latest is not None
    assert view.latest.whole


def test_revision_with_a_missing_message_is_not_whole() -> None:
    told = ToldWeek()
    first, second = told.revision(window("web01")), told.revision(window("web02"))

    view = heard(first[-1], *second)

    assert [one.whole for one in view.revisions] == [False, False]


def test_verdict_belongs_to_its_revision_and_the_latest_counts() -> None:
    told = ToldWeek()
    first = (*told.revision(window("web01")), told.passed())
    second = (*told.revision(window("web02")), told.failed(FindingCode.QUOTA), told.passed())

    view = heard(*first, *second)

    assert [len(one.verdicts) for one in view.revisions] == [1, 2]
    assert view.latest is not None
    assert view.latest.verdict == second[-1]


def test_verdict_on_an_unknown_plan_is_passed_over() -> None:
    told = ToldWeek()

    view = heard(*told.revision(window("web01")), told.passed(plan_id="rzob/2026-W49/r9", revision=9))

    assert view.latest is not None
    assert view.latest.verdict is None


def test_notice_counts_once_by_its_last_state() -> None:
    told = ToldWeek()
    scheduled = told.revision(window("web01"))
    notices = (told.notice_failed("n1"), told.sent("n1"), told.sent("n2"), told.notice_failed("n3"))
    latest = heard(*scheduled, *notices).latest
    assert latest is not None
    assert (latest.told("sent"), latest.told("failed"), latest.told("skipped")) == (2, 1, 0)


def test_sequence_is_that_of_the_last_event() -> None:
    told = ToldWeek()
    events = (*told.revision(window("web01")), told.sent("n1"))

    view = heard(*events)

    assert view.sequence == 3
    assert view.latest is not None
    assert view.latest.sequence == 2


def test_notices_about_a_cancellation_are_its_own() -> None:
    told = ToldWeek()
    scheduled = (*told.revision(window("web01")), told.sent("n1"))
    cancelled = (*told.cancelled(withdrawn("web01"), reason="no update"), told.sent("n2"), told.sent("n3"))

    view = heard(*scheduled, *cancelled)

    assert [(step.number, step.told("sent")) for step in view.steps] == [(1, 1), (2, 2)]
    assert view.number == 2
