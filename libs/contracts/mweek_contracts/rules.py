"""What a name, a text and a number may be, by the standard library alone: models and readers of columns ask the same.

Everything that can become a subject token, a mail header or a column of a table is bound by these rules where it
enters.
"""

from __future__ import annotations

import re
from typing import Final

TOKEN_PATTERN: Final = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"  # noqa: S105  no password
"""One NATS subject token: a DNS label in lower case. Wildcards, dots and blanks would widen permissions."""
LONGEST_TOKEN: Final = 63

LONGEST_TEXT: Final = 500
LARGEST_COUNT: Final = 2**31 - 1
"""What an INTEGER column holds in every database."""
LONGEST_DOWNTIME_MINUTES: Final = 7 * 24 * 60
LONGEST_NOTICE_HOURS: Final = 24 * 60
MOST_LABELS: Final = 50
MOST_CONTACTS: Final = 50

DEFAULT_DOWNTIME_MINUTES: Final = 15
DEFAULT_NOTICE_HOURS: Final = 12
DEFAULT_ZONE: Final = "Europe/Berlin"
DEFAULT_PADDING_PERCENT: Final = 25
DEFAULT_SHORTEST_WINDOW_MINUTES: Final = 15
DEFAULT_PREPARATION_MINUTES: Final = 5
DEFAULT_LEASE_MINUTES: Final = 30
"""Twice of what the slowest hosts take from shutdown to login: no machine can renew while it boots."""
DEFAULT_REQUESTS_PER_MINUTE: Final = 60
"""Ten times of what an agent asks that is denied entry and asks again every ten seconds."""
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_NIGHT: Final = (WEEKDAYS, "22:00", "05:00")
"""Days, start and end of the window that a customer accepts who says nothing."""

MEBIBYTE: Final = 2**20
LARGEST_FLEET_FILE: Final = {
    ".yaml": 16 * MEBIBYTE,
    ".yml": 16 * MEBIBYTE,
    ".json": 64 * MEBIBYTE,
    ".jsonl": 512 * MEBIBYTE,
    ".csv": 512 * MEBIBYTE,
}
"""Bytes of a fleet file: what is read in about half a minute. 16 MiB of YAML are some 40,000 machines."""

# Text that reaches mails, calendars, logs and both databases: C0 and C1 controls, line and paragraph separators,
# bidirectional overrides, lone surrogates (UTF-8 cannot carry them) and `=?`, which CPython before 3.11.10 decodes
# inside a header value and so lets a value add headers of its own.
_UNSAFE_TEXT = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def check_token(value: str) -> str:
    """Return a name for the bus as it is; raises ValueError with what it must be."""
    if not re.fullmatch(TOKEN_PATTERN, value):
        msg = f"{value!r} is not a name for the bus: lower-case letters, digits and inner hyphens, 1 to 63 characters"
        raise ValueError(msg)
    return value


def check_text(value: str) -> str:
    """Return a text as it is; raises ValueError with what is wrong in it. Its length is asked elsewhere."""
    if _UNSAFE_TEXT.search(value):
        raise ValueError("contains control characters, line breaks or direction overrides")
    if "=?" in value:
        raise ValueError("contains '=?', which mail readers take for the start of an encoded header")
    if not value.strip():
        raise ValueError("is empty")
    return value
