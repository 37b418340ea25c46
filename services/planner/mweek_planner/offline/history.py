"""How often machines were early in past weeks, from plans that `mweek-planner plan --json` printed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from mweek_contracts.documents import DocumentError, DocumentProblem
from mweek_contracts.fields import Token, Week
from mweek_contracts.message import Value
from mweek_contracts.reading import problems_of
from mweek_contracts.weeks import week_starts_at
from pydantic import ValidationError

from mweek_planner.domain.fairness import early_phases


class _PastPhase(Value):
    name: Token


class _PastWindow(Value):
    machine: Token
    phase: Token


class _PastPlan(Value):
    """What history needs of a plan; whatever else it says is ignored."""

    location: Token
    week: Week
    phases: tuple[_PastPhase, ...]
    assignments: tuple[_PastWindow, ...]


def read_history(path: Path, *, location: str, before: str) -> Mapping[str, int]:
    """Return how often each machine was early; absent: never.

    The file has one plan or several, one after the other (JSON Lines too). Where a week comes twice, its last plan
    counts.

    Args:
        location: whose plans they must be.
        before: the week that is planned; those of the file must be earlier.

    Raises:
        DocumentError: the file cannot be read, or something in it is no such plan.
    """
    early: dict[str, list[str]] = {}
    for line, text in _documents(path):
        past = _past_plan(path, line, text)
        if past.location != location:
            raise _error(path, line, "location", f"is a plan of {past.location}, not of {location}")
        if week_starts_at(past.week) >= week_starts_at(before):
            raise _error(path, line, "week", f"is a plan of {past.week}, which is not before {before}")
        phases = early_phases([phase.name for phase in past.phases])
        early[past.week] = [window.machine for window in past.assignments if window.phase in phases]
    return Counter(machine for machines in early.values() for machine in machines)


def _past_plan(path: Path, line: int, text: str) -> _PastPlan:
    try:
        return _PastPlan.model_validate_json(text)
    except ValidationError as error:
        problems = (DocumentProblem(str(path), line, problem.place, problem.text) for problem in problems_of(error))
        raise DocumentError(problems) from None


def _documents(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line that each document begins on, and its text."""
    text = _text(path)
    decoder, start = json.JSONDecoder(), 0
    while rest := text[start:].lstrip():
        start = len(text) - len(rest)
        line = text.count("\n", 0, start) + 1
        try:
            _, end = decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            raise _error(path, error.lineno, "", f"is not JSON: {error.msg} (column {error.colno})") from None
        except (RecursionError, ValueError) as error:
            raise _error(path, line, "", f"is not JSON: {error}") from None
        yield line, text[start:end]
        start = end


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _error(path, None, "", f"is not UTF-8: {error.reason} at byte {error.start}") from None
    except OSError as error:
        raise _error(path, None, "", f"cannot be read: {error.strerror}") from None


def _error(path: Path, line: int | None, field: str, text: str) -> DocumentError:
    return DocumentError([DocumentProblem(str(path), line, field, text)])
