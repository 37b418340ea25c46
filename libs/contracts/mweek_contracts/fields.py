"""The field types that messages and documents are made of, each with its rule and its error.

Everything that can become a subject token, a mail header or a column is checked here, where it enters.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Final
from zoneinfo import available_timezones

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
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

from mweek_contracts.weeks import WEEK_PATTERN
from mweek_contracts.weeks import parse_week as parse_week
from mweek_contracts.weeks import week_after as week_after
from mweek_contracts.weeks import week_of as week_of
from mweek_contracts.weeks import week_starts_at as week_starts_at

TOKEN_PATTERN: Final = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"  # noqa: S105  no password
"""One NATS subject token: a DNS label in lower case. Wildcards, dots and blanks would widen permissions."""

CLOCK_PATTERN: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"
IDENTIFIER_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$"
LONGEST_TEXT: Final = 500
LONGEST_SENTENCE: Final = 4_000
LARGEST_COUNT: Final = 2**31 - 1
"""What an INTEGER column holds in every database."""
LONGEST_DOWNTIME_MINUTES: Final = 7 * 24 * 60
LONGEST_NOTICE_HOURS: Final = 24 * 60

# Text that reaches mails, calendars, logs and both databases: C0 and C1 controls, line and paragraph separators,
# bidirectional overrides, lone surrogates (UTF-8 cannot carry them) and `=?`, which CPython before 3.11.10 decodes
# inside a header value and so lets a value add headers of its own.
_UNSAFE_TEXT = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _check_token(value: str) -> str:
    if not re.fullmatch(TOKEN_PATTERN, value):
        msg = f"{value!r} is not a name for the bus: lower-case letters, digits and inner hyphens, 1 to 63 characters"
        raise ValueError(msg)
    return value


def _check_text(value: str) -> str:
    if _UNSAFE_TEXT.search(value):
        raise ValueError("contains control characters, line breaks or direction overrides")
    if "=?" in value:
        raise ValueError("contains '=?', which mail readers take for the start of an encoded header")
    if not value.strip():
        raise ValueError("is empty")
    return value


# Most addresses: nothing to normalise, and nothing that a long check would refuse. That takes 100 times as long.
_PLAIN_ADDRESS = re.compile(
    r"(?=.{1,64}@)(?=.{1,254}\Z)[a-z0-9]+(?:[._+-][a-z0-9]+)*@(?:[a-z0-9]{1,31}(?:-[a-z0-9]{1,31})?\.)+([a-z]{2,63})"
)


def _is_plain(address: str) -> bool:
    found = _PLAIN_ADDRESS.fullmatch(address)
    return found is not None and found[1] not in SPECIAL_USE_DOMAIN_NAMES


def _check_email(value: str) -> str:
    if _is_plain(value):
        return value
    _check_text(value)
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


def _refuse_bool(value: object) -> object:
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


Token = Annotated[str, AfterValidator(_check_token), Form("token", pattern=TOKEN_PATTERN)]
Week = Annotated[str, AfterValidator(_check_week), Form("iso-week", pattern=WEEK_PATTERN)]
Text = Annotated[
    str, StringConstraints(max_length=LONGEST_TEXT), AfterValidator(_check_text), Form("text", minLength=1)
]
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
DowntimeMinutes = Annotated[int, Field(ge=0, le=LONGEST_DOWNTIME_MINUTES), BeforeValidator(_refuse_bool)]
NoticeHours = Annotated[int, Field(ge=0, le=LONGEST_NOTICE_HOURS), BeforeValidator(_refuse_bool)]
Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT), BeforeValidator(_refuse_bool)]
PositiveCount = Annotated[int, Field(ge=1, le=LARGEST_COUNT), BeforeValidator(_refuse_bool)]
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER_PATTERN), Form("identifier")]
"""An id of a message, a command or a plan."""
Digest = Annotated[str, Form("sha-256")]
"""In hexadecimal."""
