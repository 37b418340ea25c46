"""Reads requests for windows from a file: one JSON object a line, each right or with what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from mweek_contracts.documents.json_text import OddJsonError, parse_json
from mweek_contracts.documents.problem import DocumentError
from mweek_contracts.documents.schema import read_value
from mweek_contracts.documents.source import read_source
from mweek_contracts.fields import DowntimeMinutes, Identifier, Text, Token, UtcDatetime
from mweek_contracts.message import Value
from mweek_contracts.rules import LARGEST_FLEET_FILE
from mweek_contracts.strictness import render_place

from mweek_planner.domain.requests import WindowRequest
from mweek_planner.offline.request import UnusableFileError

_LARGEST: Final = dict.fromkeys((".jsonl", ".ndjson", ".json"), LARGEST_FLEET_FILE[".jsonl"])


class Wish(Value):
    """A line of the file."""

    request_id: Identifier
    machine: Token
    estimated_minutes: DowntimeMinutes
    not_before: UtcDatetime | None = None
    deadline: UtcDatetime | None = None
    urgent: bool = False
    reboot: bool = False
    reason: Text | None = None

    def request(self) -> WindowRequest:
        """Return it as planning sees it."""
        return WindowRequest(
            machine=self.machine,
            request_id=self.request_id,
            estimated_minutes=self.estimated_minutes,
            reason=self.reason or "",
            not_before=self.not_before,
            deadline=self.deadline,
            urgent=self.urgent,
            reboot=self.reboot,
        )


class Wrong(NamedTuple):
    """A line that is no request: what it calls itself, as far as it does, and everything that is wrong with it."""

    request_id: str | None
    machine: str | None
    text: str


def read_wishes(path: str) -> Iterator[Wish | Wrong]:
    """Yield what each line asks for; empty lines are passed over.

    Raises:
        UnusableFileError: the file cannot be read at all.
    """
    try:
        source = read_source(path, _LARGEST)
    except DocumentError as error:
        raise UnusableFileError(str(error)) from None
    return (_read(number, line) for number, line in enumerate(source.text.split("\n"), 1) if line.strip())


def _read(number: int, line: str) -> Wish | Wrong:
    try:
        data = parse_json(line)
    except OddJsonError as error:
        return Wrong(None, None, _sentence(number, render_place(error.place), error.text))
    if not isinstance(data, dict):
        return Wrong(None, None, _sentence(number, "", 'is not a mapping such as {"request_id": …, "machine": …}'))
    wish, problems = read_value(Wish, data)
    if wish is None:
        text = "; ".join(_sentence(number, render_place(place), text) for place, text in problems)
        return Wrong(_told(data.get("request_id")), _told(data.get("machine")), text)
    return wish


def _sentence(number: int, field: str, text: str) -> str:
    return f"line {number}: {field}: {text}" if field else f"line {number}: {text}"


def _told(value: object) -> str | None:
    """Return a name that can be told again: text that UTF-8 can carry, and not too much of it."""
    if not isinstance(value, str):
        return None
    return value[:128].encode(errors="replace").decode()
