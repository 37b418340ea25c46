"""A good plan of the reference fleet, spoiled in one way each: found, with exactly the right code."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from mweek_auditor.domain.fleet import Fleet
from mweek_auditor.domain.pattern import Pattern
from mweek_auditor.domain.plan import Books, Plan, Window
from mweek_contracts.windows import assignments_digest
from mweek_timewindows import Window as Span

from tests.support import audit_cases as cases
from tests.support.plans import machines_in, moved, plan_by_hand, window_of, with_window


@cache
def records() -> Fleet:
    return cases.reference_fleet()


@cache
def shape() -> Pattern:
    return cases.reference_pattern()


@cache
def good() -> Plan:
    return plan_by_hand(records(), shape(), planned_at=cases.WEEK_BEFORE)


def codes(plan: Plan, fleet: Fleet | None = None) -> list[str]:
    return cases.codes(cases.case_of(plan, shape(), fleet or records()))


def a_machine(phase: str, role: str, **more: str) -> str:
    """Return a machine of the phase that has no peers, so that nothing but its own place is at stake."""
    found = [records().by_name[name] for name in machines_in(good(), phase)]
    wanted = {"role": role, "redundancy_group": None} | more
    return next(m.name for m in found if all(getattr(m, key) == value for key, value in wanted.items()))


def to_phase(machine: str, name: str) -> Plan:
    found = shape().phase_named(name)
    assert found
    return moved(good(), machine, found[1])


def test_the_unspoiled_plan_passes() -> None:
    assert [len(machines_in(good(), phase.name)) for phase in good().phases] == [11, 2, 9, 44, 47, 102, 20, 1]
    assert codes(good()) == []


def test_a_dropped_window_is_no_window() -> None:
    assert codes(with_window(good(), a_machine("wednesday-1700", "customer"), None)) == ["no-window"]


@pytest.mark.parametrize("phase", ["wednesday-1700", "thursday-1700"])
def test_a_duplicated_window_is_several_windows(phase: str) -> None:
    window = window_of(good(), a_machine("wednesday-1700", "customer"))
    other = shape().phase_named(phase)
    assert other
    second = replace(window, phase=phase, opens_at=other[1].opens_at, closes_at=other[1].closes_at)
    assert codes(replace(good(), windows=(*good().windows, second))) == ["several-windows"]


def test_a_window_after_its_phase_is_outside_phase() -> None:
    window = window_of(good(), a_machine("thursday-1700", "customer"))
    late = replace(
        window, opens_at=window.opens_at + timedelta(hours=1), closes_at=window.closes_at + timedelta(hours=1)
    )
    assert codes(with_window(good(), window.machine, late)) == ["outside-phase"]


def test_a_foreign_machine_is_unknown_machine() -> None:
    extra = replace(window_of(good(), a_machine("thursday-1700", "customer")), machine="ghost00")
    assert codes(replace(good(), windows=(*good().windows, extra))) == ["unknown-machine"]


def test_a_machine_renamed_in_the_plan_is_both_missing_and_unknown() -> None:
    window = window_of(good(), a_machine("thursday-1700", "customer"))
    renamed = with_window(with_window(good(), window.machine, None), "ghost00", replace(window, machine="ghost00"))
    assert codes(renamed) == ["no-window", "unknown-machine"]


def test_a_window_of_a_retired_machine_is_retired_machine() -> None:
    machine = records().by_name[a_machine("thursday-1700", "customer")]
    assert codes(good(), cases.with_machine(records(), replace(machine, in_service=False))) == ["retired-machine"]


@pytest.mark.parametrize(
    ("phase", "role", "to"),
    [
        ("monday-0900", "automation", "thursday-1700"),
        ("monday-1700", "litmus", "tuesday-1700"),
        ("saturday-0900", "kvm-host", "saturday-1300"),
        ("thursday-1700", "customer", "saturday-0900"),
        ("tuesday-1700", "customer", "thursday-1700"),
    ],
)
def test_a_phase_that_does_not_take_the_machine_is_wrong_phase(phase: str, role: str, to: str) -> None:
    more = {"environment": "test"} if phase.startswith("tuesday") else {}
    assert codes(to_phase(a_machine(phase, role, **more), to)) == ["wrong-phase"]


@pytest.mark.parametrize(
    ("phase", "role", "to"),
    [
        ("saturday-1300", "router", "monday-1300"),  # count, one too many
        ("thursday-1700", "storage", "monday-1300"),  # count, one too many
        ("monday-1300", "storage", "thursday-1700"),  # count, one too few
        ("monday-1700", "customer", "tuesday-1700"),  # sample, one too few
        ("tuesday-1700", "customer", "monday-1700"),  # sample, one too many
        ("wednesday-1700", "customer", "thursday-1700"),  # share, one too few
        ("thursday-1700", "customer", "wednesday-1700"),  # share, one too many
        ("wednesday-1700", "storage", "thursday-1700"),  # share of another selector, one too few
        ("tuesday-1700", "storage", "wednesday-1700"),  # shares of one selector, one less and one more
    ],
)
def test_a_quota_off_by_one_is_quota(phase: str, role: str, to: str) -> None:
    named = {"monday-1700": "test", "tuesday-1700": "test"}.get(phase) if role == "customer" else None
    machine = next(
        name
        for name in machines_in(good(), phase)
        if records().by_name[name].role == role and named in (None, records().by_name[name].environment)
    )
    found = codes(to_phase(machine, to))
    assert "quota" in found
    assert set(found) <= {"quota", "redundancy"}


@pytest.mark.parametrize("more", [-1, 1])
def test_an_at_most_quota_off_by_one_is_quota(more: int) -> None:
    untested = [
        m.name
        for m in records().in_service.values()
        if m.role == "customer" and m.environment == "production" and m.customer not in records().tested_customers
    ]
    tuesday = set(machines_in(good(), "tuesday-1700"))
    source = sorted(tuesday & set(untested)) if more < 0 else sorted(set(untested) - tuesday)
    machine = next(name for name in source if records().by_name[name].redundancy_group is None)
    assert codes(to_phase(machine, "thursday-1700" if more < 0 else "tuesday-1700")) == ["quota"]


def test_peers_at_the_same_time_are_redundancy() -> None:
    group, (one, other) = next((g, p[:2]) for g, p in records().groups.items() if p[0].role == "customer")
    there = window_of(good(), one.name)
    same = Window(machine=other.name, phase=there.phase, opens_at=there.opens_at, closes_at=there.closes_at)
    assert window_of(good(), other.name).phase != there.phase, f"{group} is apart in the good plan"
    assert "redundancy" in codes(with_window(good(), other.name, same))


def test_a_peer_that_changes_places_with_a_stranger_is_redundancy_alone() -> None:
    for members in records().groups.values():
        one, other = (window_of(good(), member.name) for member in members[:2])
        owner = records().by_name[other.machine]
        for name in machines_in(good(), one.phase):
            stranger = records().by_name[name]
            alike = (stranger.role, stranger.environment) == (owner.role, owner.environment)
            if alike and stranger.redundancy_group is None and one.phase != other.phase:
                window = window_of(good(), name)
                swapped = with_window(good(), name, replace(other, machine=name))
                swapped = with_window(swapped, other.machine, replace(window, machine=other.machine))
                assert codes(swapped) == ["redundancy"]
                return
    pytest.fail("the reference fleet has no such peers any more")


def test_an_ignored_blackout_is_blackout() -> None:
    machine = records().by_name[a_machine("thursday-1700", "customer")]
    owner = records().customer_by_name[machine.customer or ""]
    closed = cases.blackout(cases.at(3), cases.at(4))
    others = tuple(c for c in records().customers or () if c.name != owner.name)
    fleet = replace(records(), customers=(*others, replace(owner, blackouts=(closed,))))
    assert codes(good(), fleet) == ["blackout"]


def test_a_blackout_overridden_with_a_reason_is_none() -> None:
    owner = next(c for c in records().customers or ())
    others = tuple(c for c in records().customers or () if c.name != owner.name)
    closed = cases.blackout(cases.at(0), cases.at(6))
    fleet = replace(records(), customers=(*others, replace(owner, blackouts=(closed,))))
    assert "blackout" in codes(good(), fleet)
    assert codes(replace(good(), blackouts_overridden="security"), fleet) == []


def test_a_week_that_starts_too_soon_is_notice_hours() -> None:
    late = replace(good(), planned_at=cases.at(0, 8))
    assert codes(late) == ["notice-hours"]
    assert codes(replace(good(), planned_at=cases.at(0, 8), notice_overridden="urgent")) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"digest": "0" * 64}, "digest"),
        ({"windows": 235}, "counts"),
        ({"unplaced": 1}, "counts"),
        ({"assigned_parts": (2, 1)}, "counts"),
        ({"withdrawn_parts": (1, 0)}, "counts"),
    ],
)
def test_tampered_books_are_found(change: dict[str, object], code: str) -> None:
    assert codes(replace(good(), books=_books(good()))) == []
    assert codes(replace(good(), books=replace(_books(good()), **change))) == [code]  # type: ignore[arg-type]


def test_a_tampered_count_of_a_phase_is_counts() -> None:
    phases = (replace(good().phases[0], machines=12), *good().phases[1:])
    assert codes(replace(good(), phases=phases)) == ["counts"]


def test_a_window_changed_on_its_way_is_digest_too() -> None:
    books = _books(good())
    window = window_of(good(), a_machine("thursday-1700", "customer"))
    late = replace(window, closes_at=window.closes_at + timedelta(hours=1))
    assert codes(replace(with_window(good(), window.machine, late), books=books)) == ["digest", "outside-phase"]


def test_phases_in_another_order_are_phase_order() -> None:
    first, second, *rest = good().phases
    assert codes(replace(good(), phases=(second, first, *rest))) == ["phase-order"]


def test_a_phase_at_another_time_is_phase_order() -> None:
    first, *rest = good().phases
    later = replace(first, opens_at=first.opens_at + timedelta(hours=1))
    assert codes(replace(good(), phases=(later, *rest))) == ["phase-order"]


def test_a_phase_that_the_pattern_does_not_have_is_unknown_phase() -> None:
    window = window_of(good(), a_machine("thursday-1700", "customer"))
    assert codes(with_window(good(), window.machine, replace(window, phase="sunday"))) == ["unknown-phase"]


def _books(plan: Plan) -> Books:
    outside = sum(
        not calendar.admits(_span(window))
        for window in plan.windows
        if (owner := records().customer_of(records().by_name[window.machine])) and (calendar := owner.calendar)
    )
    return Books(
        windows=len(plan.windows),
        unplaced=0,
        outside_acceptable=outside,
        digest=assignments_digest((w.machine, w.phase, w.opens_at, w.closes_at) for w in plan.windows),
        assigned_parts=(1, 1),
        withdrawn_parts=(0, 0),
    )


def _span(window: Window) -> Span:
    return Span(window.opens_at, window.closes_at)
