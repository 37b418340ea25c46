"""One process of the house: started with its log, ended by its own id, and never left behind."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mweek_local.errors import HouseError

ENDING_SECONDS = 15.0
"""How long a process may take to finish what it is doing once told to end."""

_PR_SET_PDEATHSIG = 1
_ROTATE_AT_BYTES = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to start: a name for people, the command, its whole environment, and where its output goes."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path


class Child:
    """A running process, or one that can be started again."""

    def __init__(self, program: Program) -> None:
        """Start nothing yet."""
        self.program = program
        self._process: Process | None = None
        self._log_from = 0

    @property
    def pid(self) -> int:
        """The process id of the last start."""
        return self._started().pid

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the process, in a session of its own so that the terminal's Ctrl-C reaches only the house."""
        log = self.program.log
        _rotate(log)
        self._log_from = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self.program.command,
                env=dict(self.program.environment),
                stdin=DEVNULL,
                stdout=output,
                stderr=STDOUT,
                start_new_session=True,
                preexec_fn=leash(),
            )

    async def ended(self) -> int:
        """Wait until the process has ended and return its exit code; negative is the signal that ended it."""
        return await self._started().wait()

    async def stop(self, seconds: float = ENDING_SECONDS) -> bool:
        """Ask the process to end, and end it after so many seconds; return whether it ended by itself."""
        if not self.running:
            return True
        process = self._started()
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), seconds)
        except TimeoutError:
            process.kill()
            await process.wait()
            return False
        return True

    def last_lines(self, count: int = 12) -> str:
        """Return the last lines that the process has written since it was started."""
        if not self.program.log.exists():
            return ""
        with self.program.log.open("rb") as log:
            log.seek(self._log_from)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-count:])

    def _started(self) -> Process:
        if self._process is None:
            raise HouseError(f"{self.program.name} was never started")
        return self._process


def _rotate(log: Path) -> None:
    """Move a log that has grown large out of the way, replacing the one before."""
    if log.exists() and log.stat().st_size > _ROTATE_AT_BYTES:
        log.replace(log.with_suffix(".log.1"))


def leash() -> Callable[[], None] | None:
    """Return what a new process does first so that the kernel ends it when the house is killed without a chance to.

    Only Linux offers this. SIGKILL, since nothing can be asked of anybody then; all stores are made for it.
    """
    if sys.platform != "linux":
        return None
    prctl, house = ctypes.CDLL(None).prctl, os.getpid()

    def tie_to_house() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != house:
            os._exit(1)  # the house died between the fork and the line above

    return tie_to_house
