"""Assigned windows as they are told on the bus, and the digest that closes a revision."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import model_validator

from mweek_contracts.fields import Count, Text, Token, UtcDatetime
from mweek_contracts.message import Value
from mweek_contracts.reasons import CompromiseCode, Facts, PlacementCode, UnplacedCode


class Slot(Value):
    """A time `[opens_at, closes_at)` in a phase."""

    phase: Token
    opens_at: UtcDatetime
    closes_at: UtcDatetime

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.closes_at <= self.opens_at:
            raise ValueError("closes_at is not after opens_at")
        return self


class Change(StrEnum):
    """What a revision did to a machine's window."""

    NEW = "new"
    MOVED = "moved"


class AssignedWindow(Slot):
    """The window of one machine, why it is there, and what it was before.

    `affects` names the virtual machines on a KVM host: their customers are told of it too.
    """

    machine: Token
    customer: Token | None = None
    reason: PlacementCode
    facts: Facts = {}
    affects: tuple[Token, ...] = ()
    change: Change = Change.NEW
    previous: Slot | None = None


class WithdrawnWindow(Slot):
    """A window that a machine had and has no more."""

    machine: Token
    customer: Token | None = None
    affects: tuple[Token, ...] = ()
    reason: UnplacedCode


class UnplacedMachine(Value):
    """An in-service machine that got no window, and why."""

    machine: Token
    customer: Token | None = None
    reason: UnplacedCode
    facts: Facts = {}


class PhaseSummary(Slot):
    """A phase of a plan revision and how many machines it holds."""

    machines: Count


class Compromise(Value):
    """Where a quota gave way, and to what: planned and actual number of machines of one entry of a phase."""

    code: CompromiseCode
    phase: Token
    entry: Count
    planned: Count
    actual: Count
    facts: Facts = {}


class Override(Value):
    """A rule that an administrator set aside, with the reason given."""

    rule: Text
    reason: Text


class RecordsPosition(Value):
    """How far a reader had read the stream RECORDS: sequences of streams created at different times do not compare."""

    stream_created_at: UtcDatetime
    sequence: Count


def assignments_digest(assignments: Iterable[tuple[str, str, datetime, datetime]]) -> str:
    """Return the SHA-256, in hex, over all (machine, phase, opens_at, closes_at) of a revision, sorted by machine."""
    digest = hashlib.sha256()
    for machine, phase, opens_at, closes_at in sorted(assignments):
        digest.update(f"{machine} {phase} {opens_at:%Y-%m-%dT%H:%MZ} {closes_at:%Y-%m-%dT%H:%MZ}\n".encode())
    return digest.hexdigest()
