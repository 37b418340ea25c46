"""The shape of a week: ordered phases with quotas over selectors. Shares are basis points (1 % = 100)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from mweek_planner.domain.selector import Selector

BASIS_POINTS = 10_000


class QuotaKind(StrEnum):
    """How many machines of its selector an entry takes; what each means stands in docs/planning.md."""

    ALL = "all"
    REMAINDER = "remainder"
    COUNT = "count"
    SHARE = "share"
    AT_MOST = "at-most"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Quota:
    """A kind with its number: machines for `count`, basis points for `share`, `at_most` and `sample`, else 0."""

    kind: QuotaKind
    amount: int = 0

    @property
    def bounded(self) -> bool:
        """Whether there is a number that must not be exceeded."""
        return self.kind not in (QuotaKind.ALL, QuotaKind.REMAINDER)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a phase."""

    selector: Selector
    quota: Quota
    prefer_untested: bool = False


@dataclass(frozen=True, slots=True)
class PatternPhase:
    """One step of the week; `opens` counts from Monday 00:00 UTC."""

    name: str
    opens: timedelta
    lasts: timedelta
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """The phases, in order and apart; `remainder` names the one that takes whatever no entry takes."""

    name: str
    phases: tuple[PatternPhase, ...]
    remainder: str | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries of the week, phase by phase."""
        return tuple(entry for phase in self.phases for entry in phase.entries)
