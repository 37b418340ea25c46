"""Runs a program of somebody else until it ends or its time is over: then it is ended, with all that it started."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from mweek.agent.interfaces import Ended

NOT_STARTED: Final = 126
"""What a shell says of a file that it cannot run."""
OVERTIME: Final = -int(signal.SIGKILL)
"""The code of what was ended, however it took that: it was not done in time."""

_LOOK_SECONDS: Final = 0.2
_GRACE_SECONDS: Final = 10.0
"""Between asking a program to end and ending it."""
_LAST_WORDS_SECONDS: Final = 1.0
"""A child that lives on keeps the pipe open; nobody waits for it."""
_LARGEST_OUTPUT: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Program:
    """What is to be run."""

    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Beside that of the agent."""

    @property
    def name(self) -> str:
        """The file's name, for what is said of it."""
        return os.path.basename(self.command[0])


class Processes:
    """Runs programs; what they say goes line by line to `hear`."""

    def __init__(
        self, now: Callable[[], datetime], hear: Callable[[str, str], None], *, grace: float = _GRACE_SECONDS
    ) -> None:
        """Run nothing yet; `hear` gets the program's name and a line."""
        self._now = now
        self._hear = hear
        self._grace = grace

    async def run(self, program: Program, limit: Callable[[], datetime]) -> Ended:
        """Return how a program ended, and the last line that it said; `limit` is asked again and again."""
        ended, _ = await self._run(program, limit, keep_output=False)
        return ended

    async def output(self, program: Program, limit: Callable[[], datetime]) -> tuple[Ended, bytes]:
        """Return how a program ended, and what it wrote to stdout, up to 64 KiB."""
        return await self._run(program, limit, keep_output=True)

    async def _run(self, program: Program, limit: Callable[[], datetime], *, keep_output: bool) -> tuple[Ended, bytes]:
        try:
            process = await _start(program)
        except OSError as error:
            return Ended(NOT_STARTED, f"{program.name} cannot be run: {error.strerror or error}"), b""
        assert process.stdout is not None
        assert process.stderr is not None
        said, kept = _Said(program.name, self._hear), bytearray()
        out, err = _Lines(said), _Lines(said)

        def keep(data: bytes) -> None:
            kept.extend(data[: _LARGEST_OUTPUT - len(kept)])

        reading = [
            asyncio.create_task(_read(process.stdout, keep if keep_output else out.take)),
            asyncio.create_task(_read(process.stderr, err.take)),
        ]
        ending = asyncio.create_task(process.wait())
        try:
            in_time = await self._wait(process, ending, limit)
            await asyncio.wait(reading, timeout=_LAST_WORDS_SECONDS)
        finally:
            for task in (*reading, ending):
                task.cancel()
            _end(process)
        out.end()
        err.end()
        assert process.returncode is not None
        if not in_time:
            return Ended(OVERTIME, f"{program.name} was not done in time and was ended"), b""
        return Ended(process.returncode, said.last or _plain(program.name, process.returncode)), bytes(kept)

    async def _wait(
        self, process: asyncio.subprocess.Process, ending: asyncio.Task[int], limit: Callable[[], datetime]
    ) -> bool:
        """Wait until a program has ended; False: it had to be ended.

        With `asyncio.wait`: `wait_for` can lose a cancellation, and then nobody could stop the agent. By the return
        code: `ending` also waits for the pipes, which a child may hold.
        """
        while process.returncode is None:
            latest = limit()  # before the present is looked at: it may be the present itself
            if self._now() >= latest:
                _signal(process.pid, signal.SIGTERM)
                await asyncio.wait({ending}, timeout=self._grace)
                _signal(process.pid, signal.SIGKILL)  # also what the program left behind in its group
                while process.returncode is None:
                    await asyncio.wait({ending}, timeout=_LOOK_SECONDS)
                return False
            await asyncio.wait({ending}, timeout=_LOOK_SECONDS)
        return True


async def _start(program: Program) -> asyncio.subprocess.Process:
    """Start a program in a group of its own; raises OSError.

    A cancellation waits until it has started: asyncio would end the program alone, wait for what that has started, and
    stand there for as long as this runs.
    """
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *program.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **program.environment},
            start_new_session=True,
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await asyncio.wait({starting})
        if starting.exception() is None:
            _end(starting.result())
        raise


def _end(process: asyncio.subprocess.Process) -> None:
    """End what still runs of a program, and let go of its pipes: a child that lives on would keep them."""
    if process.returncode is None:
        _signal(process.pid, signal.SIGKILL)
    process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001


class _Said:
    """What a program says, on whichever of its streams: told on, and the last of it kept."""

    def __init__(self, name: str, hear: Callable[[str, str], None]) -> None:
        self._name = name
        self._hear = hear
        self.last = ""

    def line(self, line: bytes) -> None:
        if text := line.decode(errors="replace").strip():
            self.last = text
            self._hear(self._name, text)


class _Lines:
    """Cuts one stream into lines: half a line of another must not come between."""

    def __init__(self, said: _Said) -> None:
        self._said = said
        self._rest = b""

    def take(self, data: bytes) -> None:
        *whole, self._rest = (self._rest + data).split(b"\n")
        for line in whole:
            self._said.line(line)
        if len(self._rest) > _LARGEST_OUTPUT:
            self.end()

    def end(self) -> None:
        self._said.line(self._rest)
        self._rest = b""


async def _read(stream: asyncio.StreamReader, take: Callable[[bytes], None]) -> None:
    while data := await stream.read(4096):
        take(data)


def _signal(pid: int, how: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, how)


def _plain(name: str, code: int) -> str:
    return f"{name} exited with {code}" if code >= 0 else f"{name} was ended by signal {-code}"
