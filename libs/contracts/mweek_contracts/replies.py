"""What a machine is answered: each reply has exactly one outcome, the thing that was asked for or why not.

A **refusal** means that the request cannot be met as it is; a **denial**, of entering and staying, that it cannot be
met now. Both have a code for programs and a sentence for people.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Self

from pydantic import Field, model_validator

from mweek_contracts.fields import (
    DowntimeMinutes,
    Identifier,
    PositiveCount,
    Sentence,
    Token,
    UtcDatetime,
    Week,
)
from mweek_contracts.message import Spoken, Value
from mweek_contracts.problem import Problem
from mweek_contracts.request_codes import DenialCode, LeaveResult, RequestRefusalCode

MOST_PROBLEMS: Final = 20
"""The first ones tell what happened, and a reply stays small whatever the request was."""
MOST_REQUESTS: Final = 200
MOST_WINDOWS: Final = 200


class WindowTimes(Value):
    """When the machine may begin, and when it must be done."""

    not_before: UtcDatetime
    """The window opens."""
    not_after: UtcDatetime
    """The latest start: who begins later is not done in time."""
    must_end_by: UtcDatetime
    """The window closes; the machine is up again before."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.not_before <= self.not_after < self.must_end_by:
            raise ValueError("not_before, not_after and must_end_by are not in this order")
        return self


class Grant(WindowTimes):
    """A window that the machine has."""

    window_id: Identifier
    """Names the window in its location, whatever becomes of it."""
    revision: PositiveCount
    """Rises by one with every change of the window."""
    week: Week | None = None
    """The maintenance week whose window it is; absent for a window that was made for requests."""
    requests: Annotated[tuple[Identifier, ...], Field(max_length=MOST_REQUESTS)] = ()
    """The `request_id`s of all requests that it meets."""


class Lease(Value):
    """The right to be down from now on, until it expires."""

    lease_id: Identifier
    """Names the lease."""
    window_id: Identifier
    """The window that was entered."""
    revision: PositiveCount
    """The revision of the window that was entered."""
    entered_at: UtcDatetime
    """Since when the machine may be down."""
    expires_at: UtcDatetime
    """Leave or renew before; else the machine is overdue, which counts as failed."""
    must_end_by: UtcDatetime
    """Up to when the lease can be renewed at most."""
    renewable: bool
    """Whether renewing would give more time: the lease expires before `must_end_by`."""


class OwnWindow(Grant):
    """A window of the machine that is not over, with the lease where the machine is in it."""

    lease: Lease | None = None
    """Present while the machine is in the window."""


class Withdrawal(Value):
    """What is left of a window after requests were withdrawn."""

    window_id: Identifier
    """The window."""
    remaining: Grant | None = None
    """The window as it is now, for the other requests; absent: it is gone."""


class Departure(Value):
    """The machine is out of its window."""

    window_id: Identifier
    """The window that was left."""
    lease_id: Identifier
    """The lease that is over."""
    result: LeaveResult
    """What became of the work, as it was said."""
    left_at: UtcDatetime
    """When it was left."""
    downtime_minutes: DowntimeMinutes
    """The true downtime, as it was said."""


class Refusal(Value):
    """Why a request is not met."""

    code: RequestRefusalCode
    """Why, for programs."""
    text: Sentence
    """Why, for people, and what to do."""
    earliest_alternative: UtcDatetime | None = None
    """When a window could open if the deadline, or whatever stands against it, gave way."""
    retry_at: UtcDatetime | None = None
    """When asking again may help; absent: it does not."""
    problems: Annotated[tuple[Problem, ...], Field(max_length=MOST_PROBLEMS)] = ()
    """With `bad_request`: what is wrong, by field, the first 20."""


class Denial(Value):
    """Why a machine may not enter, or not stay longer."""

    code: DenialCode
    """Why, for programs."""
    text: Sentence
    """Why, for people."""
    retry_at: UtcDatetime | None = None
    """When to ask again; absent: not for this window."""


class Reply(Spoken):
    """What every reply carries. A repeated request gets the same reply, byte for byte."""

    outcomes: ClassVar[tuple[str, ...]] = ("refusal",)
    """The fields of which exactly one is present."""

    request_id: Identifier | None = None
    """Of the request; absent where none could be read."""
    answered_at: UtcDatetime
    """When it was decided; of a repeated reply, when it was decided first."""
    refusal: Refusal | None = None
    """Why the request is not met."""

    @model_validator(mode="after")
    def _one_outcome(self) -> Self:
        present = [name for name in self.outcomes if getattr(self, name) is not None]
        if len(present) != 1:
            raise ValueError(f"has {' and '.join(present) or 'no outcome'} where one of {self.outcomes} is expected")
        return self


class WindowReplyV1(Reply):
    """The answer to `request-window`: a grant, or a refusal."""

    outcomes = ("grant", "refusal")

    grant: Grant | None = None
    """The window that meets the request."""


class WithdrawalReplyV1(Reply):
    """The answer to `withdraw-window`: what is left of the window, or a refusal."""

    outcomes = ("withdrawal", "refusal")

    withdrawal: Withdrawal | None = None
    """What is left of the window."""


class LeaseReplyV1(Reply):
    """The answer to `enter-window` and `renew-window`: a lease, a denial, or a refusal."""

    outcomes = ("lease", "denial", "refusal")

    lease: Lease | None = None
    """Begin, or go on."""
    denial: Denial | None = None
    """Do not begin, or stop; `retry_at` says when to ask again."""


class DepartureReplyV1(Reply):
    """The answer to `leave-window`: it is recorded, or a refusal."""

    outcomes = ("departure", "refusal")

    departure: Departure | None = None
    """What was recorded."""


class MyWindowsReplyV1(Reply):
    """The answer to `my-windows`: all windows of the machine that are not over, or a refusal."""

    outcomes = ("windows", "refusal")

    machine: Token | None = None
    """Whose they are; absent where the request could not be read."""
    windows: Annotated[tuple[OwnWindow, ...], Field(max_length=MOST_WINDOWS)] | None = None
    """The earliest first; empty when there are none."""
