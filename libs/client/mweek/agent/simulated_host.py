"""A machine that only says that it works: activities sleep for their estimate, hooks do nothing, reboots are naps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from mweek.agent.interfaces import AgentClock, Ended, Host, Limit
from mweek.agent.processes import OVERTIME
from mweek.agent.state import Stay
from mweek.agent.tasks import Task


class SimulatedHost:
    """Looks at the real machine and does nothing to it."""

    def __init__(self, real: Host, clock: AgentClock, *, speed: float, reboot_minutes: int) -> None:
        """Take what is to be done from the real machine; `speed` 60 makes a minute of an estimate a second."""
        self._real = real
        self._clock = clock
        self._speed = speed
        self._reboot_minutes = reboot_minutes
        self._reboots = 0
        self._done: set[str] = set()

    def boot_id(self) -> str:
        """Return the boot id, another one after each nap."""
        return f"{self._real.boot_id()}+{self._reboots}" if self._reboots else self._real.boot_id()

    async def find(self, known: Mapping[str, Task]) -> tuple[Task, ...]:
        """Return what the real machine has to do and this one has not done yet."""
        return tuple(task for task in await self._real.find(known) if task.key not in self._done)

    async def drain(self, stay: Stay, limit: Limit) -> Ended:
        """Say that the machine is out of service."""
        return Ended(0, "")

    async def run(self, task: Task, stay: Stay, limit: Limit) -> Ended:
        """Sleep for the estimate, or until the limit."""
        until = self._clock.now() + timedelta(minutes=task.activity.estimated_minutes) / self._speed
        while (left := min(until, limit()) - self._clock.now()) > timedelta(0):
            await self._clock.sleep(min(left, timedelta(minutes=1)))
        if self._clock.now() < until:
            return Ended(OVERTIME, f"{task.key} was not done in time and was ended")
        self._done.add(task.key)
        return Ended(0, f"{task.key} would be done")

    async def check(self, stay: Stay) -> str | None:
        """Say that the machine is well."""
        return None

    async def reboot(self) -> Ended:
        """Sleep instead."""
        await self._clock.sleep(timedelta(minutes=self._reboot_minutes) / self._speed)
        self._reboots += 1
        return Ended(0, "")

    def facts(self) -> Mapping[str, str]:
        """Say that nothing was done."""
        return {**self._real.facts(), "simulated": "yes"}
