"""Reads requests for windows from a file: one JSON object a line, each right or with what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from mweek_contracts.documents.json_text import OddJsonError, parse_json
from mweek_contracts.documents.problem import DocumentError
from mweek_contracts.documents.schema import read_value
from mweek_contracts.documents.source import read_source
from mweek_contracts.fields import DowntimeMinutes, Identifier, Text, Token, UtcDatetime
from mweek_contracts.message import Value
from mweek_contracts.rules import LARGEST_FLEET_FILE
from mweek_contracts.strictness import Place, render_place

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
    return (_read(number, line) for number, line in lines_of(path))


def lines_of(path: str) -> list[tuple[int, str]]:
    """Return the lines of a file that are not empty, with their numbers; raises UnusableFileError."""
    try:
        source = read_source(path, _LARGEST)
    except DocumentError as error:
        raise UnusableFileError(str(error)) from None
    return [(number, line) for number, line in enumerate(source.text.split("\n"), 1) if line.strip()]


def _read(number: int, line: str) -> Wish | Wrong:
    try:
        data = mapping_of(line, '{"request_id": …, "machine": …}')
    except ValueError as error:
        return Wrong(None, None, _sentence(number, str(error)))
    wish, problems = read_value(Wish, data)
    if wish is None:
        return Wrong(_told(data.get("request_id")), _told(data.get("machine")), _sentences(number, problems))
    return wish


def mapping_of(line: str, example: str) -> dict[str, object]:
    """Return the JSON object that a line is; raises ValueError with what is wrong with it."""
    try:
        data = parse_json(line)
    except OddJsonError as error:
        raise ValueError(placed(error.place, error.text)) from None
    if not isinstance(data, dict):
        raise ValueError(f"is not a mapping such as {example}")  # noqa: TRY004  a file is wrong, not a program
    return data


def _sentences(number: int, problems: Sequence[tuple[Place, str]]) -> str:
    return "; ".join(_sentence(number, placed(place, text)) for place, text in problems)


def placed(place: Place, text: str) -> str:
    """Return a sentence with the field that it is about; about the whole, the sentence alone."""
    return ": ".join(filter(None, (render_place(place), text)))


def _sentence(number: int, text: str) -> str:
    return f"line {number}: {text}"


def _told(value: object) -> str | None:
    """Return a name that can be told again: text that UTF-8 can carry, and not too much of it."""
    if not isinstance(value, str):
        return None
    return value[:128].encode(errors="replace").decode()
