"""Two revisions differ in what a customer of the older one must be told."""

from __future__ import annotations

import pytest
from mweek.difference import difference
from mweek.errors import UnknownRevisionError
from mweek.history import WeekHistory
from mweek.week import WeekView
from mweek_contracts.message import Message
from mweek_contracts.reasons import UnplacedCode

from tests.support.told_week import MONDAY, TUESDAY, ToldWeek, moved, unplaced, window, withdrawn


def heard(*events: Message) -> WeekView:
    history = WeekHistory("rzob", "2026-W49")
    for sequence, event in enumerate(events, start=1):
        history.hear(event, sequence)
    return history.view()


def three_revisions() -> WeekView:
    told = ToldWeek()
    return heard(
        *told.revision(window("db01"), window("web01"), window("web02")),
        *told.revision(moved("web01", MONDAY, TUESDAY), withdrawn=[withdrawn("db01", reason=UnplacedCode.BLACKOUT)]),
        *told.revision(moved("web01", TUESDAY, MONDAY), window("web03"), unplaced=[unplaced("db01")]),
    )


def test_revision_differs_from_its_parent_in_what_it_told() -> None:
    view = three_revisions()

    assert difference(view, 1, 2) == view.revisions[1].changes


def test_machine_that_came_back_to_its_window_does_not_differ() -> None:
    changes = difference(three_revisions(), 1, 3)

    assert [one.machine for one in changes.assigned] == ["web03"]


def test_withdrawn_window_keeps_the_reason_of_the_revision_that_took_it() -> None:
    changes = difference(three_revisions(), 1, 3)

    assert changes.withdrawn == (withdrawn("db01", reason=UnplacedCode.BLACKOUT),)


def test_unplaced_machines_are_those_of_the_newer_revision() -> None:
    view = three_revisions()

    assert [one.machine for one in difference(view, 1, 3).unplaced] == ["db01"]
    assert difference(view, 1, 2).unplaced == ()


def test_moved_window_names_where_it_was() -> None:
    assert difference(three_revisions(), 1, 2).moved == (moved("web01", MONDAY, TUESDAY),)


def test_going_back_turns_the_changes_around() -> None:
    changes = difference(three_revisions(), 3, 1)

    assert [(one.machine, one.change.value) for one in changes.assigned] == [("db01", "new")]
    assert [one.machine for one in changes.withdrawn] == ["web03"]


def test_first_revision_differs_from_nothing_in_all_its_windows() -> None:
    assert [one.machine for one in difference(three_revisions(), 0, 1).added] == ["db01", "web01", "web02"]


def test_cancellation_is_a_step_of_its_own() -> None:
    told = ToldWeek()
    view = heard(
        *told.revision(window("web01"), window("web02")),
        *told.cancelled(withdrawn("web01", reason=UnplacedCode.CANCELLED), reason="no update"),
        *told.revision(window("web01", TUESDAY)),
    )

    assert [step.number for step in view.steps] == [1, 2, 3]
    assert difference(view, 1, 2).withdrawn == (withdrawn("web01", reason=UnplacedCode.CANCELLED),)
    assert [(one.machine, one.change.value) for one in difference(view, 2, 3).assigned] == [("web01", "new")]
    assert [(one.machine, one.change.value) for one in difference(view, 1, 3).assigned] == [("web01", "moved")]


def test_revision_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(UnknownRevisionError, match=r"rzob/2026-W49 has no revision 7 \(there are 1, 2, 3\)"):
        difference(three_revisions(), 1, 7)
