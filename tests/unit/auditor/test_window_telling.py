"""Every customer knows of its requested windows as they are, and when they are gone; told in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from mweek_auditor.domain.told import NoticeState
from mweek_auditor.domain.windows.case import WindowCase
from mweek_auditor.domain.windows.telling import Telling

from tests.support.window_cases import (
    NOW,
    TIME_TO_TELL,
    Position,
    answer,
    case,
    codes,
    customer,
    findings,
    grant,
    machine,
    said,
    withdrawal,
)

OVER = NOW + TIME_TO_TELL


def judged(*answers: object, told: tuple[object, ...] = (), late: bool = True, **fields: object) -> list[str]:
    """Return what is wrong once the time to tell is over, or before."""
    made: WindowCase = case(*(told or (grant(),)), answers=answers, **fields)
    return codes(replace(made, now=OVER if late else NOW))


def test_a_window_of_which_its_customer_was_told_is_right() -> None:
    assert judged(answer()) == []
    assert judged(answer(contact="OPS@acme.example")) == []


def test_nobody_is_missed_before_the_time_is_over() -> None:
    assert judged(late=False) == []
    assert Telling(case(grant())).next_due_at == OVER
    [found] = findings(replace(case(grant()), now=OVER))
    assert (found.code, found.machine) == ("not-told", "acme01")
    assert found.text == (
        "ops@acme.example of customer acme has not been told of acme01's window Thu 2026-11-26 21:00 to 21:35 UTC "
        "(w-acme01, revision 1)."
    )


def test_the_mail_of_an_older_revision_does_not_tell_of_a_significant_one() -> None:
    longer = grant(revision=2, minutes=60, works=grant().works * 2, number=2)
    assert judged(answer(), told=(grant(), longer)) == ["not-told"]
    assert judged(answer(revision=2), told=(grant(), longer)) == []


def test_a_revision_that_only_shortens_needs_no_mail() -> None:
    joined = grant(revision=2, works=(*grant().works, replace(grant().works[0], request_id="r2", estimated_minutes=3)))
    assert judged(answer(), told=(grant(), joined)) == []


def test_significance_is_worked_out_and_not_believed() -> None:
    """A window that grows, or newly reboots its machine, though the planner calls that of no significance."""
    grown = grant(revision=2, minutes=60, works=grant().works * 2, number=2, significant=False)
    assert judged(answer(), told=(grant(), grown)) == ["not-told"]
    reboots = grant(revision=2, number=2, significant=False)
    assert judged(answer(), told=(grant(reboots=False), reboots)) == ["not-told"]


@pytest.mark.parametrize(("another_follows", "expected"), [(False, []), (True, ["not-told"])])
def test_a_recorded_skip_tells_unless_another_notice_was_to_follow(another_follows: bool, expected: list[str]) -> None:
    skipped = answer(state=NoticeState.SKIPPED, another_follows=another_follows, detail="why not")
    assert judged(skipped) == expected


def test_that_it_became_too_late_to_tell_is_no_reason_not_to_have_told() -> None:
    """A window for which somebody asked just before it was over may be told to nobody; one that was forgotten not."""
    over = answer(state=NoticeState.SKIPPED, too_late=True, detail="all its slots are over")
    assert judged(over) == []
    assert judged(replace(over, at=OVER + timedelta(seconds=1))) == ["not-told"]


def test_a_mail_that_failed_is_said_at_once() -> None:
    failed = answer(state=NoticeState.FAILED, detail="550 no such mailbox")
    assert judged(failed, late=False) == ["notice-failed"]
    assert judged(failed, answer(at=NOW + timedelta(minutes=3))) == []


def test_a_window_that_is_gone_is_told_to_who_knew_of_it() -> None:
    told = (grant(), withdrawal())
    assert judged(answer(), told=told) == ["not-told"]
    assert judged(answer(), answer(revision=2, withdrawn=True), told=told) == []
    assert judged(told=told) == []  # it came and went before anybody knew


def test_a_customer_told_later_than_its_notice_hours_is_found_once_the_time_to_tell_is_over_too() -> None:
    soon = grant(granted_at=NOW - timedelta(days=1), opens="2026-11-23T22:00Z", minutes=35)
    hours = {"customers": [customer(notice_hours=13)], "told": (soon,)}
    assert judged(answer(at=OVER), **hours) == []
    [found] = findings(replace(case(soon, customers=hours["customers"]), answers=[answer(at=NOW + timedelta(hours=2))]))
    assert found.code == "told-late"


def test_customers_of_machines_on_a_host_are_told_as_well() -> None:
    fleet = [machine("kyle07", customer=None, kind="physical"), machine("acme01", host="kyle07")]
    host = grant("kyle07", customer=None, affects=frozenset({"acme01"}))
    assert judged(told=(host,), machines=fleet) == ["not-told"]
    assert judged(answer("kyle07"), told=(host,), machines=fleet) == []


def test_every_contact_is_told_that_was_one_then_and_is_one_now() -> None:
    then = customer(contacts=("ops@acme.example", "gone@acme.example"))
    now = customer(contacts=("new@acme.example", "ops@acme.example"))
    told = (grant(position=Position(grant().position.stream_created_at, 15)),)
    assert judged(answer(), told=told, customers=[said(then, now)]) == []
    two = customer(contacts=("ops@acme.example", "boss@acme.example"))
    assert judged(answer(), customers=[two]) == ["not-told"]


def test_the_operators_own_machines_are_nobodys_news() -> None:
    assert judged(told=(grant(customer=None),), machines=[machine(customer=None)]) == []


def test_customers_told_are_counted() -> None:
    told = (grant(), grant("beta01", customer="beta", number=2, opens="2026-11-26T22:00Z"))
    fleet = [machine(), machine("beta01", customer="beta")]
    one = case(*told, machines=fleet, customers=[customer(), customer("beta")], answers=[answer()])
    assert Telling(one).customers_told == 1
