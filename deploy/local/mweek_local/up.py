"""`mweek-local up`: the house, staying up until it is told to end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from mweek_local.ending import ToldToEndError, listen_for_signals, unless_told
from mweek_local.house import House
from mweek_local.places import Places
from mweek_local.runfile import sole_use


async def up(places: Places, *, environment: Mapping[str, str], say: Callable[[str], None]) -> int:
    """Start everything, stay until Ctrl-C or SIGTERM, end everything; return the exit code.

    Raises:
        HouseError: it could not be started; everything has been ended.
    """
    with sole_use(places):
        told_to_end = listen_for_signals()
        clock = asyncio.get_running_loop()
        began = clock.time()
        say(f"Starting nats-server and the services in {places.var} …")
        try:
            async with running_house(places, environment=environment, say=say, told_to_end=told_to_end) as house:
                say(status(house, seconds=clock.time() - began))
                await unless_told(told_to_end, house.keep_running())
        except ToldToEndError:
            say("Stopped.")
    return 0


@asynccontextmanager
async def running_house(
    places: Places, *, environment: Mapping[str, str], say: Callable[[str], None], told_to_end: asyncio.Event
) -> AsyncIterator[House]:
    """Give a house that is up, and end it in any case.

    Raises:
        HouseError: it could not be started.
        ToldToEndError: while it was starting.
    """
    house = House(places, environment=environment, say=say)
    try:
        await unless_told(told_to_end, house.start())
        yield house
    finally:
        say("Stopping …")
        await house.stop()


def status(house: House, *, seconds: float) -> str:
    """Return what runs and where, a line each, and what to do next."""
    pids = house.pids
    urls = {"nats-server": house.nats_url, **{address.service: address.url for address in house.addresses}}
    lines = [f"Maintenance Week is up ({seconds:.1f} s)."]
    lines += [f"  {name:<12} {url:<24} pid {pids[name]:<8} {house.places.log(name)}" for name, url in urls.items()]
    lines += [
        f"  {'mail':<12} {house.mail}",
        f"  {'addresses':<12} {house.places.run_file}",
        "Next: mweek fleet import deploy/reference/rzob.yaml",
        "Ctrl-C stops everything.",
    ]
    return "\n".join(lines)
