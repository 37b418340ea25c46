"""Databases as SQL text: frozen once, loaded into an empty database again."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg

from tests.support.postgres import postgres_binaries

_NOT_DATA = re.compile(r"(--.*|\\(un)?restrict .*|SET \w+ = .*;|SELECT pg_catalog\.set_config\(.*;)?\n", re.ASCII)


def freeze(url: str) -> str:
    """Return the whole database, tables and rows, as the statements that make it."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(_path(url))) as connection:
            return "\n".join(connection.iterdump()) + "\n"
    binaries = postgres_binaries()
    assert binaries
    command = [binaries / "pg_dump", "--no-owner", "--no-privileges", "--inserts", "-d", url]
    dumped = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "".join(line for line in dumped.splitlines(keepends=True) if not _NOT_DATA.fullmatch(line))


def thaw(text: str, url: str) -> None:
    """Load a frozen database into an empty one of the same kind."""
    if url.startswith("sqlite"):
        path = _path(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(text)
        return
    with psycopg.connect(url) as connection:
        connection.execute(text.encode())


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
