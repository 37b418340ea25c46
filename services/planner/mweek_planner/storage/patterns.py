"""Patterns by name: those of a directory that an operator keeps, and those that come with the product."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mweek_contracts.documents import DocumentError, built_in_pattern, built_in_patterns, read_pattern
from mweek_contracts.events import Problem
from mweek_contracts.pattern import Pattern

from mweek_planner.interfaces import UnknownPattern


class PatternDirectory:
    """Reads a pattern when it is asked for, so that an operator's change needs no restart.

    An operator's file `<name>.yaml` goes before a pattern of the product with the same name. Implements
    `mweek_planner.interfaces.Patterns`.
    """

    def __init__(self, directory: Path | None) -> None:
        """Take the operator's directory; None: only what comes with the product."""
        self._directory = directory

    def find(self, name: str) -> Pattern | UnknownPattern:
        """Return the pattern of that name, a token; else what is wrong: no such name, or a file with problems."""
        if self._directory is not None and (file := self._directory / f"{name}.yaml").is_file():
            return _read(file)
        return built_in_pattern(name) or UnknownPattern(text=self._no_such(name))

    def _no_such(self, name: str) -> str:
        own = sorted(file.stem for file in self._directory.glob("*.yaml")) if self._directory else []
        known = ", ".join(sorted({*own, *built_in_patterns()}))
        return f"there is no pattern named {name}; this planner has {known}"


def _read(file: Path) -> Pattern | UnknownPattern:
    try:
        return read_pattern(file)
    except DocumentError as error:
        # By name alone: an administrator reads this on the bus, and need not know the planner's directories.
        named = [replace(problem, file=file.name) for problem in error.problems]
        problems = tuple(Problem(place=f"{p.file}:{p.line or 1}: {p.field}", text=p.text) for p in named)
        return UnknownPattern(text=f"the pattern {file.stem} cannot be used: {named[0]}", problems=problems)
