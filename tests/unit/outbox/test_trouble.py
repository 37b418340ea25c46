"""What an operator reads when a database does not work."""

from __future__ import annotations

import sqlite3

import psycopg.errors
import pytest
from mweek_outbox.trouble import describe_trouble
from sqlalchemy.exc import OperationalError

SQLITE = "sqlite:////srv/mweek/planner.sqlite3"
POSTGRESQL = "postgresql://planner:secret@db.test/planner"


def said(url: str, cause: Exception) -> str:
    return describe_trouble(url, OperationalError("UPDATE plan SET …", {"secret": "secret"}, cause))


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
def test_sqlite_trouble_names_the_file_the_cause_and_the_remedy(error: str, words: str) -> None:
    sentence = said(SQLITE, sqlite3.OperationalError(error))
    assert sentence.startswith(f"{SQLITE}: ")
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
