"""Steps after a plan: it is announced, customers are told of it, the week is cancelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mweek_auditor.domain.cancellation import Cancellation
from mweek_auditor.domain.plan import Books, Told, Window
from mweek_auditor.domain.told import Awaited, Notice, NoticeState, Terms, awaited
from mweek_contracts.windows import assignments_digest

from tests.support.audit_story.stage import Stage, StageError, instant


def announce(stage: Stage) -> None:
    """Close the revision as it is closed on the bus: counts and digest, and whom each new window concerns."""
    plan = stage.plan
    before = frozenset(stage.parent.windows) if stage.parent else frozenset()
    digest = assignments_digest((w.machine, w.phase, w.opens_at, w.closes_at) for w in plan.windows)
    books = Books(
        windows=len(plan.windows),
        unplaced=len(plan.unplaced),
        outside_acceptable=stage.outside_acceptable,
        digest=digest,
        assigned_parts=(1, 1),
        withdrawn_parts=(0, 0),
    )
    told = _told(stage, (window for window in plan.windows if window not in before))
    stage.plan = replace(plan, books=books, told=told)


def announce_with(stage: Stage, outside: str) -> None:
    """Close the revision of a written plan: the story says how many windows its customers had rather not."""
    stage.outside_acceptable = int(outside)
    announce(stage)


def lose_message(stage: Stage) -> None:
    """Lose the only message with assigned windows."""
    if stage.plan.books is None:
        raise StageError("nothing was announced that could be lost")
    stage.plan = replace(stage.plan, books=replace(stage.plan.books, assigned_parts=(1, 0)), windows=())


def misattribute(stage: Stage, machine: str, customer: str) -> None:
    """Announce the window of a machine as that of another customer."""
    stage.window(machine)
    told = tuple(replace(t, customer=customer) if t.window.machine == machine else t for t in stage.plan.told)
    stage.plan = replace(stage.plan, told=told)


def hide_guest(stage: Stage, guest: str, host: str) -> None:
    """Announce the window of a host without one of the machines on it."""
    stage.window(host)
    told = tuple(replace(t, affects=t.affects - {guest}) if t.window.machine == host else t for t in stage.plan.told)
    stage.plan = replace(stage.plan, told=told)


def give_grace(stage: Stage, at: str) -> None:
    """Let nobody be late before this time."""
    stage.due_at = instant(at)


def tell_everybody(stage: Stage, at: str) -> None:
    """Send all notices of the revision."""
    stage.notices += [_notice(stage, NoticeState.SENT, c.contact, c.customer, at) for c in contacts(stage)]


def tell(stage: Stage, contact: str, customer: str, at: str) -> None:
    """Send one notice, in the place of what became of it before."""
    _become(stage, _notice(stage, NoticeState.SENT, contact, customer, at))


def fail_to_tell(stage: Stage, contact: str, customer: str, at: str, reason: str) -> None:
    """Let one notice fail, in the place of what became of it before."""
    _become(stage, replace(_notice(stage, NoticeState.FAILED, contact, customer, at), detail=reason))


def skip(stage: Stage, contact: str, customer: str, at: str, reason: str) -> None:
    """Let one notice be skipped, in the place of what became of it before."""
    _become(stage, replace(_notice(stage, NoticeState.SKIPPED, contact, customer, at), detail=reason))


def forget_to_tell(stage: Stage, contact: str, customer: str) -> None:
    """Let nothing become of one notice."""
    stage.notices = [n for n in stage.notices if (n.contact, n.customer) != (contact, customer)]


def contacts(stage: Stage) -> tuple[Awaited, ...]:
    """Return who must be told of the revision."""
    return awaited(stage.plan.told, stage.fleet, terms(stage))


def terms(stage: Stage) -> Terms:
    """Return what notices are judged by."""
    if stage.due_at is None:
        raise StageError("nobody says until when customers may be told: write `grace until TIME` before")
    plan = stage.plan
    return Terms(revision=plan.revision, due_at=stage.due_at, notice_overridden=plan.notice_overridden)


def cancel(stage: Stage, at: str) -> None:
    """Cancel the week: every window that has not opened is withdrawn."""
    cancelled_at = instant(at)
    gone = tuple(window for window in stage.plan.windows if window.opens_at > cancelled_at)
    stage.cancelled = Cancellation(
        cancelled_at=cancelled_at,
        withdrawn=len(gone),
        parts=(1, 1),
        told=tuple(replace(told, withdrawn=True) for told in _told(stage, gone)),
        windows=tuple(window for window in stage.plan.windows if window not in gone),
    )


def forget_to_withdraw(stage: Stage, machine: str) -> None:
    """Let a window stay that the cancellation withdraws; the message that closes it knows of it."""
    done = _cancellation(stage)
    lost = tuple(told for told in done.told if told.window.machine == machine)
    if not lost:
        raise StageError(f"the cancellation withdraws no window of {machine}")
    told = tuple(other for other in done.told if other not in lost)
    stage.cancelled = replace(done, told=told, windows=(*done.windows, *(each.window for each in lost)))


def close_with(stage: Stage, withdrawn: str) -> None:
    """Let the message that closes the cancellation tell of so many windows."""
    stage.cancelled = replace(_cancellation(stage), withdrawn=int(withdrawn))


def _cancellation(stage: Stage) -> Cancellation:
    if stage.cancelled is None:
        raise StageError("the week is not cancelled")
    return stage.cancelled


def _told(stage: Stage, windows: Iterable[Window]) -> tuple[Told, ...]:
    records = stage.planned_from
    return tuple(
        Told(
            window=window,
            customer=records.by_name[window.machine].customer,
            affects=frozenset(guest.name for guest in records.guests.get(window.machine, ())),
        )
        for window in windows
    )


def _notice(stage: Stage, state: NoticeState, contact: str, customer: str, at: str) -> Notice:
    if contact not in stage.customer(customer).contacts:
        raise StageError(f"{contact} is no contact of {customer}")
    return Notice(customer=customer, contact=contact, revision=stage.plan.revision, state=state, at=instant(at))


def _become(stage: Stage, notice: Notice) -> None:
    forget_to_tell(stage, notice.contact, notice.customer)
    stage.notices.append(notice)
