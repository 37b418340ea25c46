"""The shape of a week as the audit needs it: phases with instants, entries with integer quotas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mweek_auditor.domain.fleet import Machine

BASIS_POINTS = 10_000


class Quota(StrEnum):
    """How many machines an entry takes; the value is what the pattern calls it."""

    ALL = "all"
    REMAINDER = "remainder"
    COUNT = "count"
    SHARE = "share"
    AT_MOST = "at_most"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Which machines an entry is about; None matches every machine."""

    role: tuple[str, ...] | None = None
    environment: tuple[str, ...] | None = None
    kind: tuple[str, ...] | None = None
    customer: tuple[str, ...] | None = None
    profile: tuple[str, ...] | None = None
    tested: bool | None = None
    labels: tuple[tuple[str, str], ...] = ()

    def selects(self, machine: Machine, *, tested: bool | None) -> bool:
        """Return whether all given fields match.

        Args:
            tested: whether the machine's customer is tested; None for the operator's own machines, which match
                neither value.
        """
        return (
            (self.role is None or machine.role in self.role)
            and (self.environment is None or machine.environment in self.environment)
            and (self.kind is None or machine.kind in self.kind)
            and (self.customer is None or machine.customer in self.customer)
            and (self.profile is None or machine.profile in self.profile)
            and (self.tested is None or self.tested is tested)
            and all(label in machine.labels for label in self.labels)
        )

    def __str__(self) -> str:
        """Return it in words: `role customer, environment test`."""
        fields = (
            ("role", self.role),
            ("environment", self.environment),
            ("kind", self.kind),
            ("customer", self.customer),
            ("profile", self.profile),
        )
        parts = [f"{name} {' or '.join(values)}" for name, values in fields if values is not None]
        if self.tested is not None:
            parts.append("a tested customer" if self.tested else "an untested customer")
        parts += [f"label {key} {value}" for key, value in self.labels]
        return ", ".join(parts) or "any attributes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a phase. `amount` is a number of machines for `count`, basis points for the shares, else 0."""

    select: Selector
    quota: Quota
    amount: int = 0

    @property
    def is_bounded(self) -> bool:
        """Whether it takes a number of machines, not all of them."""
        return self.quota not in (Quota.ALL, Quota.REMAINDER)

    def __str__(self) -> str:
        """Return the quota in words: `share 30%`."""
        if self.quota is Quota.COUNT:
            return f"count {self.amount}"
        if not self.is_bounded:
            return f"take {self.quota}"
        whole, hundredths = divmod(self.amount, 100)
        percent = f"{whole}.{hundredths:02d}".rstrip("0") if hundredths else str(whole)
        return f"{self.quota.replace('_', ' ')} {percent}%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One step of the week, `[opens_at, closes_at)`."""

    name: str
    opens_at: datetime
    closes_at: datetime
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """The phases of one week in order; `remainder` is the index of the declared remainder phase."""

    name: str
    phases: tuple[Phase, ...]
    remainder: int | None = None

    def phase_named(self, name: str) -> tuple[int, Phase] | None:
        """Return index and phase of that name, or None."""
        for index, phase in enumerate(self.phases):
            if phase.name == name:
                return index, phase
        return None
