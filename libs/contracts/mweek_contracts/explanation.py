"""The answer to `explain-window`: the window that a wish would get now, and which rule closes which hours to it."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from mweek_contracts.fields import DowntimeMinutes, Identifier, PositiveCount, Sentence, UtcDatetime, Week
from mweek_contracts.message import Value
from mweek_contracts.replies import MOST_REQUESTS, Grant, Refusal, Reply, WindowTimes
from mweek_contracts.request_codes import ClosingRule

MOST_EXCLUSIONS: Final = 1_000
"""60 days have some 60 of each rule, and a reply stays near 100 kB."""


class WindowWish(Value):
    """What is wished for, as it was understood."""

    estimated_minutes: DowntimeMinutes
    """How long the machine would be down."""
    not_before: UtcDatetime | None = None
    """The window would open no sooner."""
    deadline: UtcDatetime | None = None
    """The window would be over by then."""
    urgent: bool = False
    """The customer's notice hours would not be waited for."""


class PossibleWindow(WindowTimes):
    """A window that a wish would get now. It is not booked."""

    window_id: Identifier | None = None
    """The window of the machine that it would share; absent: a new one."""
    week: Week | None = None
    """The maintenance week whose window that is."""
    requests: Annotated[tuple[Identifier, ...], Field(max_length=MOST_REQUESTS)] = ()
    """The `request_id`s of the requests that it would share it with."""


class Exclusion(Value):
    """A time `[starts_at, ends_at)` that a rule closes; another rule may close it too."""

    rule: ClosingRule
    """Which rule."""
    starts_at: UtcDatetime
    """Closed from here."""
    ends_at: UtcDatetime
    """Open again, as far as this rule is concerned; at `looked_until` it may close more."""

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("ends_at is not after starts_at")
        return self


class RuleAtWork(Value):
    """A rule that closes anything, and what it comes from."""

    rule: ClosingRule
    """Which rule."""
    text: Sentence
    """What it says here, for people: hours, names, numbers."""


class Explanation(Value):
    """What the planner sees of a wish now. Either `would_get` or `why_none` is there."""

    wish: WindowWish
    """What is explained."""
    length_minutes: PositiveCount
    """How long a window of its own is."""
    has: Grant | None = None
    """The window that meets the earlier request; absent for a wish that was not requested."""
    would_get: PossibleWindow | None = None
    """The earliest window, if it were requested now; of an earlier request, if it were withdrawn and made again."""
    why_none: Refusal | None = None
    """Why there is no such window."""
    looked_from: UtcDatetime
    """From when on times were looked at: now, on the five-minute grid."""
    looked_until: UtcDatetime
    """Up to when: the horizon, 60 days."""
    rules: Annotated[tuple[RuleAtWork, ...], Field(max_length=len(ClosingRule))] = ()
    """The rules that close anything, in their order."""
    exclusions: Annotated[tuple[Exclusion, ...], Field(max_length=MOST_EXCLUSIONS)] = ()
    """What they close, the earliest first. What none covers is open to a window of its own."""
    exclusions_until: UtcDatetime
    """Up to when that is all of it: `looked_until`, unless there are more than 1,000."""

    @model_validator(mode="after")
    def _window_or_why(self) -> Self:
        if (self.would_get is None) == (self.why_none is None):
            raise ValueError("has not one of would_get and why_none")
        return self

    @property
    def is_cut(self) -> bool:
        """Tell whether there are more exclusions than a reply holds."""
        return self.exclusions_until < self.looked_until


class ExplainWindowReplyV1(Reply):
    """The answer to `explain-window`: the explanation, or a refusal of what cannot be explained.

    That the wish would be refused is an explanation too: `why_none`.
    """

    outcomes = ("explanation", "refusal")

    explanation: Explanation | None = None
    """What the planner sees."""
