"""Reads which windows customers were told of, a line each: as `mweek-planner windows --json` printed them, or less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mweek_contracts.documents.problem import DocumentError, DocumentProblem
from mweek_contracts.documents.schema import read_value
from mweek_contracts.fields import Token, UtcDatetime
from mweek_contracts.message import Value
from mweek_contracts.strictness import render_place
from mweek_timewindows import Window

from mweek_planner.domain.requests import Booking
from mweek_planner.offline.request import UnusableFileError
from mweek_planner.offline.windows import Askers
from mweek_planner.offline.wishes import lines_of, mapping_of

EXAMPLE = '{"machine": …, "not_before": …, "must_end_by": …}'


class AnnouncedLine(Value):
    """A line of the file; what else an answer says of itself is read and not used."""

    machine: Token
    not_before: UtcDatetime
    must_end_by: UtcDatetime
    request_id: str | None = None
    granted: bool = True
    not_after: UtcDatetime | None = None
    joins: tuple[str, ...] = ()


class _Line(NamedTuple):
    number: int
    machine: str
    window: Window


def read_announced(path: str | None, askers: Askers) -> tuple[Booking, ...]:
    """Return the windows of a file; none without a file. Answers that were refusals are passed over.

    Of answers that share a window the longest counts: one that was made longer is told with the request that did so.

    Raises:
        UnusableFileError: it cannot be read, or any of its lines is wrong: a window that nobody keeps clear of would
            be worse than no answer.
    """
    if path is None:
        return ()
    problems: list[DocumentProblem] = []
    longest: dict[tuple[str, object], Window] = {}
    for line in _read(path, askers, problems):
        known = longest.setdefault((line.machine, line.window.opens_at), line.window)
        longest[line.machine, line.window.opens_at] = max(known, line.window)
    if problems:
        raise UnusableFileError(str(DocumentError(problems)))
    return tuple(_bookings(((machine, window) for (machine, _), window in longest.items()), askers))


def _read(path: str, askers: Askers, problems: list[DocumentProblem]) -> Iterator[_Line]:
    for number, text in lines_of(path):
        try:
            data = mapping_of(text, EXAMPLE)
        except ValueError as error:
            problems.append(DocumentProblem(path, number, "", str(error)))
            continue
        if data.get("granted") is False:
            continue
        line, wrong = read_value(AnnouncedLine, data)
        problems += [DocumentProblem(path, number, render_place(place), text) for place, text in wrong]
        if line is None:
            continue
        if line.must_end_by <= line.not_before:
            problems.append(DocumentProblem(path, number, "must_end_by", "is not after not_before"))
        elif askers.machine(line.machine) is None:
            problems.append(
                DocumentProblem(path, number, "machine", f"no machine of the fleet is named {line.machine}")
            )
        else:
            yield _Line(number, line.machine, Window(line.not_before, line.must_end_by))


def _bookings(windows: Iterable[tuple[str, Window]], askers: Askers) -> Iterator[Booking]:
    for number, (name, window) in enumerate(windows):
        machine = askers.machine(name)
        assert machine is not None, "looked for as the line was read"
        yield Booking(
            window_id=f"announced {number}",
            machine=name,
            window=window,
            customer=machine.customer,
            redundancy_group=machine.redundancy_group,
        )
