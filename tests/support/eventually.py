"""The one place of the tests that waits."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Seen = TypeVar("Seen")


async def eventually(
    look: Callable[[], Seen | Awaitable[Seen]],
    until: Callable[[Seen], bool] = bool,
    *,
    within: float = 60.0,
    every: float = 0.03,
) -> Seen:
    """Look again and again until what is seen satisfies `until`, and return it.

    Args:
        look: a function or coroutine function; an AssertionError or LookupError of it counts as "not yet".
        until: what is waited for; by default that the seen value is true.
        within: real seconds.

    Raises:
        AssertionError: not within the time; says what was seen last.
    """
    ends_at = time.monotonic() + within
    while True:
        seen: object
        try:
            value = look()
            result = await value if inspect.isawaitable(value) else value
            if until(result):
                return result
            seen = result
        except (AssertionError, LookupError) as error:
            seen = error
        if time.monotonic() > ends_at:
            raise AssertionError(f"not within {within} s; last seen: {seen!r}")
        await asyncio.sleep(every)


async def never(look: Callable[[], Seen | Awaitable[Seen]], *, during: float, every: float = 0.05) -> None:
    """Fail as soon as what is seen is true; else return after so many real seconds."""
    ends_at = time.monotonic() + during
    while time.monotonic() < ends_at:
        value = look()
        result = await value if inspect.isawaitable(value) else value
        assert not result, f"seen: {result!r}"
        await asyncio.sleep(every)


def wait_for(look: Callable[[], Seen], *, within: float, every: float = 0.01) -> Seen:
    """Look again and again, without an event loop, until what is seen is true, and return it."""
    ends_at = time.monotonic() + within
    while not (seen := look()):
        if time.monotonic() > ends_at:
            raise AssertionError(f"not within {within} s; last seen: {seen!r}")
        time.sleep(every)
    return seen


async def pause(seconds: float) -> None:
    """Let time go by, for a test that breaks things at random moments; never to wait for something."""
    await asyncio.sleep(seconds)
