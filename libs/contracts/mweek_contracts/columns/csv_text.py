"""CSV as columns of machines. Where no cell is quoted, cutting at commas is all there is to CSV, and twice as fast."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from mweek_contracts.columns.column import (
    REQUIRED,
    WORDS,
    Column,
    Columns,
    Converted,
    Doubt,
    Words,
    are_tokens,
    ensure,
    labels_of,
)
from mweek_contracts.columns.lines import blocks_of_lines
from mweek_contracts.rules import DEFAULT_DOWNTIME_MINUTES, LONGEST_DOWNTIME_MINUTES

LABEL: Final = "label:"
_ROWS: Final = 200
"""In a block: few enough to stay in the processor's cache, which halves the time."""
_LONGEST: Final = len(str(LONGEST_DOWNTIME_MINUTES))
_TRUTH: Final = {"": True, "true": True, "false": False}

Block = Sequence[Sequence[str]]
"""The cells of some rows, column by column."""


class _UncutError(Exception):
    """Cutting at commas is not enough."""


def read_csv(path: str) -> Columns:
    """Return the columns of a CSV file; raises Doubt."""
    try:
        return _columns(_cut(path))
    except _UncutError:
        return _columns(_parsed(path))


def _cut(path: str) -> Iterator[Block]:
    """Yield the header as a block of one row, then the rows; raises _UncutError."""
    width = 0
    for text in blocks_of_lines(path):
        if '"' in text or "\r" in text or (not width and text.startswith("\n")):
            raise _UncutError
        lines = text
        if not width:
            header, _, lines = text.partition("\n")
            names = header.split(",")
            width = len(names)
            yield [[name] for name in names]
        cells = lines.replace("\n", ",\n,").split(",")
        ends = cells[width :: width + 1]
        if len(cells) != len(ends) * (width + 1) + 1 or ends.count("\n") != len(ends):
            raise _UncutError  # an empty line, perhaps
        yield [cells[number : -1 : width + 1] for number in range(width)]


def _parsed(path: str) -> Iterator[Block]:
    import csv
    from itertools import islice

    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = filter(None, csv.reader(file, strict=True))
        try:
            header = next(rows, [])
            yield [[name] for name in header]
            while block := list(islice(rows, _ROWS)):
                ensure(set(map(len, block)) == {len(header)})
                yield list(zip(*block, strict=True))
        except csv.Error:
            raise Doubt from None


def _columns(blocks: Iterator[Block]) -> Columns:
    header = [names[0] for names in next(blocks, [])]
    words = {name: Words(name, "") for name in header if name in WORDS}
    others = {name: Converted(convert) for name, convert in _CONVERT.items() if name in header}
    labels = {name: Words(name, None) for name in header if name.startswith(LABEL)}
    ensure(len(words) + len(others) + len(labels) == len(header) and set(REQUIRED) <= words.keys())
    columns: Columns = {name: [] for name in others}
    for block in blocks:
        for name, cells in zip(header, block, strict=True):
            if name in others:
                columns[name].extend(map(others[name].__getitem__, cells))
            else:
                (words.get(name) or labels[name]).extend(cells)
    columns |= {name: column.checked() for name, column in words.items()}
    if labels:
        columns["labels"] = _labels(labels)
    return columns


def _labels(columns: Mapping[str, Words]) -> Column:
    names = [name.removeprefix(LABEL) for name in columns]
    ensure(are_tokens(names))
    labels = Converted(lambda cells: labels_of((name, cell) for name, cell in zip(names, cells, strict=True) if cell))
    return list(map(labels.__getitem__, zip(*(column.values for column in columns.values()), strict=True)))


def _minutes(cell: str) -> int:
    if not cell:
        return DEFAULT_DOWNTIME_MINUTES
    # As whole numbers are written: no sign, no leading zero, no digits of other scripts.
    ensure(cell.isascii() and cell.isdigit() and (cell == "0" or cell[0] != "0") and len(cell) <= _LONGEST)
    minutes = int(cell)
    ensure(minutes <= LONGEST_DOWNTIME_MINUTES)
    return minutes


def _truth(cell: str) -> bool:
    ensure(cell in _TRUTH)
    return _TRUTH[cell]


_CONVERT: Final[Mapping[str, Callable[[str], object]]] = {"downtime_minutes": _minutes, "in_service": _truth}
