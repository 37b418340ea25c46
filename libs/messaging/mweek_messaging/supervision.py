"""Keeps long-running tasks alive: one that ends is logged, turns health red and begins anew after a growing pause."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from mweek_outbox.trouble import DATABASE_TROUBLE

from mweek_messaging.database_watch import DatabaseWatch
from mweek_messaging.observation import HealthBoard

_LONGEST_PAUSE_SECONDS: Final = 30.0
_WELL_AFTER_SECONDS: Final = 5.0
"""A task that has run so long since its last failure counts as well again."""
_DATABASE_WELL_AFTER_SECONDS: Final = 35.0
"""Longer than any wait for a lock: a task that has run so long is not waiting for the database."""

_log = structlog.get_logger()


async def keep_running(
    name: str, run: Callable[[], Awaitable[None]], *, health: HealthBoard, database_watch: DatabaseWatch
) -> None:
    """Run, and run again, until cancelled.

    A task that ends for the database's sake turns the database red and not itself.
    """
    failures = 0
    loop = asyncio.get_running_loop()

    while True:
        began = loop.time()
        well = (
            loop.call_later(_WELL_AFTER_SECONDS if failures else 0.0, health.set, name, True, "runs"),
            loop.call_later(_DATABASE_WELL_AFTER_SECONDS, database_watch.works, name),
        )
        try:
            await run()
            health.set(name, False, "ended by itself; begins anew")
        except DATABASE_TROUBLE as error:
            database_watch.trouble(name, error)
        except Exception as error:  # noqa: BLE001  logged, red, and begun anew
            _log.exception("task failed", task=name)
            health.set(name, False, f"{type(error).__name__}: {error}; begins anew")
        finally:
            for one in well:
                one.cancel()
        failures = failures + 1 if loop.time() - began < _LONGEST_PAUSE_SECONDS else 1
        await asyncio.sleep(min(0.25 * 2 ** min(failures, 7), _LONGEST_PAUSE_SECONDS))
