"""The real machine: activities and hooks as programs, its own reboot, its boot id."""

from __future__ import annotations

import platform
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from mweek.agent.activities import Activities, Complain, executables
from mweek.agent.interfaces import AgentClock, Ended, Limit
from mweek.agent.learning import AGAIN
from mweek.agent.processes import Processes, Program
from mweek.agent.state import Stay
from mweek.agent.tasks import REBOOT_REQUIRED, Task

_AGAIN_AFTER: Final = timedelta(seconds=5)
"""Between two looks at a machine that comes back."""
_REBOOT_COMMAND_TIME: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the machine is made of, for the agent."""

    activities: Path
    drain: Path
    health: Path
    boot_id: Path
    reboot_command: str
    hook_time: timedelta
    """The longest that one hook takes; one that checks health may say 75 for so long."""


class MachineHost:
    """Runs what lies in the directories of the machine."""

    def __init__(
        self,
        around: Surroundings,
        activities: Activities,
        processes: Processes,
        clock: AgentClock,
        complain: Complain,
    ) -> None:
        """Run nothing yet."""
        self._around = around
        self._activities = activities
        self._processes = processes
        self._clock = clock
        self._complain = complain

    def boot_id(self) -> str:
        """Return the kernel's boot id."""
        return self._around.boot_id.read_text(encoding="ascii").strip()

    async def find(self, known: Mapping[str, Task]) -> tuple[Task, ...]:
        """Ask everything that may need a window whether it does."""
        return await self._activities.find(known)

    async def drain(self, stay: Stay, limit: Limit) -> Ended:
        """Run the hooks of drain.d in order; the first that does not exit with 0 is the last one."""
        for path in executables(self._around.drain, self._complain):
            latest = self._clock.now() + self._around.hook_time
            hook = Program((str(path), "drain"), _environment(stay))
            ended = await self._processes.run(hook, lambda latest=latest: min(latest, limit()))  # type: ignore[misc]
            if ended.code != 0:
                return ended
        return Ended(0, "")

    async def run(self, task: Task, stay: Stay, limit: Limit) -> Ended:
        """Run an activity; a required reboot is done when all others are."""
        if task.key == REBOOT_REQUIRED:
            return Ended(0, "")
        program = Program((str(self._around.activities / task.key), "run"), _environment(stay))
        return await self._processes.run(program, limit)

    async def check(self, stay: Stay) -> str | None:
        """Run all hooks of health.d, each with its own time: the machine must come back whatever the hour.

        Returns what the first one said that did not exit with 0.
        """
        troubles = [
            f"{path.name}: {ended.text}"
            for path in executables(self._around.health, self._complain)
            if (ended := await self._health(path, stay)).code != 0
        ]
        return troubles[0] if troubles else None

    async def reboot(self) -> Ended:
        """Run the command that reboots."""
        until = self._clock.now() + _REBOOT_COMMAND_TIME
        return await self._processes.run(Program(tuple(shlex.split(self._around.reboot_command))), lambda: until)

    def facts(self) -> Mapping[str, str]:
        """Return the release of the kernel that runs."""
        return {"kernel": platform.release()}

    async def _health(self, path: Path, stay: Stay) -> Ended:
        latest = self._clock.now() + self._around.hook_time
        while True:
            ended = await self._processes.run(Program((str(path), "health"), _environment(stay)), lambda: latest)
            if ended.code != AGAIN or self._clock.now() + _AGAIN_AFTER >= latest:
                return ended
            await self._clock.sleep(_AGAIN_AFTER)


def _environment(stay: Stay) -> Mapping[str, str]:
    """Return what programs are told of the window."""
    must_end_by = f"{stay.window.must_end_by:%Y-%m-%dT%H:%M:%SZ}"
    told = {"MWEEK_WINDOW_ID": stay.window.window_id, "MWEEK_MUST_END_BY": must_end_by}
    return {**told, "MWEEK_WEEK": stay.window.week or "", "MWEEK_TROUBLE": stay.trouble or ""}
