"""Reads machines from CSV: a header with the field names, `label:<name>` for labels; an empty cell is no field."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from mweek_contracts.documents.entry import Contents, Entry, Spot
from mweek_contracts.documents.problem import ProblemLog
from mweek_contracts.documents.scalars import typed
from mweek_contracts.documents.source import SourceText
from mweek_contracts.fields import TOKEN_PATTERN
from mweek_contracts.fleet import MachineFields
from mweek_contracts.strictness import Place, unknown_fields

LABEL: Final = "label:"
_REQUIRED: Final = tuple(name for name, field in MachineFields.model_fields.items() if field.is_required())


def read_csv(source: SourceText, log: ProblemLog) -> Contents:
    """Return the machines of a CSV document, which names no location.

    Raises:
        DocumentError: the header cannot be used; what is wrong with a row is added to the log when it is reached.
    """
    rows = _rows(source.text, log)
    line, header = next(rows, (1, []))
    _check_header(header, line, log)
    return Contents(None, lambda: None, _entries(rows, header, log))


def _rows(text: str, log: ProblemLog) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not empty with the line that it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for row in reader:
            if row:
                yield begins, row
            begins = reader.line_num + 1
    except csv.Error as error:
        log.add(f"is not CSV: {error}", line=begins)


def _check_header(header: Sequence[str], line: int, log: ProblemLog) -> None:
    if not header:
        log.add("is empty: the first line has the field names", line=line)
    elif len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        log.add("the cells are not separated by commas", line=line)
    else:
        _check_columns(header, line, log)
    log.raise_if_any()


def _check_columns(header: Sequence[str], line: int, log: ProblemLog) -> None:
    for name, count in Counter(header).items():
        if count > 1:
            log.add("there are two columns of this name", line=line, field=name)
        if name.startswith(LABEL) and not re.fullmatch(TOKEN_PATTERN, name.removeprefix(LABEL)):
            log.add("a label's name has lower-case letters, digits and inner hyphens", line=line, field=name)
    columns = dict.fromkeys(name for name in header if not name.startswith(LABEL))
    for place, text in unknown_fields(MachineFields, columns):
        log.add(text, line=line, place=place)
    if "labels" in columns:
        log.add("write a column for each label, such as label:tier", line=line, field="labels")
    if missing := [name for name in _REQUIRED if name not in columns]:
        log.add(f"the header lacks {', '.join(missing)}", line=line)


def _entries(rows: Iterator[tuple[int, list[str]]], header: Sequence[str], log: ProblemLog) -> Iterator[Entry]:
    for line, row in rows:
        if len(row) != len(header):
            log.add(f"has {len(row)} cells where the header has {len(header)}", line=line)
            continue
        yield Entry(MachineFields, typed(MachineFields, _fields(header, row)), Spot((), _always(line), _column))


def _fields(header: Sequence[str], row: Sequence[str]) -> dict[str, object]:
    cells = [(name, cell) for name, cell in zip(header, row, strict=True) if cell]
    fields: dict[str, object] = {name: cell for name, cell in cells if not name.startswith(LABEL)}
    if labels := {name.removeprefix(LABEL): cell for name, cell in cells if name.startswith(LABEL)}:
        fields["labels"] = labels
    return fields


def _always(line: int) -> Callable[[Place], int]:
    return lambda _place: line


def _column(place: Place) -> str:
    if len(place) > 1 and place[0] == "labels":
        return f"{LABEL}{place[1]}"
    return str(place[0]) if place else ""
