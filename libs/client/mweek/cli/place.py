"""Which week of which location a command is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mweek.cli.terminal import Terminal
from mweek.errors import ClientError

if TYPE_CHECKING:
    from mweek.client import Client


@dataclass(frozen=True, slots=True)
class WeekPlace:
    """A week of a location, written `rzob/2026-W49`."""

    location: str
    week: str

    def __str__(self) -> str:
        """Return it as it stands in plan ids."""
        return f"{self.location}/{self.week}"


async def find_week(client: Client, text: str, location: str | None, terminal: Terminal) -> WeekPlace:
    """Return the week that an argument like `2026-W49` or `rzob/2026-W49` means.

    Raises:
        ClientError: it is no week, or the location cannot be told.
    """
    from mweek_contracts.weeks import parse_week

    named, slash, week = text.rpartition("/")
    if slash and location not in (None, named):
        raise ClientError(f"{text} and --location {location} name two locations")
    try:
        parse_week(week)
    except ValueError as error:
        raise ClientError(str(error)) from None
    return WeekPlace(await find_location(client, named or location, terminal), week)


async def find_location(client: Client, given: str | None, terminal: Terminal) -> str:
    """Return the location that was given, else the only one that has machines.

    Raises:
        ClientError: there is none, or more than one.
    """
    if given:
        return given
    known = await client.locations()
    if len(known) != 1:
        what = f"one of {', '.join(known)}" if known else "none has machines yet; import one with: mweek fleet import"
        raise ClientError(f"which location? Give --location ({what})")
    terminal.talk(f"location {known[0]}, the only one")
    return known[0]
