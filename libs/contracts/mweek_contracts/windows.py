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
    """A phase of the pattern."""
    opens_at: UtcDatetime
    """Belongs to the slot."""
    closes_at: UtcDatetime
    """No longer belongs to the slot."""

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.closes_at <= self.opens_at:
            raise ValueError("closes_at is not after opens_at")
        return self


class Change(StrEnum):
    """What a revision did to a machine's window."""

    NEW = "new"
    """The machine had no window in the parent revision."""
    MOVED = "moved"
    """The machine had another one: `previous`."""


class AssignedWindow(Slot):
    """The window of one machine, why it is there, and what it was before."""

    machine: Token
    """Whose window it is."""
    customer: Token | None = None
    """Who is told; absent for the operator's own machines."""
    reason: PlacementCode
    """Why it is there."""
    facts: Facts = {}
    """What the reason's sentence is filled with."""
    affects: tuple[Token, ...] = ()
    """The in-service virtual machines on a KVM host: their customers are told of it too."""
    change: Change = Change.NEW
    """What the revision did."""
    previous: Slot | None = None
    """Where it was in the parent revision."""


class WithdrawnWindow(Slot):
    """A window that a machine had and has no more."""

    machine: Token
    """Whose window it was."""
    customer: Token | None = None
    """Who is told."""
    affects: tuple[Token, ...] = ()
    """The virtual machines that it affected."""
    reason: UnplacedCode
    """Why it is gone."""


class UnplacedMachine(Value):
    """An in-service machine that got no window, and why."""

    machine: Token
    """Which machine."""
    customer: Token | None = None
    """Its customer."""
    reason: UnplacedCode
    """Why it has no window."""
    facts: Facts = {}
    """What the reason's sentence is filled with."""


class PhaseSummary(Slot):
    """A phase of a plan revision and how many machines it holds."""

    machines: Count
    """How many windows lie in it."""


class Compromise(Value):
    """Where a quota gave way, and to what: planned and actual number of machines of one entry of a phase."""

    code: CompromiseCode
    """What the quota gave way to."""
    phase: Token
    """The phase of the pattern."""
    entry: Count
    """The entry of the phase, counted from 0."""
    planned: Count
    """Machines that the quota asks for."""
    actual: Count
    """Machines that the entry took."""
    facts: Facts = {}
    """What there is to say about it."""


class Override(Value):
    """A rule that an administrator set aside, with the reason given."""

    rule: Text
    """`blackouts` or `notice`."""
    reason: Text
    """What the administrator gave as the reason; customers read it."""


class RecordsPosition(Value):
    """How far a reader had read the stream RECORDS: sequences of streams created at different times do not compare."""

    stream_created_at: UtcDatetime
    """When the stream was created."""
    sequence: Count
    """The stream sequence of the last record that was read."""


def assignments_digest(assignments: Iterable[tuple[str, str, datetime, datetime]]) -> str:
    """Return the SHA-256, in hex, over all (machine, phase, opens_at, closes_at) of a revision, sorted by machine."""
    digest = hashlib.sha256()
    for machine, phase, opens_at, closes_at in sorted(assignments):
        digest.update(f"{machine} {phase} {opens_at:%Y-%m-%dT%H:%MZ} {closes_at:%Y-%m-%dT%H:%MZ}\n".encode())
    return digest.hexdigest()
