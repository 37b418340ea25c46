"""Steps that spoil a plan, or change the records after it was made."""

from __future__ import annotations

from dataclasses import replace

from mweek_auditor.domain.fleet import Blackout
from mweek_auditor.domain.plan import Compromise, Parent, Unplaced

from tests.support.audit_story.stage import Stage, StageError, instant, part


def drop(stage: Stage, machine: str) -> None:
    """Take the window of a machine away."""
    window = stage.window(machine)
    stage.put(*(other for other in stage.plan.windows if other != window))


def move(stage: Stage, machine: str, phase: str) -> None:
    """Give a machine the whole of another phase."""
    stage.window(machine)
    stage.exchange(stage.whole(machine, phase))


def retime(stage: Stage, machine: str, opens: str, closes: str) -> None:
    """Give a machine other times, in the same phase and on the same day."""
    stage.exchange(part(stage.window(machine), opens, closes))


def swap(stage: Stage, one: str, other: str) -> None:
    """Exchange the windows of two machines."""
    first, second = stage.window(one), stage.window(other)
    stage.exchange(replace(second, machine=one), replace(first, machine=other))


def duplicate(stage: Stage, machine: str, phase: str) -> None:
    """Give a machine a second window."""
    stage.window(machine)
    stage.put(*stage.plan.windows, stage.whole(machine, phase))


def let_in(stage: Stage, machine: str, phase: str) -> None:
    """Give a window to a machine that no record knows."""
    if machine in stage.fleet.by_name:
        raise StageError(f"{machine} is known, and not foreign")
    stage.put(*stage.plan.windows, stage.whole(machine, phase))


def place(stage: Stage, machine: str, phase: str) -> None:
    """Give a window to a machine that has none."""
    stage.machine(machine)
    if any(window.machine == machine for window in stage.plan.windows):
        raise StageError(f"{machine} has a window: move or duplicate it")
    stage.put(*stage.plan.windows, stage.whole(machine, phase))


def leave_out(stage: Stage, machine: str, reason: str) -> None:
    """Leave a machine without a window, and say why."""
    stage.machine(machine)
    stage.put(*(window for window in stage.plan.windows if window.machine != machine))
    stage.plan = replace(stage.plan, unplaced=(*stage.plan.unplaced, Unplaced(machine, reason)))


def declare(stage: Stage, phase: str, entry: str, planned: str, actual: str, code: str) -> None:
    """Say that an entry, counted from 1, took another number than its target, and why."""
    stage.whole("", phase)
    said = Compromise(code=code, phase=phase, entry=int(entry) - 1, planned=int(planned), actual=int(actual))
    stage.plan = replace(stage.plan, compromises=(*(stage.plan.compromises or ()), said))


def override_blackouts(stage: Stage, reason: str) -> None:
    """Set blackouts aside."""
    stage.plan = replace(stage.plan, blackouts_overridden=reason)


def override_notice(stage: Stage, reason: str) -> None:
    """Set notice hours aside."""
    stage.plan = replace(stage.plan, notice_overridden=reason)


def date(stage: Stage, at: str) -> None:
    """Say that the very plan was made at another time."""
    stage.plan = replace(stage.plan, planned_at=instant(at))


def revise(stage: Stage, at: str) -> None:
    """Make the next revision from the records of now, to begin with with the windows that there are."""
    plan = stage.plan
    stage.parent = Parent(plan.phases, plan.windows)
    stage.plan = replace(plan, revision=plan.revision + 1, planned_at=instant(at), books=None, told=())
    stage.planned_from = stage.fleet


def look(stage: Stage, at: str) -> None:
    """Look at the week at this time."""
    stage.now = instant(at)


def retire(stage: Stage, machine: str) -> None:
    """Take a machine out of service."""
    stage.record(replace(stage.machine(machine), in_service=False))


def remove(stage: Stage, machine: str) -> None:
    """Remove the record of a machine."""
    gone = stage.machine(machine)
    stage.fleet = replace(stage.fleet, machines=tuple(m for m in stage.fleet.machines if m != gone))


def join(stage: Stage, machine: str, like: str) -> None:
    """Put a machine into service that is like another."""
    stage.record(replace(stage.machine(like), name=machine))


def black_out(stage: Stage, customer: str, starts: str, ends: str, reason: str) -> None:
    """Let a customer ask for a blackout."""
    asking = stage.customer(customer)
    blackouts = (*asking.blackouts, Blackout(instant(starts), instant(ends), reason))
    others = tuple(c for c in stage.fleet.customers or () if c != asking)
    stage.fleet = replace(stage.fleet, customers=(*others, replace(asking, blackouts=blackouts)))
