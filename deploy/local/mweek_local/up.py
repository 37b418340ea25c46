"""`mweek-local up`: the house, staying up until it is told to end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress

from mweek_local.house import House
from mweek_local.places import Places
from mweek_local.runfile import sole_use

_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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
        async with running_house(places, environment=environment, say=say, told_to_end=told_to_end) as house:
            if house is not None:
                say(status(house, seconds=clock.time() - began))
                await _until(told_to_end, house.keep_running())
            say("Stopping …")
        say("Stopped.")
    return 0


@asynccontextmanager
async def running_house(
    places: Places, *, environment: Mapping[str, str], say: Callable[[str], None], told_to_end: asyncio.Event
) -> AsyncIterator[House | None]:
    """Give a house that is up, or None when it was told to end while it was starting; end it in any case."""
    house = House(places, environment=environment, say=say)
    try:
        started = await _until(told_to_end, house.start())
        yield house if started else None
    finally:
        await house.stop()


def listen_for_signals() -> asyncio.Event:
    """Return an event that is set when the process is told to end; from now on signals do nothing else."""
    told_to_end = asyncio.Event()
    for number in _ENDING_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, told_to_end.set)
    return told_to_end


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


async def _until(event: asyncio.Event, work: Coroutine[None, None, None]) -> bool:
    """Do the work until it is done or the event is set; return whether it was done. Its errors come through."""
    doing = asyncio.ensure_future(work)
    waiting = asyncio.ensure_future(event.wait())
    await asyncio.wait((doing, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not doing.done():
        doing.cancel()
        with suppress(asyncio.CancelledError):
            await doing
        return False
    doing.result()
    return True
