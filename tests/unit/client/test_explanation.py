"""A machine stands where it stands for a reason that can be said in one sentence."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from mweek.explanation import explain
from mweek.history import WeekHistory
from mweek.week import WeekView
from mweek_contracts.fleet import Contact, Environment, Kind
from mweek_contracts.message import Message
from mweek_contracts.records import CustomerV1, MachineV1

from tests.support.told_week import NOW, TUESDAY, ToldWeek, unplaced, window, withdrawn

ENVELOPE: dict[str, Any] = {"message_id": "record-1", "correlation_id": "import-1", "occurred_at": NOW}
ACME = CustomerV1(
    **ENVELOPE,
    revision=1,
    customer="acme",
    contacts=(Contact(name="Ops", email="ops@acme.example"),),
    timezone="America/New_York",
)


def machine(name: str, *, in_service: bool = True) -> MachineV1:
    return MachineV1(
        **ENVELOPE,
        location="rzob",
        revision=1,
        name=name,
        kind=Kind.PHYSICAL,
        role="router",
        environment=Environment.INTERNAL,
        in_service=in_service,
    )


def week(*events: Message) -> WeekView:
    history = WeekHistory("rzob", "2026-W49")
    for sequence, event in enumerate(events, start=1):
        history.hear(event, sequence)
    return history.view()


def test_window_is_explained_by_its_placement() -> None:
    one = explain(machine("r1"), ACME, week(*ToldWeek().revision(window("r1", TUESDAY))))

    assert one.sentence == "the phase takes all machines with role router"
    assert (one.week, one.revision, one.window) == ("2026-W49", 1, window("r1", TUESDAY))
    assert one.zone == ZoneInfo("America/New_York")


def test_machine_of_the_operator_is_shown_in_no_zone_but_utc() -> None:
    assert explain(machine("r1"), None, None).zone is None


def test_machine_without_a_place_is_explained_by_what_turned_it_away() -> None:
    one = explain(machine("r1"), None, week(*ToldWeek().revision(unplaced=[unplaced("r1")])))

    assert one.window is None
    assert one.sentence == "its customer's blackout leaves no phase that takes it"


def test_withdrawn_window_is_explained_by_what_took_it() -> None:
    told = ToldWeek()
    view = week(*told.revision(window("r1")), *told.revision(withdrawn=[withdrawn("r1")]))

    assert explain(machine("r1"), None, view).sentence == "it is no longer in service"


def test_cancelled_week_is_explained_with_the_reason_given() -> None:
    told = ToldWeek()
    view = week(*told.revision(window("r1")), *told.cancelled(withdrawn("r1"), reason="the update is bad"))

    assert explain(machine("r1"), None, view).sentence == "the week was cancelled: the update is bad"


def test_machine_that_the_revision_does_not_know_waits_for_the_next() -> None:
    view = week(*ToldWeek().revision(window("r1")))

    assert explain(machine("r2"), None, view).sentence == (
        "revision 1 was made before it was known; the auditor will ask for a new revision"
    )
    assert explain(machine("r2", in_service=False), None, view).sentence == "it is not in service"


def test_week_that_nobody_scheduled_explains_nothing_else() -> None:
    assert explain(machine("r1"), None, week()).sentence == "the week rzob/2026-W49 has not been scheduled"
    assert explain(machine("r1"), None, None).sentence == "no week of rzob has been scheduled"
