"""What the options of a command may say; what they may not is told by argparse, with exit code 2.

Imports what an option needs when it is given, or `--help` would be slow.
"""

from __future__ import annotations

import argparse
from dataclasses import fields
from datetime import UTC, datetime
from typing import Final

_MOST_SECONDS: Final = 86_400
_MOST_ROUNDS: Final = 10**9


def week(text: str) -> str:
    """Return an ISO week."""
    from mweek_contracts.weeks import parse_week

    try:
        parse_week(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def instant(text: str) -> datetime:
    """Return an aware instant, in UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 2026-11-23T08:00Z") from None
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no zone: end it with Z for UTC")
    return at.astimezone(UTC)


def policy_number(text: str) -> tuple[str, int]:
    """Return the name and the number of a policy."""
    from mweek_planner.domain.requests import Policy

    name, _, number = text.partition("=")
    if name not in {field.name for field in fields(Policy)} or not number.isascii() or not number.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=NUMBER, such as capacity=5; --help has the names")
    try:
        Policy(**{name: int(number)})
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return name, int(number)


def seconds(text: str) -> float:
    """Return a number of CPU seconds."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= _MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0, up to {_MOST_SECONDS:,}")
    return number


def rounds(text: str) -> int:
    """Return a number of rounds."""
    if not (text.isascii() and text.isdecimal() and int(text) <= _MOST_ROUNDS):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {_MOST_ROUNDS:,}")
    return int(text)


def reason(text: str) -> str:
    """Return a reason, which is not blank."""
    if not text.strip():
        raise argparse.ArgumentTypeError("an override needs a reason: it is recorded and told")
    return text
