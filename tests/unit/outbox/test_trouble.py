"""What an operator reads when a database does not work."""

from __future__ import annotations

import sqlite3

import psycopg.errors
import pytest
from mweek_outbox import open_database
from mweek_outbox.trouble import describe_trouble
from sqlalchemy.exc import OperationalError

POSTGRESQL = "postgresql://planner:secret@db.test/planner"


def said(url: str, cause: Exception) -> str:
    database = open_database(url)
    try:
        return describe_trouble(database, OperationalError("UPDATE plan SET …", {"secret": "secret"}, cause))
    finally:
        database.close()


@pytest.fixture
def sqlite_place(tmp_path: object) -> str:
    return f"sqlite:///{tmp_path}/planner.sqlite3"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("database is locked", "another process has been holding its lock"),
        ("database or disk is full", "its disk is full. Free space there; it goes on by itself"),
        ("disk I/O error", "Look at the disk and the kernel's log"),
        ("unable to open database file", "Look at the disk, the folder and its permissions"),
        ("something new", "it does not work now. It says: something new"),
    ],
)
def test_sqlite_trouble_names_the_file_the_cause_and_the_remedy(sqlite_place: str, error: str, words: str) -> None:
    sentence = said(sqlite_place, sqlite3.OperationalError(error))
    assert sentence.startswith(f"{sqlite_place}: ")
    assert words in sentence


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (psycopg.errors.DiskFull("could not extend file"), "its disk is full. Free space there"),
        (psycopg.errors.LockNotAvailable("canceling statement"), "pg_stat_activity and pg_locks"),
        (psycopg.errors.AdminShutdown("terminating connection"), "it was told to shut down"),
        (psycopg.OperationalError("connection refused"), "there is no connection to it. Look at the server"),
    ],
)
def test_postgresql_trouble_names_the_database_the_cause_and_the_remedy(error: Exception, words: str) -> None:
    sentence = said(POSTGRESQL, error)
    assert sentence.startswith("postgresql")
    assert words in sentence


def test_trouble_tells_no_password_and_no_statement() -> None:
    sentence = said(POSTGRESQL, psycopg.OperationalError("connection refused"))
    assert "secret" not in sentence
    assert "UPDATE" not in sentence
