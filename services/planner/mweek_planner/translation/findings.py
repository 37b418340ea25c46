"""What the auditor found, as far as planning again can repair it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from mweek_contracts.events import AuditFailedV1, FindingCode

REPAIRABLE: Final = frozenset({FindingCode.NO_WINDOW, FindingCode.RETIRED_MACHINE, FindingCode.UNKNOWN_MACHINE})
"""Machines that came or went since the week was planned. What else is wrong needs a person."""


@dataclass(frozen=True, slots=True)
class Repair:
    """The repairable findings of an audit of a week: (code, machine), sorted, each once."""

    week: str
    findings: tuple[tuple[str, str], ...]

    def key(self, inventory_fingerprint: str) -> str:
        """Return a text that stands for just these findings in just this inventory."""
        return hashlib.sha256(repr((self.findings, inventory_fingerprint)).encode()).hexdigest()


def repairable(event: AuditFailedV1) -> Repair | None:
    """Return what planning again can repair; None for a preview, requested windows, or where it can repair nothing."""
    if event.week is None or event.preview:
        return None
    found = {(f.code.value, f.machine or "") for f in event.findings if f.code in REPAIRABLE}
    return Repair(event.week, tuple(sorted(found))) if found else None
