"""Performs a story and writes its transcript: every line of the script, and below a step what it answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent

from mweek_contracts.documents import DocumentError

from tests.support.audit_story.stage import Stage, StageError
from tests.support.audit_story.steps import STEPS


class StoryError(ValueError):
    """A line of a story cannot be performed; the message names file and line."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A step with its number in the file and the indented lines below it; or a comment, or an empty line."""

    number: int
    text: str
    block: str = ""

    @property
    def is_step(self) -> bool:
        return bool(self.text) and not self.text.startswith("#")


def perform(story: Path, folder: Path) -> str:
    """Perform a story and return the transcript; the story's own files go to the folder.

    Raises:
        StoryError: a line is no step that is known, or asks for what cannot be done.
    """
    stage = Stage(folder=folder)
    parts = []
    for line in _lines(story.read_text(encoding="utf-8")):
        try:
            answer = _step(stage, line) if line.is_step else None
        except (ValueError, DocumentError) as error:
            raise StoryError(f"{story}:{line.number}: {error}") from None
        parts.append(f"> {line.text}" if line.is_step else line.text)
        parts += [indent(text, "  ") for text in (line.block, answer) if text]
    return "\n".join(parts) + "\n"


def _step(stage: Stage, line: _Line) -> str | None:
    for words, do in STEPS:
        if found := words.fullmatch(line.text):
            block = {"block": line.block} if line.text.endswith(":") else {}
            if bool(line.block) != bool(block):
                raise StageError("lines that belong to a step are indented, below one that ends with a colon")
            return do(stage, **found.groupdict(), **block)
    raise StageError(f"`{line.text}` is no step of a story")


def _lines(text: str) -> Iterator[_Line]:
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        first = number
        number += 1
        while number < len(lines) and lines[number].startswith(" "):
            number += 1
        block = dedent("\n".join(lines[first + 1 : number]))
        yield _Line(first + 1, lines[first].rstrip(), block)
