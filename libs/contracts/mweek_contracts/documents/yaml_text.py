"""Reads YAML as text: every scalar is a string, whatever it looks like, so that `22:00` is no number and `NO` no lie.

Only what a fleet or a pattern needs is read: one document of mappings, lists and scalars. Aliases, which can make four
billion values of 400 bytes, tags, merge keys and repeated keys are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from mweek_contracts.documents.located import DEEPEST, LineTree, Located, find_line
from mweek_contracts.documents.problem import ProblemLog
from mweek_contracts.documents.source import SourceText
from mweek_contracts.strictness import Place
from mweek_contracts.wording import shown

# libyaml reads a few times faster; it comes with every wheel, but not with every build of PyYAML.
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})


def read_yaml(source: SourceText) -> Located:
    """Return the values of a YAML document: dicts, lists, strings, and None for what is left empty.

    Raises:
        DocumentError: not YAML, more or other than one plain document, repeated keys, too deep.
    """
    log = source.log()
    tree = _Tree(log)
    try:
        for event in _events(source.text):
            tree.take(event)
    except yaml.YAMLError as error:
        text, line = _explain(error, source.text)
        log.add(text, line=line)
        raise log.error() from None
    lines = tree.lines
    if lines is None:
        log.add("is empty")
        raise log.error()
    log.raise_if_any()
    return Located(tree.data, lambda place: find_line(lines, place))


def _events(text: str) -> Iterator[Any]:
    return iter(yaml.parse(text, Loader=_Loader))


def _explain(error: yaml.YAMLError, text: str) -> tuple[str, int | None]:
    """Return what the parser did not like, in a sentence, and the line."""
    if isinstance(error, yaml.reader.ReaderError):
        # libyaml gives bytes and a number, the reader in Python characters and a character.
        character = error.character if isinstance(error.character, int) else ord(error.character)
        line = text.encode()[: error.position].count(b"\n") + 1
        return f"has the character U+{character:04X}, which YAML does not allow", line
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return f"is not YAML: {' '.join(str(error).split())}", None
    line_text = [*text.split("\n"), ""][min(mark.line, text.count("\n"))]
    if "\t" in line_text[: len(line_text) - len(line_text.lstrip())]:
        return "is indented with a tab: YAML wants blanks", mark.line + 1
    parts = (getattr(error, "context", None), getattr(error, "problem", None))
    return f"is not YAML: {', '.join(part for part in parts if part)} (column {mark.column + 1})", mark.line + 1


@dataclass(slots=True)
class _Branch:
    """A mapping or list that is still open."""

    data: dict[str, Any] | list[Any]
    line: int
    parts: dict[str | int, LineTree] = field(default_factory=dict)
    key: tuple[str, int] | None = None
    """The key whose value comes next, and its line."""


class _Tree:
    """Grows values and lines from the parser's events; complains about what a plain document does not have."""

    def __init__(self, log: ProblemLog) -> None:
        self._log = log
        self._open: list[_Branch] = []
        self._documents = 0
        self.data: object = None
        self.lines: LineTree | None = None

    def take(self, event: Any) -> None:
        """Take the next event; raises DocumentError for what cannot be read on from."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_decorations(event, line)
            self._take_scalar(event, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._refuse_decorations(event, line)
            self._take_start(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            branch = self._open.pop()
            self._place(branch.data, branch.line, branch.parts)
        elif isinstance(event, yaml.AliasEvent):
            self._stop(f"*{event.anchor} is an alias: write the value out", line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop("a second document begins here: a file holds one", line)

    def _refuse_decorations(self, event: Any, line: int) -> None:
        if event.anchor is not None:
            self._stop(f"&{event.anchor} is an anchor: write the value out where it is needed", line)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._stop(f"{tag} is a tag: the field alone says what its value is", line)

    def _take_scalar(self, event: Any, line: int) -> None:
        plain = event.implicit[0]
        branch = self._open[-1] if self._open else None
        if branch is not None and isinstance(branch.data, dict) and branch.key is None:
            self._take_key(branch, event.value, line, merge=plain and event.value == "<<")
        else:
            self._place(None if plain and event.value in _NULLS else event.value, line, {})

    def _take_key(self, branch: _Branch, key: str, line: int, *, merge: bool) -> None:
        if merge:
            self._stop("<< is a merge key: write the fields out", line)
        if key in branch.data:
            first = branch.parts[key][0]
            self._log.add(f"{shown(key)} is given twice, first on line {first}", line=line, place=self._path())
        branch.key = (key, line)

    def _take_start(self, event: Any, line: int) -> None:
        if len(self._open) >= DEEPEST:
            self._log.add(f"is nested deeper than {DEEPEST} levels", line=line)
            raise self._log.error()
        if self._open and isinstance(self._open[-1].data, dict) and self._open[-1].key is None:
            self._stop("a key is a mapping or a list: write a name", line)
        mapping = isinstance(event, yaml.MappingStartEvent)
        self._open.append(_Branch({} if mapping else [], line))

    def _place(self, value: object, line: int, parts: dict[str | int, LineTree]) -> None:
        if not self._open:
            self.data, self.lines = value, (line, parts)
            return
        branch = self._open[-1]
        if isinstance(branch.data, list):
            branch.parts[len(branch.data)] = (line, parts)
            branch.data.append(value)
        elif branch.key is not None:
            key, key_line = branch.key
            branch.data[key] = value
            branch.parts[key] = (key_line, parts)
            branch.key = None

    def _path(self) -> Place:
        """Return the place of the innermost open branch."""
        return tuple(branch.key[0] if branch.key is not None else len(branch.data) for branch in self._open[:-1])

    def _stop(self, text: str, line: int) -> None:
        self._log.add(text, line=line, place=self._path())
        raise self._log.error()
