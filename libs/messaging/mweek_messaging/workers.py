"""Runs blocking work, the transactions of a service, in threads, with the log context of the caller."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Final, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

THREADS: Final = 8
"""Two streams, records, relay, guard and a few tickers at once. More would only wait for the database."""


class Workers:
    """The threads of one service."""

    def __init__(self) -> None:
        """Start none: threads come with the first work."""
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="mweek")
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def busy(self) -> int:
        """How many pieces of work are not finished; those whose caller was cancelled count too."""
        return self._busy

    async def run(
        self, work: Callable[Arguments, Result], *arguments: Arguments.args, **keywords: Arguments.kwargs
    ) -> Result:
        """Run `work` in a thread and return its result, or raise what it raises.

        A caller that is cancelled does not wait any longer, but the work goes on to its end.
        """
        context = contextvars.copy_context()
        self._busy += 1
        self._idle.clear()
        future = self._pool.submit(partial(context.run, work, *arguments, **keywords))
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(self._finished))
        return await asyncio.wrap_future(future)

    async def until_idle(self, within: float) -> None:
        """Wait until nothing runs, so many seconds at most: work whose caller was cancelled is often all but done."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), within)

    def close(self) -> None:
        """Take no more work; what runs goes on."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _finished(self) -> None:
        self._busy -= 1
        if not self._busy:
            self._idle.set()
