"""What is to be done on the machine, and how far it has come. Values only."""

from __future__ import annotations

from enum import StrEnum

from mweek_contracts.message import Value
from mweek_contracts.requests import Activity

REBOOT_REQUIRED = "/reboot-required"
"""The key of the one task that no file of activities.d stands for, nor can: a reboot that something else asked for."""


class Progress(StrEnum):
    """How far a task has come in the window that the machine is in."""

    WAITING = "waiting"
    RUNNING = "running"
    """Written to disk before it begins: found there by a new process, it was interrupted."""
    AGAIN = "again"
    """It said that it wants to be tried again (exit 75)."""
    DONE = "done"
    FAILED = "failed"
    POSTPONED = "postponed"
    """It said that now is no good time (exit 69), or the window left none for it."""


SETTLED = frozenset({Progress.DONE, Progress.FAILED, Progress.POSTPONED})


class Task(Value):
    """One reason for a window: an executable of activities.d that has something to do, or a required reboot."""

    key: str
    """The name of the file, whatever the activity calls itself today."""
    activity: Activity


class TaskRun(Value):
    """A task in the window that the machine is in."""

    task: Task
    progress: Progress = Progress.WAITING
    tries: int = 0
