"""The columns of a fleet while its file is read. Equal values become one object, so that each is checked once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from mweek_contracts import rules

REQUIRED: Final = ("name", "kind", "role", "environment")
CHOICES: Final[Mapping[str, frozenset[str]]] = {
    "kind": frozenset({"physical", "virtual"}),
    "environment": frozenset({"production", "test", "internal"}),
}
TOKENS: Final = ("role", "customer", "host", "redundancy_group")
TEXTS: Final = ("profile", "os_release", "hardware_model", "bios_version")
WORDS: Final = ("name", *CHOICES, *TOKENS, *TEXTS)
"""The fields that hold text, and text alone."""

Column = list[Any]
Columns = dict[str, Column]
Labels = tuple[tuple[str, str], ...]
_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyz0123456789-"


class Doubt(Exception):  # noqa: N818  no error: somebody else reads the file
    """The file is wrong, or right in a way that only the other reader knows."""


class Words:
    """A column of text; an absent cell becomes None."""

    def __init__(self, field: str, absent: str | None) -> None:
        """Start empty; `absent` is how the format leaves a cell out."""
        self.field = field
        self.values: Column = []
        self._known: dict[str | None, str | None] = {} if field in REQUIRED else {absent: None}

    def extend(self, cells: Sequence[str | None]) -> None:
        """Add cells."""
        if self.field == "name":  # all are different
            self.values += cells
        else:
            self.values.extend(map(self._known.setdefault, cells, cells))

    def checked(self) -> Column:
        """Return the column, empty where every cell is absent; raises Doubt."""
        if self.field == "name":
            ensure(are_tokens(self.values) and len(set(self.values)) == len(self.values))
            return self.values
        found = set(self._known.values())
        if self.field not in REQUIRED:
            found.discard(None)
        if self.field in CHOICES:
            ensure(found <= CHOICES[self.field])
        elif self.field in TOKENS:
            ensure(are_tokens(found))
        else:
            ensure(all(map(is_text, found)))
        return self.values if found else []


class Converted(dict[Any, Any]):
    """What cells mean, each different one worked out once, when it is first asked for."""

    def __init__(self, convert: Callable[[Any], object]) -> None:
        """Take what works out the meaning of a cell."""
        self._convert = convert

    def __missing__(self, cell: object) -> object:
        """Work out the meaning of a cell that is met for the first time."""
        return self.setdefault(cell, self._convert(cell))


def ensure(certain: object, /) -> None:
    """Raise Doubt unless something is certain."""
    if not certain:
        raise Doubt


def are_tokens(names: Collection[Any]) -> bool:
    """Tell whether all are names for the bus. One look at all of them together is ten times faster than one at each."""
    if not names:
        return True
    if set(map(type, names)) != {str} or max(map(len, names)) > rules.LONGEST_TOKEN:
        return False
    lines = "\n".join(("", *names, ""))
    if not lines.isascii():
        return False
    text = lines.encode()
    only_letters = text.translate(None, _LETTERS) == b"\n" * (len(names) + 1)
    return only_letters and b"\n\n" not in text and b"\n-" not in text and b"-\n" not in text


def is_text(value: object) -> bool:
    """Tell whether it is a text of ours."""
    if type(value) is not str or len(value) > rules.LONGEST_TEXT:
        return False
    try:
        rules.check_text(value)
    except ValueError:
        return False
    return True


def labels_of(pairs: Iterable[tuple[str, str]]) -> Labels:
    """Return the labels of a machine as planning has them; raises Doubt."""
    labels = tuple(sorted(pairs))
    ensure(len(labels) <= rules.MOST_LABELS and all(is_text(value) for _, value in labels))
    return labels
