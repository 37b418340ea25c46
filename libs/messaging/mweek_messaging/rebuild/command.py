"""Runs a rebuild as an operator asked for it: opens the databases, and has the inventory say its records again."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nats.aio.client import Client
from nats.nuid import NUID

from mweek_messaging.rebuild.databases import find_databases, opened
from mweek_messaging.rebuild.run import OWNER_OF_RECORDS, Rebuild
from mweek_messaging.rebuild.steps import Say


class NotSaidAgainError(RuntimeError):
    """The records could not be recorded again."""

    def __init__(self, command: Sequence[str], output: str) -> None:
        """Name what was run, and what it said."""
        super().__init__(
            f"the records were not said again: `{' '.join(command)}` failed: {output.strip() or 'no output'}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildWish:
    """What was asked for."""

    databases: Mapping[str, str]
    """URLs by service, as far as they were given."""
    folder: Path
    """Where a house keeps its databases."""
    replicas: int
    dry_run: bool


async def rebuild(connection: Client, wish: RebuildWish, *, say: Say) -> None:
    """Do it; raises what `Rebuild.run` raises, and UnusableDatabaseError, NotSaidAgainError."""
    urls = find_databases(wish.databases, os.environ, wish.folder)
    with opened(urls) as databases:
        await Rebuild(
            connection=connection,
            databases=databases,
            say_records_again=lambda: _say_records_again(urls[OWNER_OF_RECORDS], wish.folder),
            now=_now,
            run_id=NUID().next().decode(),
            say=say,
            replicas=wish.replicas,
            dry_run=wish.dry_run,
        ).run()


async def _say_records_again(url: str, folder: Path) -> None:
    """Run the inventory's own command, since nobody else knows its tables; it records, and publishes nothing."""
    command = (sys.executable, "-m", f"mweek_{OWNER_OF_RECORDS}", "rebuild")
    own = {f"MWEEK_{OWNER_OF_RECORDS.upper()}_DATABASE_URL": url, **_clock_of_house(folder)}
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **own}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise NotSaidAgainError((f"mweek-{OWNER_OF_RECORDS}", "rebuild"), output.decode(errors="replace"))


def _clock_of_house(folder: Path) -> dict[str, str]:
    """Return the clock that the services of a house share, so that what is said again has their time."""
    try:
        clock = json.loads((folder / "run.json").read_text(encoding="utf-8"))["clock"]
    except (FileNotFoundError, ValueError, KeyError):
        return {}
    return {"MWEEK_CLOCK": str(clock)}


def _now() -> datetime:
    return datetime.now(UTC)
