"""The declarative shape of a week: ordered phases with quotas over selectors.

The same model is read from a pattern file and carried inline by a `schedule-week` command.
"""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StrictBool, model_validator

from mweek_contracts.fields import PositiveCount, Text, Token
from mweek_contracts.fleet import Environment, Kind, Weekday
from mweek_contracts.message import Value
from mweek_contracts.strictness import PlacedError

BASIS_POINTS: Final = 10_000
SHORTEST_PHASE: Final = timedelta(minutes=15)
_DAYS: Final = tuple(Weekday)
_OPENS = re.compile(r"(mon|tue|wed|thu|fri|sat|sun) ([01][0-9]|2[0-3]):([0-5][0-9])")
_LASTS = re.compile(r"(?:([0-9]{1,3})h)?(?:([0-9]{1,4})m)?")
_SHARE = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?%")


def basis_points(share: str) -> int:
    """Return hundredths of a percent of a text like `30%` or `12.5%`; integers only, 1 to 10,000.

    Raises:
        ValueError: it is no percentage above 0 and up to 100 with at most two decimals.
    """
    found = _SHARE.fullmatch(share)
    points = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if not 0 < points <= BASIS_POINTS:
        raise ValueError(f"{share!r} is not a percentage such as 30% or 12.5%, above 0% and at most 100%")
    return points


def opens_offset(opens: str) -> timedelta:
    """Return the time since Monday 00:00 UTC of a text like `tue 17:00`; raises ValueError where it is none."""
    found = _OPENS.fullmatch(opens)
    if not found:
        raise ValueError(f"{opens!r} is not a day and UTC time such as 'tue 17:00'")
    return timedelta(days=_DAYS.index(Weekday(found[1])), hours=int(found[2]), minutes=int(found[3]))


def length(lasts: str) -> timedelta:
    """Return the length of a text like `4h`, `90m` or `4h30m`; raises ValueError below 15 minutes or above 7 days."""
    found = _LASTS.fullmatch(lasts)
    if not lasts or not found:
        raise ValueError(f"{lasts!r} is not a length such as 4h, 90m or 4h30m")
    value = timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))
    if not SHORTEST_PHASE <= value <= timedelta(days=7):
        raise ValueError(f"{lasts!r} is not between 15 minutes and 7 days")
    return value


def _check_share(value: str) -> str:
    basis_points(value)
    return value


def _check_opens(value: str) -> str:
    opens_offset(value)
    return value


def _check_lasts(value: str) -> str:
    length(value)
    return value


Share = Annotated[str, AfterValidator(_check_share)]


class Strict(Value):
    """A part of a document that people write: an unknown field is an error there, not something newer."""

    model_config = ConfigDict(extra="forbid")


class Selector(Strict):
    """Which machines an entry is about: all given fields must match; an absent field matches every machine.

    `tested: false` selects machines of customers that own no in-service test machine; operator's own machines (no
    customer) match neither value of `tested`.
    """

    # Lenient, since a validator before it turns JSON into Python values; only a truth value could be mistaken.
    model_config = ConfigDict(strict=False)

    role: Annotated[tuple[Token, ...], Field(min_length=1)] | None = None
    environment: Annotated[tuple[Environment, ...], Field(min_length=1)] | None = None
    kind: Annotated[tuple[Kind, ...], Field(min_length=1)] | None = None
    customer: Annotated[tuple[Token, ...], Field(min_length=1)] | None = None
    profile: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    tested: StrictBool | None = None
    labels: dict[Token, Text] | None = None

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
    REMAINDER = "remainder"


class Entry(Strict):
    """One line of a phase: a selector and exactly one quota.

    * `take: all`: every machine of the selector; `take: remainder`: those that no earlier phase or entry took;
    * `count: 1`: so many; `share: 30%`: of the frozen population, exact over the shares of the same selector by
      cumulative ceiling; `at_most: 5%`: at most that share, rounded down; `sample: 12%`: rounded up, the choice that
      shows the most different attribute values first.
    """

    select: Selector
    take: Take | None = None
    count: PositiveCount | None = None
    share: Share | None = None
    at_most: Share | None = None
    sample: Share | None = None
    prefer: Literal["untested"] | None = None

    @model_validator(mode="after")
    def _one_quota(self) -> Self:
        given = [name for name in QUOTAS if getattr(self, name) is not None]
        if len(given) != 1:
            names = " and ".join(given) or "none"
            raise ValueError(f"needs exactly one of {', '.join(QUOTAS)}; here: {names}")
        return self


QUOTAS: Final = ("take", "count", "share", "at_most", "sample")


class PatternPhase(Strict):
    """One step of the week. `opens` is UTC, e.g. `tue 17:00`; `lasts` is e.g. `5h`."""

    name: Token
    opens: Annotated[str, AfterValidator(_check_opens)]
    lasts: Annotated[str, AfterValidator(_check_lasts)]
    takes: Annotated[tuple[Entry, ...], Field(max_length=100)] = ()


class Pattern(Strict):
    """The shape of a week. `remainder` names the phase that takes whatever no entry names."""

    pattern: Token
    description: Text | None = None
    phases: Annotated[tuple[PatternPhase, ...], Field(min_length=1, max_length=100)]
    remainder: Token | None = None

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
