"""Asks CP-SAT for the best week that there is, in a process of its own whose CPU seconds the system counts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.decision import Decision

WORKERS: Final = 8
ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Found:
    """What CP-SAT found for one goal: `value` None when no week was found in time."""

    status: str
    bound: float
    value: float | None

    @property
    def is_proven(self) -> bool:
        """Whether no week is better."""
        return self.status == "OPTIMAL"


@dataclass(frozen=True, slots=True)
class Optimum:
    """The fewest conflicts, the least of what was asked besides, and what they cost.

    `cpu_seconds` are those of building and solving the model, on all threads; `process_cpu_seconds` have the
    interpreter and its imports too.
    """

    conflicts: Found
    besides: Found
    cpu_seconds: float
    process_cpu_seconds: float
    peak_mib: float


def ask(made: Decision, *, formulation: str, besides: str, cpu_seconds: float) -> Optimum:
    """Return the best week; CP-SAT is given at most so many CPU seconds.

    Args:
        formulation: `plain`, `by-machine` or `by-kind`.
        besides: `deviation`, the sum over all customers, or `off`, how many are neither at floor nor ceiling.
    """
    question = _question(made) | {"formulation": formulation, "besides": besides, "cpu_seconds": cpu_seconds}
    with tempfile.TemporaryFile("w+") as asked, tempfile.TemporaryFile("w+") as answered:
        json.dump(question, asked)
        asked.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.cpsat"], cwd=ROOT, stdin=asked, stdout=answered
        )
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise RuntimeError(f"CP-SAT ended with {child.returncode}")
        answered.seek(0)
        answer: dict[str, Any] = json.load(answered)
    return Optimum(
        conflicts=_found(answer["conflicts"]),
        besides=_found(answer.get("besides")),
        cpu_seconds=answer["cpu_seconds"],
        process_cpu_seconds=used.ru_utime + used.ru_stime,
        peak_mib=used.ru_maxrss / 1024,
    )


def _question(made: Decision) -> dict[str, Any]:
    owner_of = {choice.name: choice.owner for choice in made.choices}
    entries = [
        {
            "phase": entry.phase,
            "target": entry.target,
            "by_share": entry.by_share,
            "weights": Counter(owner_of[name] for name in entry.population),
        }
        for entry in made.entries
    ]
    open_ones = [choice for choice in made.choices if len(choice.entries) > 1 or choice.group]
    machines = [(choice.owner, choice.group, choice.entries) for choice in open_ones]
    return {"entries": entries, "machines": machines, "workers": WORKERS}


def _found(answer: dict[str, Any] | None) -> Found:
    return (
        Found("not reached", 0, None)
        if answer is None
        else Found(answer["status"], answer["bound"], answer.get("value"))
    )
