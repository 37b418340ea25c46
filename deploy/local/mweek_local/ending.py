"""Being told to end, by Ctrl-C or a signal, at any moment of what goes on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ToldToEndError(Exception):
    """Somebody wants the command to end; what was going on has been given up."""


def listen_for_signals() -> asyncio.Event:
    """Return an event that is set when the process is told to end; from now on signals do nothing else."""
    told_to_end = asyncio.Event()
    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, told_to_end.set)
    return told_to_end


async def unless_told(told_to_end: asyncio.Event, work: Coroutine[None, None, Result]) -> Result:
    """Do the work and return its result; give it up when the event is set.

    Raises:
        ToldToEndError: the event was set first.
    """
    doing = asyncio.ensure_future(work)
    waiting = asyncio.ensure_future(told_to_end.wait())
    try:
        await asyncio.wait((doing, waiting), return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise ToldToEndError
    finally:
        for task in (doing, waiting):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await doing
