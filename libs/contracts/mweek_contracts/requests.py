"""What a machine asks for: NATS requests on `req.<location>.<machine>.<request>.v1`, each with one reply.

A body is all that is needed: no envelope and no headers. Unknown fields are refused as in commands, since a typo must
not pass for a wish (docs/decisions/0003-commands-are-strict.md, 0010-requests-and-replies.md).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from mweek_contracts.fields import (
    LONGEST_DOWNTIME_MINUTES,
    DowntimeMinutes,
    Identifier,
    PositiveCount,
    Text,
    Token,
    UtcDatetime,
    refuse_bool,
)
from mweek_contracts.message import Spoken, Value
from mweek_contracts.request_codes import ActivityKind, LeaveResult
from mweek_contracts.strictness import PlacedError

LARGEST_REQUEST: Final = 64 * 1024
"""Bytes of a body: several times of what the largest right request takes."""
MOST_ACTIVITIES: Final = 50
MOST_FACTS: Final = 20

EstimatedMinutes = Annotated[int, Field(ge=1, le=LONGEST_DOWNTIME_MINUTES), BeforeValidator(refuse_bool)]
LeaveFacts = Annotated[dict[Token, Text], Field(max_length=MOST_FACTS)]


class Activity(Value):
    """One thing that is to be done in the window."""

    name: Text
    """What it is, e.g. `kernel 6.12.58`; customers read it."""
    kind: ActivityKind = ActivityKind.OTHER
    """What it does to the machine."""
    estimated_minutes: DowntimeMinutes = 0
    """Its part of the estimated downtime, where that is known."""

    @property
    def reboots(self) -> bool:
        """Tell whether the machine reboots for it."""
        return self.kind is ActivityKind.REBOOT


class Request(Spoken):
    """What every request carries."""

    model_config = ConfigDict(extra="forbid")

    request_id: Identifier
    """Names the wish among those of the machine: asking again with it changes nothing and gets the same reply."""
    location: Token
    """The data centre; also in the subject."""
    machine: Token
    """Who asks; also in the subject, which alone counts: nobody can ask for another machine."""

    @property
    def subject(self) -> str:
        """`req.<location>.<machine>.<request>.v1`."""
        return f"req.{self.location}.{self.machine}.{self.message_type}"


class RequestWindowV1(Request):
    """Ask for a maintenance window: a time that the customer accepts and in which nothing else forbids it."""

    reason: Text
    """Why, in a few words; customers read it."""
    activities: Annotated[tuple[Activity, ...], Field(max_length=MOST_ACTIVITIES)] = ()
    """What is to be done, where more can be said than the reason."""
    estimated_minutes: EstimatedMinutes
    """How long the machine will be down, all activities together; at most 7 days."""
    not_before: UtcDatetime | None = None
    """The window opens no sooner."""
    deadline: UtcDatetime | None = None
    """The window is over by then; absent: within 60 days."""
    urgent: bool = False
    """Do not wait for the customer's notice hours: recorded, and told to the customer."""

    @model_validator(mode="after")
    def _deadline_after_start(self) -> Self:
        _check_order(self.not_before, self.deadline)
        return self

    @property
    def reboots(self) -> bool:
        """Tell whether any activity reboots the machine."""
        return any(activity.reboots for activity in self.activities)


class WithdrawWindowV1(Request):
    """Say that a window is no longer needed, or not for all of what was requested."""

    window_id: Identifier
    """The window, as the grant names it."""
    withdrawn: Annotated[tuple[Identifier, ...], Field(max_length=MOST_ACTIVITIES)] = ()
    """The `request_id`s of the requests that need it no more; none: all of them, and the window goes."""


class EnterWindowV1(Request):
    """Ask to begin now. Begin only with the lease of the reply in hand."""

    window_id: Identifier
    """The window, as a grant or `my-windows` names it."""
    revision: PositiveCount | None = None
    """The revision of it that the machine knows; one that is not the current one is denied."""


class RenewWindowV1(Request):
    """Say that the work goes on, before the lease expires."""

    window_id: Identifier
    """The window that the machine is in."""
    lease_id: Identifier
    """The lease that it holds."""


class LeaveWindowV1(Request):
    """Say that the work is over, and how it went."""

    window_id: Identifier
    """The window that the machine is in."""
    lease_id: Identifier
    """The lease that it holds."""
    result: LeaveResult
    """What became of the work."""
    downtime_minutes: DowntimeMinutes
    """How long the machine was truly down."""
    text: Text | None = None
    """What there is to say of it, e.g. why it failed."""
    facts: LeaveFacts = {}
    """Anything worth knowing afterwards, e.g. `kernel: 6.12.58`."""


class MyWindowsV1(Request):
    """Ask which windows the machine has, and which lease it holds: after a lost reply, or a reboot.

    Answered anew each time, whatever the `request_id`.
    """


class ExplainWindowV1(Request):
    """Ask which window a wish would get now, and which rule closes which hours to it. Nothing is booked or told.

    The wish is what `request-window` would say, or an earlier request whose window the machine still has: its own part
    of that window then does not stand in its way. Answered anew each time, whatever the `request_id`.
    """

    earlier_request: Identifier | None = None
    """The `request_id` of the earlier request; then nothing else is said of the wish."""
    estimated_minutes: EstimatedMinutes | None = None
    """How long the machine would be down."""
    not_before: UtcDatetime | None = None
    """The window would open no sooner."""
    deadline: UtcDatetime | None = None
    """The window would be over by then."""
    urgent: bool = False
    """As if the customer's notice hours need not be waited for."""

    @model_validator(mode="after")
    def _one_wish(self) -> Self:
        if self.earlier_request is None:
            if self.estimated_minutes is None:
                raise PlacedError((("estimated_minutes",), "is missing; or name an earlier_request"))
            _check_order(self.not_before, self.deadline)
            return self
        said = [name for name in ("estimated_minutes", "not_before", "deadline", "urgent") if getattr(self, name)]
        if said:
            raise PlacedError(*(((name,), "is said by the earlier_request already") for name in said))
        return self


AnyRequest = (
    RequestWindowV1 | WithdrawWindowV1 | EnterWindowV1 | RenewWindowV1 | LeaveWindowV1 | MyWindowsV1 | ExplainWindowV1
)


def _check_order(not_before: datetime | None, deadline: datetime | None) -> None:
    if not_before is not None and deadline is not None and deadline <= not_before:
        raise PlacedError((("deadline",), "is not after not_before"))
