"""The field types that messages and documents are made of, each with its rule and its error.

Everything that can become a subject token, a mail header or a column is checked here, where it enters.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Final
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from mweek_contracts.rules import LARGEST_COUNT as LARGEST_COUNT
from mweek_contracts.rules import LONGEST_DOWNTIME_MINUTES as LONGEST_DOWNTIME_MINUTES
from mweek_contracts.rules import LONGEST_NOTICE_HOURS as LONGEST_NOTICE_HOURS
from mweek_contracts.rules import LONGEST_TEXT as LONGEST_TEXT
from mweek_contracts.rules import TOKEN_PATTERN as TOKEN_PATTERN
from mweek_contracts.rules import check_text, check_token
from mweek_contracts.weeks import WEEK_PATTERN
from mweek_contracts.weeks import parse_week as parse_week
from mweek_contracts.weeks import week_after as week_after
from mweek_contracts.weeks import week_of as week_of
from mweek_contracts.weeks import week_starts_at as week_starts_at

CLOCK_PATTERN: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"
IDENTIFIER_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$"
LONGEST_SENTENCE: Final = 4_000


def _check_email(value: str) -> str:
    check_text(value)
    try:
        # Internationalised local parts need SMTPUTF8 on every hop: refused rather than bounced later, and so are local
        # parts of more than 64 characters (strict). An internationalised domain is kept as mail servers write it.
        checked = validate_email(value, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise ValueError(f"is not a mail address: {error}") from None
    return checked.ascii_email or checked.normalized


def _check_zone(value: str) -> str:
    if value not in _zones():
        raise ValueError(f"{value!r} is not an IANA time zone such as Europe/Berlin")
    return value


_ZONES: frozenset[str] = frozenset()
_NOT_PLACES = frozenset({"Factory", "localtime", "posixrules", "leapseconds", "tzdata.zi"})


def _zones() -> frozenset[str]:
    global _ZONES
    if not _ZONES:
        _ZONES = frozenset(z for z in available_timezones() if z not in _NOT_PLACES and ("/" in z or z == "UTC"))
    return _ZONES


_ISO_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}.*", re.DOTALL)


def _refuse_timestamp(value: object) -> object:
    # pydantic reads numbers, and texts of digits, as seconds since 1970: a year alone would be a moment of that night.
    if isinstance(value, str) and _ISO_TIME.fullmatch(value):
        return value
    if isinstance(value, datetime):
        return value
    raise ValueError(f"{value!r:.60} is not a time such as 2026-12-20T00:00Z")


def _to_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999 in UTC") from None


def _render_utc(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _check_week(value: str) -> str:
    parse_week(value)
    return value


def refuse_bool(value: object) -> object:
    """Return the value; raises ValueError for a truth value, which Python takes for a number."""
    if isinstance(value, bool):
        raise ValueError("is a truth value where a number is expected")  # noqa: TRY004  pydantic wants ValueError
    return value


class Form:
    """Says in the JSON Schema what a validator in Python checks: a name for it, and what a schema can say."""

    def __init__(self, name: str, **keywords: object) -> None:
        """Take the `format`, and further keywords of JSON Schema."""
        self._keywords = {"format": name, **keywords}

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Add the keywords to what pydantic says by itself."""
        return handler(schema) | self._keywords


Token = Annotated[str, AfterValidator(check_token), Form("token", pattern=TOKEN_PATTERN)]
Week = Annotated[str, AfterValidator(_check_week), Form("iso-week", pattern=WEEK_PATTERN)]
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT), AfterValidator(check_text), Form("text", minLength=1)]
Sentence = Annotated[str, StringConstraints(max_length=LONGEST_SENTENCE), Form("sentence")]
EmailAddress = Annotated[str, StringConstraints(max_length=254), AfterValidator(_check_email), Form("email")]
MailMessageId = Annotated[str, Form("message-id")]
ZoneName = Annotated[str, StringConstraints(max_length=64), AfterValidator(_check_zone), Form("time-zone")]
UtcDatetime = Annotated[
    AwareDatetime,
    Field(strict=False),  # the validator before it lets only text and datetimes pass
    BeforeValidator(_refuse_timestamp),
    AfterValidator(_to_utc),
    PlainSerializer(_render_utc, return_type=str, when_used="json"),
]
ClockTime = Annotated[str, StringConstraints(pattern=CLOCK_PATTERN), Form("clock-time")]
"""Local wall-clock time `HH:MM`; `24:00` is the end of the day."""
DowntimeMinutes = Annotated[int, Field(ge=0, le=LONGEST_DOWNTIME_MINUTES), BeforeValidator(refuse_bool)]
NoticeHours = Annotated[int, Field(ge=0, le=LONGEST_NOTICE_HOURS), BeforeValidator(refuse_bool)]
Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT), BeforeValidator(refuse_bool)]
PositiveCount = Annotated[int, Field(ge=1, le=LARGEST_COUNT), BeforeValidator(refuse_bool)]
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER_PATTERN), Form("identifier")]
"""An id of a message, a command or a plan."""
Digest = Annotated[str, Form("sha-256")]
"""In hexadecimal."""
