"""Decides what comes next in a window: enter, drain, run, reboot, check, leave. Pure.

Nothing disruptive begins without a lease that is alive, whatever was written before; and every way ends in leaving.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mweek_contracts.request_codes import ActivityKind
from mweek_contracts.requests import EnterWindowV1

from mweek.agent.farewell import farewell
from mweek.agent.habits import Habits
from mweek.agent.state import Stage, Stay
from mweek.agent.steps import Check, Drain, Enter, Leave, Reboot, Run, Step, Wait
from mweek.agent.tasks import SETTLED, Progress, TaskRun

OUT_OF_LEASE = "the lease was over before the work was"


def next_in_window(stay: Stay, now: datetime, boot_id: str, habits: Habits) -> tuple[Stay, Step]:
    """Return what to do, and the stay to write to disk before it is done."""
    if (
        stay.retry_at is not None
        and stay.retry_at > now
        and (stay.stage in (Stage.ENTERING, Stage.LEAVING) or stay.alive(now))
    ):
        return stay, Wait(stay.retry_at, f"to try again, {stay.stage}")
    match stay.stage:
        case Stage.ENTERING:
            return stay, Enter(_entering(stay, habits))
        case Stage.DRAINING:
            return _draining(stay, now, boot_id, habits)
        case Stage.WORKING:
            return _working(_settled(stay, boot_id), now, boot_id, habits)
        case Stage.REBOOTING:
            return _rebooting(stay, now, boot_id, habits)
        case Stage.CHECKING:
            return _checking(stay, now, habits)
        case Stage.LEAVING:
            assert stay.leaving is not None
            return stay, Leave(stay.leaving)


def with_run(stay: Stay, number: int, **changes: object) -> Stay:
    """Return the stay with one run changed."""
    runs = list(stay.runs)
    runs[number] = runs[number].model_copy(update=changes)
    return stay.model_copy(update={"runs": tuple(runs)})


def _entering(stay: Stay, habits: Habits) -> EnterWindowV1:
    return EnterWindowV1(
        request_id=stay.enter_id,
        location=habits.location,
        machine=habits.machine,
        window_id=stay.window.window_id,
        revision=stay.window.revision,
    )


def _draining(stay: Stay, now: datetime, boot_id: str, habits: Habits) -> tuple[Stay, Step]:
    if stay.runs and not stay.alive(now):
        return _checking(_troubled(stay, stay.lost or OUT_OF_LEASE), now, habits)
    if stay.runs and stay.postponed is not None and not _fits(stay, _work(stay), now):
        # It has said 75 for as long as there was time.
        return _checking(stay, now, habits)
    if not stay.runs:
        return _checking(stay, now, habits)
    down_since = stay.down_since or now
    return stay.model_copy(update={"down_since": down_since, "boot_id": boot_id, "postponed": None}), Drain()


def _working(stay: Stay, now: datetime, boot_id: str, habits: Habits) -> tuple[Stay, Step]:
    for number, run in enumerate(stay.runs):
        if run.progress in SETTLED:
            continue
        if stay.trouble is not None:
            break
        if not stay.alive(now):
            return _checking(_troubled(stay, stay.lost or OUT_OF_LEASE), now, habits)
        if not _fits(stay, run.task.activity.estimated_minutes, now):
            stay = _out_of_time(stay, number, run)
            continue
        begun = with_run(stay, number, progress=Progress.RUNNING, tries=run.tries + 1)
        return begun.model_copy(update={"boot_id": boot_id, "retry_at": None}), Run(run.task, number)
    rebooted = stay.rebooted or boot_id != stay.boot_id  # by itself, since the last task began: once is enough
    if stay.trouble is None and not rebooted and any(map(_wants_reboot, stay.runs)):
        return _rebooting(_at(stay, Stage.REBOOTING), now, boot_id, habits)
    return _checking(stay, now, habits)


def _rebooting(stay: Stay, now: datetime, boot_id: str, habits: Habits) -> tuple[Stay, Step]:
    if stay.rebooting_at is None:
        if not stay.alive(now):
            return _checking(_troubled(stay, stay.lost or OUT_OF_LEASE), now, habits)
        if not _fits(stay, habits.reboot_minutes, now):
            return _checking(_troubled(stay, "no time was left for the reboot"), now, habits)
        return stay.model_copy(update={"rebooting_at": now, "boot_id": boot_id}), Reboot()
    if boot_id != stay.boot_id:
        return _checking(stay.model_copy(update={"rebooted": True}), now, habits)
    latest = stay.rebooting_at + habits.reboot_patience
    if stay.trouble is not None or now >= latest:
        return _checking(_troubled(stay, "the machine was told to reboot and did not"), now, habits)
    return stay, Wait(latest, "for the reboot")


def _checking(stay: Stay, now: datetime, habits: Habits) -> tuple[Stay, Step]:
    """Check what was drained; what was never down needs no check."""
    if stay.down_since is not None:
        return _at(stay, Stage.CHECKING), Check()
    leaving = farewell(stay, now, habits)
    return _at(stay, Stage.LEAVING).model_copy(update={"leaving": leaving}), Leave(leaving)


def _settled(stay: Stay, boot_id: str) -> Stay:
    """Return the stay with what a process that is no more was running: it rebooted as it should, or was cut off.

    What was cut off is not run again: nobody knows how far it came.
    """
    for number, run in enumerate(stay.runs):
        if run.progress is not Progress.RUNNING:
            continue
        if boot_id != stay.boot_id and run.task.activity.kind is ActivityKind.REBOOT:
            stay = with_run(stay, number, progress=Progress.DONE).model_copy(update={"rebooted": True})
        else:
            stay = _troubled(
                with_run(stay, number, progress=Progress.FAILED), f"{run.task.activity.name} was interrupted"
            )
    return stay


def _out_of_time(stay: Stay, number: int, run: TaskRun) -> Stay:
    if run.progress is Progress.AGAIN:
        text = f"{run.task.activity.name} wanted to be tried again {run.tries} times, and then the time was over"
        return _troubled(with_run(stay, number, progress=Progress.FAILED), text)
    postponed = stay.postponed or f"no time was left for {run.task.activity.name}"
    return with_run(stay, number, progress=Progress.POSTPONED).model_copy(update={"postponed": postponed})


def _wants_reboot(run: TaskRun) -> bool:
    return run.progress is Progress.DONE and run.task.activity.kind is ActivityKind.REBOOT


def _work(stay: Stay) -> int:
    return sum(run.task.activity.estimated_minutes for run in stay.runs if run.progress not in SETTLED)


def _fits(stay: Stay, minutes: int, now: datetime) -> bool:
    return now + timedelta(minutes=minutes) <= stay.window.must_end_by


def _troubled(stay: Stay, text: str) -> Stay:
    return stay.model_copy(update={"trouble": stay.trouble or text})


def _at(stay: Stay, stage: Stage) -> Stay:
    return stay.model_copy(update={"stage": stage, "retry_at": None})
