"""What is wrong with a document, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mweek_contracts.strictness import Place, render_place

MOST_SHOWN: Final = 100
"""Nobody reads further in one go; `DocumentError.problems` has all of them."""


@dataclass(frozen=True, slots=True)
class DocumentProblem:
    """One thing that is wrong; `line` counts from 1 and is None where it is about the file as a whole."""

    file: str
    line: int | None
    field: str
    text: str

    def __str__(self) -> str:
        """Return it as editors and people read it: `fleet.yaml:17: machines[3].downtime_minutes: is …`."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (where, self.field, self.text) if part)


class DocumentError(ValueError):
    """A document cannot be used. `problems` has everything that is wrong with it, in the order of its lines."""

    def __init__(self, problems: Iterable[DocumentProblem]) -> None:
        """Sort the problems by line."""
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.line or 0)))
        lines = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if len(self.problems) > MOST_SHOWN:
            lines.append(f"… and {len(self.problems) - MOST_SHOWN:,} more")
        super().__init__("\n".join(lines))


class ProblemLog:
    """Collects what is wrong with one file while it is read."""

    def __init__(self, file: str) -> None:
        """Start without problems."""
        self._file = file
        self._problems: list[DocumentProblem] = []

    def add(self, text: str, *, line: int | None = None, place: Place = (), field: str | None = None) -> None:
        """Remember a problem; `field` is the rendered place where the format has its own way to name one."""
        rendered = render_place(place) if field is None else field
        self._problems.append(DocumentProblem(self._file, line, rendered, text))

    def error(self) -> DocumentError:
        """Return all problems so far as an error."""
        return DocumentError(self._problems)

    def raise_if_any(self) -> None:
        """Raise what was collected.

        Raises:
            DocumentError: at least one problem was added.
        """
        if self._problems:
            raise self.error()
