"""Writes down what several mails have to write in one transaction: the disk is synced once for all that wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from mweek_outbox import Database
from sqlmodel import Session

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Wanted:
    row_id: int
    write: Callable[[Session], Any]
    answer: asyncio.Future[Any]


class Together:
    """Transactions that are shared by what comes while the one before commits. Nothing ever waits for company."""

    def __init__(self, database: Database) -> None:
        """Write into this database."""
        self._database = database
        self._wanted: list[_Wanted] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, row_id: int, write: Callable[[Session], Result]) -> Result:
        """Run `write` in a transaction and return its result once that is committed, or raise what it raises.

        Args:
            row_id: of the notice that is written; a transaction takes them in this order, so that two senders never
                wait for each other's rows.
        """
        wanted = _Wanted(row_id, write, asyncio.get_running_loop().create_future())
        self._wanted.append(wanted)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        result: Result = await wanted.answer
        return result

    async def _write_all(self) -> None:
        try:
            while self._wanted:
                some, self._wanted = sorted(self._wanted, key=lambda one: one.row_id), []
                for wanted, outcome in zip(some, await asyncio.to_thread(self._commit, some), strict=True):
                    _answer(wanted.answer, outcome)
        finally:
            self._writing = None

    def _commit(self, some: Sequence[_Wanted]) -> list[Any]:
        """Return a result or an exception for each; where all together fail, each is tried alone."""
        try:
            with self._database.transaction() as session:
                return [wanted.write(session) for wanted in some]
        except Exception as error:  # noqa: BLE001  goes to who wanted it
            if len(some) == 1:
                return [_Failed(error)]
            return [outcome for wanted in some for outcome in self._commit([wanted])]


@dataclass(frozen=True, slots=True)
class _Failed:
    error: Exception


def _answer(answer: asyncio.Future[Any], outcome: Any) -> None:
    if answer.done():  # who wanted it was cancelled meanwhile; what is written stands
        return
    if isinstance(outcome, _Failed):
        answer.set_exception(outcome.error)
    else:
        answer.set_result(outcome)
