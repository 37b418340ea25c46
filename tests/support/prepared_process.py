"""Processes of our services that start in a moment: forked from one that has imported everything.

Importing FastStream, SQLAlchemy and pydantic costs a service a second of processor time and more, and the tests start
hundreds. What is forked is a process like any other (signals, kills, exit codes, its own environment and files) and
runs the very `main` of the command. That the installed commands start by themselves is shown by the journeys.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

SERVICES: Final = ("inventory", "planner", "notifier", "auditor")

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    [f"mweek_{service}.{part}" for service in SERVICES for part in ("__main__", "bootstrap")]
)


class Running(Protocol):
    """A process, as `subprocess.Popen` and `PreparedProcess` have it in common."""

    @property
    def pid(self) -> int:
        """The process."""

    def poll(self) -> int | None:
        """Return the exit code, negative for the signal that ended it; None while it runs."""

    def wait(self, timeout: float) -> int:
        """Wait for the end and return the exit code; raises subprocess.TimeoutExpired while it still runs."""

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""


def start_process(
    module: str, arguments: Sequence[str], environment: Mapping[str, str], *, output: Path, errors: Path
) -> Running:
    """Start `python -m <module> <arguments>`; what it prints is appended to the files, which may be the same.

    Where the environment says that modules lie elsewhere (those of another release), what is imported here is of no
    use, and the process starts as any other.
    """
    if environment.get("PYTHONPATH") == os.environ.get("PYTHONPATH"):
        return PreparedProcess(module, arguments, environment, output=output, errors=errors)
    command = [sys.executable, "-m", module, *arguments]
    with output.open("ab") as out, errors.open("ab") as err:
        started: Running = subprocess.Popen(command, env=dict(environment), stdout=out, stderr=err)
    return started


class PreparedProcess:
    """`python -m <module> <arguments>` in a process of its own; it runs from the beginning."""

    def __init__(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], *, output: Path, errors: Path
    ) -> None:
        """Start it; what it prints is appended to the files, which may be the same."""
        # A daemon: one that a failed test leaves behind ends with the tests.
        self._process = _context.Process(
            target=_run, args=(module, list(arguments), dict(environment), output, errors), daemon=True
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process.pid
        return self._process.pid

    def poll(self) -> int | None:
        """Return the exit code, negative for the signal that ended it; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        """Wait for the end and return the exit code.

        Raises:
            subprocess.TimeoutExpired: it still runs.
        """
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


def _run(module: str, arguments: Sequence[str], environment: Mapping[str, str], output: Path, errors: Path) -> None:
    for number, path in ((1, output), (2, errors)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(file, number)
        os.close(file)
    sys.stdout = os.fdopen(1, "w", buffering=1, encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", closefd=False)
    os.environ.clear()
    os.environ.update(environment)
    sys.exit(importlib.import_module(f"{module}.__main__").main(arguments))
