"""Where a command speaks: data on stdout, talk on stderr; colour and width as the terminal and NO_COLOR have it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

FORMAT_VERSION = 1
"""Of the JSON: rises when a field changes its meaning or goes; new fields may come at any time."""

_WIDTH_OF_A_FILE = 160
"""Where no terminal says how wide it is, as in a pipe: long sentences stay on their line, so that grep finds them."""


class Terminal:
    """One command's stdout and stderr."""

    def __init__(self, *, as_json: bool) -> None:
        """Print text, or JSON on stdout."""
        self.as_json = as_json

    @property
    def width(self) -> int:
        """How many columns a line of text may have."""
        return self._out.width

    def show(self, *parts: RenderableType) -> None:
        """Print text for people; nothing with `--json`."""
        if not self.as_json:
            with self._out.capture() as text:
                self._out.print(*parts, sep="\n")
            # Tables are padded to the width of the terminal, which is only noise in a file or a diff.
            print("\n".join(line.rstrip() for line in text.get().removesuffix("\n").split("\n")), flush=True)

    def data(self, fields: Mapping[str, Any], *, one_line: bool = False) -> None:
        """Print JSON, with its format version, when it was asked for."""
        if self.as_json:
            print(json.dumps({"format_version": FORMAT_VERSION, **fields}, indent=None if one_line else 2), flush=True)

    def talk(self, text: str) -> None:
        """Say something about what goes on; never data."""
        self._err.print(text, markup=False, highlight=False, soft_wrap=True)

    def complain(self, text: str) -> None:
        """Say what went wrong."""
        self._err.print(f"mweek: {text}", style="red", markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def progress(self, text: str) -> Iterator[Progress]:
        """Show that work goes on: a line that changes on a terminal, one plain line elsewhere."""
        if not self._err.is_terminal:
            self.talk(text)
            yield Progress(lambda _text: None)
            return
        with self._err.status(text) as status:
            yield Progress(status.update)

    @cached_property
    def _out(self) -> Console:
        return _console(stderr=False)

    @cached_property
    def _err(self) -> Console:
        return _console(stderr=True)


class Progress:
    """What is shown while a command waits."""

    def __init__(self, update: Any) -> None:
        """Use what changes the line."""
        self.say = update


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    wide = None if stream.isatty() or "COLUMNS" in os.environ else _WIDTH_OF_A_FILE
    return Console(stderr=stderr, width=wide, highlight=False, markup=False)
