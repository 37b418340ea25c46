"""What a running process has used so far, as the kernel counts it; Linux only."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Use:
    """CPU seconds, user and system, of all threads; the largest resident set since the start or since `forget_peak`."""

    cpu_seconds: float
    peak_mib: float

    def since(self, before: Use) -> Use:
        """Return what was used after `before`; the peak is the later one."""
        return Use(self.cpu_seconds - before.cpu_seconds, self.peak_mib)


def use_of(pid: int) -> Use:
    """Return what a process has used."""
    # After the name, which may hold blanks and parentheses: state is the first field, utime the twelfth.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert peak, f"process {pid} has ended"
    return Use((int(fields[11]) + int(fields[12])) / _TICKS, int(peak[1]) / 1024)


def uses_of(pids: Mapping[str, int]) -> dict[str, Use]:
    """Return what processes have used, by name."""
    return {name: use_of(pid) for name, pid in pids.items()}


def forget_peak(pid: int) -> None:
    """Let the peak of a process begin anew with what it holds now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
