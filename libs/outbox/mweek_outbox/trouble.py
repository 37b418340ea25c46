"""A database that is locked, full or away: what counts as that, and what to tell an operator."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, insert, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import col

from mweek_outbox.database import Database
from mweek_outbox.rows import AttemptRow

DATABASE_TROUBLE: Final = (OperationalError, InterfaceError)
"""The database is away, locked or full. Nobody's fault who works with it: it is waited for, and nothing else counts."""

_PROBE: Final = "database-probe"
_LONGEST_DETAIL: Final = 300

_FULL: Final = "its disk is full. Free space there; it goes on by itself"
_LOCKED: Final = (
    "another process has been holding its lock for too long (a backup, an open shell?). End that process; "
    "it goes on by itself"
)
_SQLITE: Final = {
    "database is locked": _LOCKED,
    "database table is locked": _LOCKED,
    "database or disk is full": _FULL,
    "disk i/o error": "its disk cannot be read or written, or is full. Look at the disk and the kernel's log",
    "unable to open database file": "its file cannot be opened. Look at the disk, the folder and its permissions",
    "attempt to write a readonly database": "its file may not be written. Look at its permissions and at its disk",
}
_POSTGRESQL: Final = {
    "53100": _FULL,
    "53200": "it is out of memory",
    "53300": "it has no connection left. Raise max_connections, or run fewer instances",
    "55P03": (
        "another session has been holding a lock on what is needed for too long. Find it in pg_stat_activity and "
        "pg_locks, and end it"
    ),
    "57P01": "it was told to shut down, or to end this connection",
    "57P02": "it has crashed and starts again",
    "57P03": "it is starting or stopping",
    "40001": "two transactions were in each other's way; both are tried again",
    "40P01": "two transactions were in each other's way; both are tried again",
}
_IN_EACH_OTHERS_WAY: Final = frozenset({"40001", "40P01"})
_NO_CONNECTION: Final = "there is no connection to it. Look at the server and the network"


def describe_trouble(url: str, error: BaseException) -> str:
    """Return which database has which trouble and what to do, in a sentence or two without any password."""
    place = make_url(url).render_as_string(hide_password=True)
    cause = getattr(error, "orig", None) or error
    detail = " ".join(str(cause).split())[:_LONGEST_DETAIL] or type(cause).__name__
    return f"{place}: {_meaning(cause, detail)}. It says: {detail}"


def is_passing(error: BaseException) -> bool:
    """Tell whether the same transaction may well work at once: it and another were in each other's way."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in _IN_EACH_OTHERS_WAY


def prove_writable(database: Database) -> None:
    """Commit something that leaves no trace; raises what is wrong, e.g. that the disk is full."""
    with database.transaction() as session:
        connection = session.connection()
        connection.execute(insert(AttemptRow), {"message_id": _PROBE, "attempts": 0})
        connection.execute(delete(AttemptRow).where(col(AttemptRow.message_id) == _PROBE))


def prove_readable(database: Database) -> None:
    """Ask for something that no lock guards; raises what is wrong, and hangs where the database hangs."""
    question = "PRAGMA schema_version" if database.dialect == "sqlite" else "SELECT 1"
    with database.read() as session:
        session.connection().exec_driver_sql(question)


def _meaning(cause: BaseException, detail: str) -> str:
    state = getattr(cause, "sqlstate", None)
    if state in _POSTGRESQL:
        return _POSTGRESQL[state]
    for said, meaning in _SQLITE.items():
        if said in detail.lower():
            return meaning
    if type(cause).__module__.startswith("psycopg") and state is None:
        return _NO_CONNECTION
    return "it does not work now"
