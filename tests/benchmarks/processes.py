"""Runs commands and says what they cost: CPU seconds of the process and its children, and its largest resident set."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

MEBIBYTE = 2**20

SLOWING = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONDEVMODE", "PYTHONPROFILEIMPORTTIME")
"""Variables of whoever runs this: an installed command is compiled once, and so is what is measured here."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a command took, or the middle of several."""

    cpu_seconds: float
    peak_mebibytes: float


def run(command: Sequence[str | Path], *, out: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command with its output in a file.

    Raises:
        RuntimeError: it fails.
    """
    with out.open("wb") as stdout:
        process = subprocess.Popen(
            list(map(str, command)), stdout=stdout, stderr=subprocess.PIPE, env=_environment(environment or {})
        )
        assert process.stderr is not None
        complaints = process.stderr.read()
        # Not Popen.wait: it throws away what the kernel says of the process.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
    if process.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {process.returncode}: {complaints.decode()[-2_000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / MEBIBYTE)


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in SLOWING} | dict(more)


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure."""
    return Cost(median(c.cpu_seconds for c in costs), median(c.peak_mebibytes for c in costs))
