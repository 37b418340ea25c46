"""A role that at most one process per database has: a file lock beside SQLite, an advisory lock on PostgreSQL."""

from __future__ import annotations

import fcntl
from datetime import timedelta
from pathlib import Path
from typing import IO, Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

LOST_AFTER: Final = timedelta(minutes=1)
"""The relay asks for its role every second, and every ten while it cannot publish."""


class FileRole:
    """The role as a lock on a file; the operating system releases it when the process dies."""

    def __init__(self, path: Path) -> None:
        """Keep the path; the file is created when the role is acquired, and stays."""
        self._path = path
        self._file: IO[bytes] | None = None

    def acquire(self) -> bool:
        """Take the role or keep it; False when another process has it."""
        if self._file is not None:
            return True
        file = self._path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Give the role up."""
        if self._file is not None:
            self._file.close()
            self._file = None


class AdvisoryRole:
    """The role as a session's advisory lock; the server releases it when the session ends.

    A session whose process is frozen, or cut off without a word, would last for hours: the server ends one that has
    not been heard of for a minute (PostgreSQL 14 and later). Whoever has the role must ask for it more often.
    """

    def __init__(self, engine: sa.Engine, key: int, *, lost_after: timedelta = LOST_AFTER) -> None:
        """Keep the engine; a connection of its own is held while the role is."""
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._key = key
        self._lost_after = lost_after
        self._connection: sa.Connection | None = None

    def acquire(self) -> bool:
        """Take the role or keep it; False when another process has it, or when the connection was lost just now."""
        if self._connection is not None:
            return self._still_connected()
        connection = self._engine.connect()
        if connection.execute(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": self._key}).scalar():
            self._connection = connection
            if (connection.dialect.server_version_info or ()) >= (14,):
                idle = f"{self._lost_after.total_seconds() * 1000:.0f}ms"
                connection.execute(sa.text("SELECT set_config('idle_session_timeout', :idle, false)"), {"idle": idle})
            return True
        connection.close()
        return False

    def release(self) -> None:
        """Give the role up."""
        if self._connection is not None:
            # Not back to the pool: the lock belongs to the session, and only its end surely releases it.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _still_connected(self) -> bool:
        assert self._connection is not None
        try:
            self._connection.execute(sa.text("SELECT 1"))
        except DBAPIError:
            self.release()
            return False
        return True
