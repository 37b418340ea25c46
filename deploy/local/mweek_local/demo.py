"""`mweek-local demo`: the main job once, on the reference fleet, typed as an administrator would type it."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mweek_local.child import leash
from mweek_local.ending import ToldToEndError, listen_for_signals, unless_told
from mweek_local.errors import HouseError
from mweek_local.mailbox import mail_text, read_mails
from mweek_local.places import Places
from mweek_local.runfile import sole_use, write_whole
from mweek_local.up import running_house

WEEK = "2026-W49"
CLOCK = "2026-11-23T08:00Z"
"""Monday of the week before: early enough for every customer's notice hours, and the same plan on every day."""

_RULE = "─" * 78


async def demo(places: Places, *, fleet: Path, environment: Mapping[str, str], say: Callable[[str], None]) -> int:
    """Start everything, import the fleet, schedule the week, show what came of it, stop everything.

    Args:
        places: emptied first.
        environment: its settings for Maintenance Week are not used: a demo must not mail anybody.
        say: gets talk; what the demo is about goes to stdout.

    Returns:
        0, or 1 when a step was refused or the audit failed.

    Raises:
        HouseError: something could not be started; everything has been ended.
    """
    if not fleet.exists():
        raise HouseError(f"there is no fleet file {fleet}: run the demo in the top folder of the repository")
    with sole_use(places):
        _empty(places)
        settings = {name: value for name, value in environment.items() if not name.startswith("MWEEK_")}
        settings["MWEEK_CLOCK"] = CLOCK
        told_to_end = listen_for_signals()
        say("Starting nats-server and the services …")
        try:
            async with running_house(places, environment=settings, say=say, told_to_end=told_to_end) as house:
                administrator = _Administrator({**settings, "MWEEK_NATS_URL": house.nats_url})
                return await unless_told(told_to_end, _perform(administrator, places, fleet))
        except ToldToEndError:
            return 1


async def _perform(administrator: _Administrator, places: Places, fleet: Path) -> int:
    """Do the main job; return the exit code."""
    _show(f"Maintenance Week, once through. It is Monday 23 November 2026, 08:00 UTC; the fleet is {fleet}.")
    if await administrator.types("fleet", "import", str(fleet)):
        return 1
    await administrator.types("week", "schedule", WEEK)
    summary = _summary(json.loads(await administrator.asks("week", "show", WEEK, "--json")))
    write_whole(places.summary, json.dumps(summary, indent=2) + "\n")
    _show_mail(places)
    _show(f"Summary: {places.summary}")
    return 0 if summary["audit"] == "passed" else 1


@dataclass(frozen=True, slots=True)
class _Administrator:
    """Somebody at a terminal who types `mweek` commands."""

    environment: Mapping[str, str]

    async def types(self, *arguments: str) -> int:
        """Show the command and its output; return its exit code."""
        _show(f"\n$ mweek {' '.join(arguments)}")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "mweek", *arguments, env=dict(self.environment), preexec_fn=leash()
        )
        return await process.wait()

    async def asks(self, *arguments: str) -> str:
        """Return the output of a command; its talk is shown only when it fails."""
        command = (sys.executable, "-m", "mweek", *arguments)
        process = await asyncio.create_subprocess_exec(
            *command, env=dict(self.environment), stdout=PIPE, stderr=PIPE, preexec_fn=leash()
        )
        output, talk = await process.communicate()
        if process.returncode:
            raise HouseError(f"mweek {' '.join(arguments)} failed: {talk.decode(errors='replace').strip()}")
        return output.decode()


def _summary(week: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the demo is measured by, from `mweek week show --json`."""
    return {
        "location": week["location"],
        "week": week["week"],
        "revision": week["revision"],
        "phases": week["phases"],
        "windows": week["windows"],
        "unplaced": week["unplaced"],
        "notices_sent": week["notices"]["sent"],
        "audit": week["audit"]["verdict"],
        "findings": week["audit"]["findings"],
    }


def _show_mail(places: Places) -> None:
    mails = read_mails(places.mail)
    if not mails:
        _show(f"\nNo mail lies in {places.mail}.")
        return
    _show(f"\nOne of {len(mails)} mails in {places.mail}, as the customer sees it:\n{_RULE}")
    _show(f"{mail_text(mails[0])}\n{_RULE}")


def _empty(places: Places) -> None:
    """Remove what an earlier demo has left, and nothing else that may lie in the folder."""
    for folder in (places.nats, places.logs, places.mail):
        shutil.rmtree(folder, ignore_errors=True)
    for file in (*places.var.glob("*.sqlite3*"), places.run_file, places.summary):
        file.unlink(missing_ok=True)


def _show(text: str) -> None:
    print(text, flush=True)
