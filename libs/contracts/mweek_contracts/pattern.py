"""The declarative shape of a week: ordered phases with quotas over selectors.

The same model is read from a pattern file and carried inline by a `schedule-week` command.
"""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StrictBool, model_validator

from mweek_contracts.fields import Form, PositiveCount, Text, Token
from mweek_contracts.fleet import Environment, Kind
from mweek_contracts.message import Value
from mweek_contracts.notation import BASIS_POINTS, LASTS, OPENS, SHARE
from mweek_contracts.notation import basis_points as basis_points
from mweek_contracts.notation import length as length
from mweek_contracts.notation import opens_offset as opens_offset
from mweek_contracts.strictness import PlacedError


def _check_share(value: str) -> str:
    basis_points(value)
    return value


def _check_opens(value: str) -> str:
    opens_offset(value)
    return value


def _check_lasts(value: str) -> str:
    length(value)
    return value


def _anchored(whole: re.Pattern[str]) -> str:
    """Return a pattern that is matched in full as JSON Schema writes it, which searches."""
    return f"^(?:{whole.pattern})$"


Share = Annotated[str, AfterValidator(_check_share), Form("percentage", pattern=_anchored(SHARE))]


class Strict(Value):
    """A part of a document that people write: an unknown field is an error there, not something newer."""

    model_config = ConfigDict(extra="forbid")


class Selector(Strict):
    """Which machines an entry is about: all given fields must match; an absent field matches every machine.

    A list matches any of its values; one value may stand for a list of one.
    """

    # Lenient, since a validator before it turns JSON into Python values; only a truth value could be mistaken.
    model_config = ConfigDict(strict=False)

    role: Annotated[tuple[Token, ...], Field(min_length=1)] | None = None
    """Their roles."""
    environment: Annotated[tuple[Environment, ...], Field(min_length=1)] | None = None
    """Their environments."""
    kind: Annotated[tuple[Kind, ...], Field(min_length=1)] | None = None
    """Physical or virtual."""
    customer: Annotated[tuple[Token, ...], Field(min_length=1)] | None = None
    """Their customers."""
    profile: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    """Their profiles."""
    tested: StrictBool | None = None
    """Whether the customer owns an in-service test machine; the operator's own machines match neither value."""
    labels: dict[Token, Text] | None = None
    """Labels that they all have, with these values."""

    @model_validator(mode="before")
    @classmethod
    def _one_is_a_list(cls, data: object) -> object:
        """Let `role: router` stand for `role: [router]`."""
        if not isinstance(data, dict):
            return data
        lists = ("role", "environment", "kind", "customer", "profile")
        return {key: [value] if key in lists and isinstance(value, str) else value for key, value in data.items()}


class Take(StrEnum):
    """Quotas without a number."""

    ALL = "all"
    """Every machine of the selector."""
    REMAINDER = "remainder"
    """Those that no earlier phase or entry took."""


class Entry(Strict):
    """One line of a phase: a selector and exactly one of the quotas `take`, `count`, `share`, `at_most`, `sample`."""

    select: Selector
    """Which machines it is about."""
    take: Take | None = None
    """All of them, or those that are left."""
    count: PositiveCount | None = None
    """So many of them."""
    share: Share | None = None
    """So many of the frozen population; exact over the shares of the same selector, by cumulative ceiling."""
    at_most: Share | None = None
    """At most that share, rounded down."""
    sample: Share | None = None
    """That share, rounded up: the choice that shows the most different attribute values first."""
    prefer: Literal["untested"] | None = None
    """Machines of untested customers come first."""

    @model_validator(mode="after")
    def _one_quota(self) -> Self:
        given = [name for name in QUOTAS if getattr(self, name) is not None]
        if len(given) != 1:
            names = " and ".join(given) or "none"
            raise ValueError(f"needs exactly one of {', '.join(QUOTAS)}; here: {names}")
        return self


QUOTAS: Final = ("take", "count", "share", "at_most", "sample")


class PatternPhase(Strict):
    """One step of the week."""

    name: Token
    """Names the phase within the pattern."""
    opens: Annotated[str, AfterValidator(_check_opens), Form("opening", pattern=_anchored(OPENS))]
    """Day and UTC time, e.g. `tue 17:00`; not before the phase before it has closed."""
    lasts: Annotated[str, AfterValidator(_check_lasts), Form("length", pattern=_anchored(LASTS))]
    """Its length, e.g. `5h`, `90m` or `4h30m`: 15 minutes to 7 days."""
    takes: Annotated[tuple[Entry, ...], Field(max_length=100)] = ()
    """What it takes, in this order."""


class Pattern(Strict):
    """The shape of a week."""

    pattern: Token
    """Its name."""
    description: Text | None = None
    """What it is for."""
    phases: Annotated[tuple[PatternPhase, ...], Field(min_length=1, max_length=100)]
    """In the order of the week; none overlap."""
    remainder: Token | None = None
    """The phase that takes whatever no entry names; absent: a fleet that is not covered is refused."""

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        seen: set[str] = set()
        for index, phase in enumerate(self.phases):
            if phase.name in seen:
                raise PlacedError((("phases", index, "name"), f"two phases are named {phase.name}"))
            seen.add(phase.name)
        if self.remainder is not None and self.remainder not in seen:
            raise PlacedError((("remainder",), f"names the phase {self.remainder}, which does not exist"))
        return self

    @model_validator(mode="after")
    def _phases_follow_each_other(self) -> Self:
        closes, before = timedelta(0), ""
        for index, phase in enumerate(self.phases):
            opens = opens_offset(phase.opens)
            if opens < closes:
                text = f"phase {phase.name} opens before phase {before} has closed"
                raise PlacedError((("phases", index, "opens"), text))
            closes, before = opens + length(phase.lasts), phase.name
            if closes > timedelta(days=7):
                text = f"phase {phase.name} closes after the end of the week (Sunday 24:00 UTC)"
                raise PlacedError((("phases", index, "lasts"), text))
        return self

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        sums: dict[str, int] = {}
        for index, phase in enumerate(self.phases):
            for number, entry in enumerate(phase.takes):
                if entry.share is None:
                    continue
                key = entry.select.model_dump_json()
                sums[key] = sums.get(key, 0) + basis_points(entry.share)
                if sums[key] > BASIS_POINTS:
                    text = "the shares of one selector add up to more than 100%"
                    raise PlacedError((("phases", index, "takes", number, "share"), text))
        return self
