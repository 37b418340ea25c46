"""Asks the executables of activities.d what is to be done: `<activity> estimate` prints JSON, or nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from mweek_contracts.reading import problems_of
from mweek_contracts.request_codes import ActivityKind
from mweek_contracts.requests import Activity
from pydantic import ValidationError

from mweek.agent.interfaces import AgentClock
from mweek.agent.processes import Processes, Program
from mweek.agent.tasks import REBOOT_REQUIRED, Task

Complain = Callable[[str, str], None]
"""Gets a file and what is wrong with it."""

ESTIMATE_TIME: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Where reasons for a window are looked for."""

    activities: Path
    """A directory of executables."""
    reboot_required: tuple[Path, ...]
    """Files whose existence asks for a reboot."""
    reboot_minutes: int
    """What such a reboot is estimated at."""


class Activities:
    """Finds what is to be done. What cannot say whether it is, is complained about and taken for what it was."""

    def __init__(self, reasons: Reasons, processes: Processes, clock: AgentClock, complain: Complain) -> None:
        """Ask nothing yet."""
        self._reasons = reasons
        self._processes = processes
        self._clock = clock
        self._complain = complain

    async def find(self, known: Mapping[str, Task]) -> tuple[Task, ...]:
        """Return what is to be done, in the order of the files' names, a required reboot last.

        Args:
            known: what was found before, which stands where an activity cannot be asked now.
        """
        found: list[Task] = []
        for path in executables(self._reasons.activities, self._complain):
            try:
                task = await self._ask(path)
            except UnusableActivityError as error:
                self._complain(str(path), str(error))
                task = known.get(path.name)
            if task is not None:
                found.append(task)
        if any(path.exists() for path in self._reasons.reboot_required):
            minutes = self._reasons.reboot_minutes
            reboot = Activity(name="Reboot required", kind=ActivityKind.REBOOT, estimated_minutes=minutes)
            found.append(Task(key=REBOOT_REQUIRED, activity=reboot))
        return tuple(found)

    async def _ask(self, path: Path) -> Task | None:
        until = self._clock.now() + ESTIMATE_TIME
        ended, output = await self._processes.output(Program((str(path), "estimate")), lambda: until)
        if ended.code != 0:
            raise UnusableActivityError(f"estimate: exit code {ended.code}: {ended.text}")
        if not output.strip():
            return None
        return Task(key=path.name, activity=read_estimate(output))


class UnusableActivityError(Exception):
    """An activity does not say what it is; the text says what is wrong, and where."""


def read_estimate(output: bytes) -> Activity:
    """Return what an activity says of itself; raises UnusableActivityError with the fields that are wrong."""
    try:
        return Activity.model_validate_json(output, extra="forbid")
    except ValidationError as error:
        wrong = "; ".join(f"{one.place}: {one.text}" if one.place else one.text for one in problems_of(error))
        raise UnusableActivityError(f"estimate: {wrong}") from None


def executables(folder: Path, complain: Complain) -> Iterator[Path]:
    """Yield the executable files of a directory by name; a directory that is not there has none.

    Hidden files, backups of editors and what is not executable are passed over. A file that everybody may write is
    complained about and not run: the agent is root.
    """
    try:
        paths = sorted(folder.iterdir())
    except FileNotFoundError:
        return
    for path in paths:
        if path.name.startswith(".") or path.name.endswith(("~", ".bak", ".dpkg-dist", ".rpmnew")):
            continue
        if not path.is_file() or not os.access(path, os.X_OK):
            continue
        if path.stat().st_mode & stat.S_IWOTH:
            complain(str(path), "is not run: everybody may write it (chmod o-w)")
            continue
        yield path
