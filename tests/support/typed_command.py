"""Types an `mweek` command without starting a process for it, which takes longer than most commands do."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mweek.cli.app import app
from typer.testing import CliRunner


@dataclass(frozen=True)
class Typed:
    """What a command did."""

    exit_code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """The one JSON value that it printed."""
        printed: dict[str, Any] = json.loads(self.out)
        return printed

    @property
    def events(self) -> list[dict[str, Any]]:
        """The JSON values that it printed, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


async def type_command(*arguments: str, environment: Mapping[str, str]) -> Typed:
    """Run a command in a thread, with an event loop of its own; one at a time, since stdout is the process's."""
    outer = {name: None for name in os.environ if name.startswith("MWEEK_")}
    run = asyncio.to_thread(CliRunner().invoke, app, list(arguments), env={**outer, **environment}, prog_name="mweek")
    done = await asyncio.wait_for(run, 60)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Typed(done.exit_code, done.stdout, done.stderr)
