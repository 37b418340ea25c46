"""What one benchmark has measured, as a section of docs/benchmarks.md writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal with what was measured; `met` is computed by the benchmark, never written by hand."""

    text: str
    measured: str
    met: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a head."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Section:
    """All that one benchmark measured in one run."""

    name: str
    tables: Sequence[Table]
    goals: Sequence[Goal]

    def markdown(self) -> str:
        """Return the section's tables, goals first."""
        goals = Table(
            "Goals", ("goal", "measured", ""), [(g.text, g.measured, "met" if g.met else "missed") for g in self.goals]
        )
        return "\n\n".join(_markdown(table) for table in (goals, *self.tables))


def _markdown(table: Table) -> str:
    lines = (table.head, ["---"] * len(table.head), *table.rows)
    return "\n".join((f"**{table.title}**", "", *(f"| {' | '.join(cells)} |" for cells in lines)))
