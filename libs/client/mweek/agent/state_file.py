"""The state on disk: whole or as it was before, whatever dies; and the lock that lets one agent at a time have it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mweek_contracts.reading import problems_of
from pydantic import ValidationError

from mweek.agent.state import State
from mweek.errors import ClientError

_NAME = "state.json"
_LOCK = "lock"


class UnusableStateError(ClientError):
    """The state cannot be read or kept; nothing is done without it."""


class AnotherAgentError(ClientError):
    """Another agent has the state now."""


class StateFile:
    """`state.json` in a directory of the agent's own."""

    def __init__(self, folder: Path, *, location: str, machine: str) -> None:
        """Keep the state of one machine in `folder`."""
        self._folder = folder
        self._who = (location, machine)

    @property
    def path(self) -> Path:
        """The file."""
        return self._folder / _NAME

    def load(self) -> State | None:
        """Return the state; None where there is none yet.

        Raises:
            UnusableStateError: it is not one of this machine, or of a version that is not known.
        """
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnusableStateError(f"{self.path}: cannot be read: {error.strerror}") from None
        try:
            state = State.model_validate_json(text)
        except ValidationError as error:
            wrong = "; ".join(f"{one.place}: {one.text}" if one.place else one.text for one in problems_of(error))
            raise UnusableStateError(
                f"{self.path}: {wrong}. Move it away to begin anew; a window that the machine is in is left as failed"
            ) from None
        if (state.location, state.machine) != self._who:
            mine = "/".join(self._who)
            raise UnusableStateError(
                f"{self.path}: is of {state.location}/{state.machine}, and this is {mine}: was the machine cloned? "
                "Remove it to begin anew"
            )
        return state

    def save(self, state: State) -> None:
        """Return once the state is on disk; raises UnusableStateError when it cannot be."""
        beside = self._folder / f"{_NAME}.new"
        try:
            with beside.open("wb") as file:
                file.write(state.model_dump_json(indent=1).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
            _sync_folder(self._folder)
        except OSError as error:
            raise UnusableStateError(f"{self.path}: cannot be written: {error.strerror}") from None


@contextmanager
def only_agent(folder: Path) -> Iterator[None]:
    """Be the only agent on a state directory, which is created where it is not there.

    Raises:
        AnotherAgentError: there is another one.
        UnusableStateError: the directory cannot be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UnusableStateError(f"{folder}: cannot be used: {error.strerror}; give another --state-dir") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise AnotherAgentError(f"{folder}: another agent is at work") from None
    try:
        yield
    finally:
        os.close(file)


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
