"""Keeps long-running tasks alive: one that ends is logged, turns health red and begins anew after a growing pause."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from mweek_messaging.observation import HealthBoard

_LONGEST_PAUSE_SECONDS: Final = 30.0
_WELL_AFTER_SECONDS: Final = 5.0
"""A task that has run so long since its last failure counts as well again."""

_log = structlog.get_logger()


async def keep_running(name: str, run: Callable[[], Awaitable[None]], *, health: HealthBoard) -> None:
    """Run, and run again, until cancelled."""
    failures = 0
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        well = loop.call_later(_WELL_AFTER_SECONDS if failures else 0.0, health.set, name, True, "runs")
        try:
            await run()
            sentence = "ended by itself"
        except Exception as error:  # noqa: BLE001  logged, red, and begun anew
            _log.exception("task failed", task=name)
            sentence = f"{type(error).__name__}: {error}"
        finally:
            well.cancel()
        failures = failures + 1 if loop.time() - began < _LONGEST_PAUSE_SECONDS else 1
        health.set(name, False, f"{sentence}; begins anew")
        await asyncio.sleep(min(0.25 * 2 ** min(failures, 7), _LONGEST_PAUSE_SECONDS))
