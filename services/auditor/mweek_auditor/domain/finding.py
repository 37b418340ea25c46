"""What an audit finds, and the order in which a person reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mweek_contracts.events import FindingCode

_ORDER = {code: number for number, code in enumerate(FindingCode)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in a sentence; `machine` where it is about one."""

    code: FindingCode
    machine: str | None
    text: str


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings sorted by code, machine and text, each once."""
    return tuple(sorted(set(findings), key=lambda found: (_ORDER[found.code], found.machine or "", found.text)))


def clock(instant: datetime) -> str:
    """Return an instant as findings write it: `Mon 2026-11-30 09:00 UTC`."""
    return f"{instant:%a %Y-%m-%d %H:%M} UTC"


def span(opens_at: datetime, closes_at: datetime) -> str:
    """Return a window as findings write it; the second day only where it is another."""
    until = f"{closes_at:%H:%M} UTC" if opens_at.date() == closes_at.date() else clock(closes_at)
    return f"{opens_at:%a %Y-%m-%d %H:%M} to {until}"
