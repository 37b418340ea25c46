"""Transactions that several mails share: all of it is written, and what fails takes nothing else with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from mweek_notifier.sender.together import Together
from mweek_outbox import Database, open_database
from sqlmodel import Session

TABLE = sa.Table("sample", sa.MetaData(), sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    with opened.migrating() as connection:
        TABLE.create(connection)
    yield opened
    opened.close()


def writing(number: int, seen: list[Session]) -> Callable[[Session], int]:
    def write(session: Session) -> int:
        seen.append(session)
        session.connection().execute(sa.insert(TABLE), {"number": number})
        if number == 3:
            raise ValueError("three is wrong")
        return number

    return write


def numbers(database: Database) -> list[int]:
    with database.read() as session:
        return list(session.connection().execute(sa.select(TABLE.c.number).order_by(TABLE.c.number)).scalars())


async def test_what_waits_is_written_in_one_transaction_in_order(database: Database) -> None:
    together, seen = Together(database), list[Session]()
    answers = await asyncio.gather(*(together.write(number, writing(number, seen)) for number in (1, 5, 4, 2)))
    assert (answers, numbers(database)) == ([1, 5, 4, 2], [1, 2, 4, 5])
    assert len({id(session) for session in seen}) == 1


async def test_one_that_fails_is_told_and_the_others_are_written(database: Database) -> None:
    together = Together(database)
    wanted = (together.write(number, writing(number, [])) for number in (1, 2, 3, 4))
    answers = await asyncio.gather(*wanted, return_exceptions=True)
    assert (answers[:2], str(answers[2]), answers[3]) == ([1, 2], "three is wrong", 4)
    assert numbers(database) == [1, 2, 4]


async def test_what_is_not_waited_for_any_more_is_written_all_the_same(database: Database) -> None:
    together = Together(database)
    given_up = asyncio.create_task(together.write(1, writing(1, [])))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await together.write(2, writing(2, [])) == 2
    assert numbers(database) == [1, 2]
