"""Says in health whether the database works: red as long as anybody has trouble with it, green once it works again."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from mweek_outbox import Database
from mweek_outbox.trouble import DATABASE_TROUBLE, describe_trouble, prove_readable, prove_writable

from mweek_messaging.observation import HealthBoard
from mweek_messaging.workers import Workers

PART: Final = "database"
"""What health calls it."""

_LOOK_SECONDS: Final = 5.0
_SILENT_SECONDS: Final = 15.0
"""A read that takes so long is not answered: no lock makes a reader wait."""
_TOLD_BY_NOW_SECONDS: Final = 60.0
"""Longer than any wait for a lock: who had trouble and still has it has said so again within this time."""
_WAITS: Final = "Nothing is lost: messages wait and are not counted as failing"

_log = structlog.get_logger()


class DatabaseWatch:
    """The state of one service's database. Whoever works with it tells; the watch asks when nobody does."""

    def __init__(self, database: Database, *, workers: Workers, health: HealthBoard) -> None:
        """Begin without trouble."""
        self._database = database
        self._workers = workers
        self._health = health
        self._troubled: dict[str, float] = {}
        self._asking: asyncio.Task[None] | None = None

    def trouble(self, who: str, error: BaseException) -> None:
        """Say that a part of the service, e.g. the consumer of a stream, cannot work for the database's sake."""
        self._say_red(who, describe_trouble(self._database.place, error))

    def works(self, who: str) -> None:
        """Say that a part of the service has worked with the database."""
        if self._troubled.pop(who, None) is not None and not self._troubled:
            self._say_green()

    async def run(self) -> None:
        """Look again and again until cancelled."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            if self._asking is not None:
                self._asking.cancel()

    async def _look(self) -> None:
        """Read, to notice a database that hangs; write, where those who had trouble do not come again to tell."""
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        done, _ = await asyncio.wait((self._asking,), timeout=_SILENT_SECONDS)
        if done:
            self._asking = None
        else:
            self._say_red("watch", f"{self._database.place}: it does not answer. Look at the server and the network")

    async def _ask(self) -> None:
        latest = max(self._troubled.values(), default=0.0)
        silent = self._troubled and _clock() - latest > _TOLD_BY_NOW_SECONDS
        try:
            await self._workers.run(prove_writable if silent else prove_readable, self._database)
        except DATABASE_TROUBLE as error:
            self.trouble("watch", error)
            return
        if silent:
            self._troubled.clear()
            self._say_green()
        self.works("watch")
        if not self._troubled:
            self._health.set(PART, True, "works")

    def _say_red(self, who: str, sentence: str) -> None:
        if not self._troubled:
            _log.error("database trouble", who=who, error=sentence)
        self._troubled[who] = _clock()
        self._health.set(PART, False, f"{sentence}. {_WAITS}")

    def _say_green(self) -> None:
        _log.info("database works again")
        self._health.set(PART, True, "works")


def _clock() -> float:
    return asyncio.get_running_loop().time()
