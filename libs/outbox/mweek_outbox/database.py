"""One service's database: SQLite by default, PostgreSQL by URL, with the settings that lose no commit."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import Session

from mweek_outbox.exclusive import AdvisoryRole, FileRole
from mweek_outbox.outgoing import HAS_OUTGOING

BUSY_TIMEOUT_MS: Final = 10_000
"""Longer than the longest transaction (storing a plan of 100,000 windows); past it a writer gives up and is retried."""

CONNECTIONS_KEPT: Final = 5
CONNECTIONS_AT_MOST: Final = 15
"""PostgreSQL: one for each thread of a service (8), for each mail in hand (4) and their queue, for the relay's role."""

_BEGIN: Final = "mweek_begin"
_ONE_STATE: Final = "REPEATABLE READ"
_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",  # NORMAL loses hundreds of acknowledged commits at a power cut
    "foreign_keys=ON",
    f"busy_timeout={BUSY_TIMEOUT_MS}",
    "trusted_schema=OFF",
)
_POSTGRESQL_OPTIONS: Final = (
    "timezone=UTC",
    "lock_timeout=30s",  # past it a transaction fails, and its message comes again
    "statement_timeout=5min",  # storing a plan of a million windows is many statements, each of seconds
    "idle_in_transaction_session_timeout=10min",  # a frozen process must not hold its locks for ever
)
_POSTGRESQL_NETWORK: Final = {
    "connect_timeout": 10,
    # A server that vanished without a word is noticed after a minute, not after the two hours of the system.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    # Of several hosts in the URL the one that takes writes; a standby is refused, and messages wait for its promotion.
    "target_session_attrs": "read-write",
}
_NEVER_ASYNCHRONOUS: Final = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)

_LOCK_ALL: Final = sa.text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")


class DanglingReferencesError(RuntimeError):
    """A migration would have left rows that refer to rows that are not there."""


class ExclusiveRole(Protocol):
    """A role that at most one process per database has, e.g. to publish what is waiting."""

    def acquire(self) -> bool:
        """Take the role or keep it; False when another process has it. A dead process has lost it."""

    def release(self) -> None:
        """Give the role up."""


class Database:
    """Transactions on one database. Threads may share it; every transaction is of one thread."""

    def __init__(self, engine: sa.Engine) -> None:
        """Take an engine from `open_database`."""
        self._engine = engine
        self._writing = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        self._reading = engine if self.dialect == "sqlite" else engine.execution_options(isolation_level=_ONE_STATE)
        self._listeners: list[Callable[[], None]] = []
        self._turn = threading.Lock()

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @property
    def place(self) -> str:
        """Where it is, for people: its URL without a password."""
        return self._engine.url.render_as_string(hide_password=True)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session in a transaction that commits at the end, or rolls back when the block raises."""
        with self._writing_turn(), Session(self._writing, expire_on_commit=False) as session:
            with session.begin():
                session.connection()  # begins now: a session would wait for its first statement
                yield session
            if session.info.get(HAS_OUTGOING):
                for listener in tuple(self._listeners):
                    listener()

    @contextmanager
    def _writing_turn(self) -> Iterator[None]:
        """Let the threads of this process write one after the other, where only one can.

        SQLite has those that wait look again after pauses that grow to a tenth of a second: one that writes without a
        pause, e.g. answers to requests, would let no other thread in until that one gives up.
        """
        if self.dialect != "sqlite":
            yield
            return
        in_time = self._turn.acquire(timeout=BUSY_TIMEOUT_MS / 1_000)  # after that SQLite says what is wrong
        try:
            yield
        finally:
            if in_time:
                self._turn.release()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that sees one state of the database and changes nothing: it always rolls back."""
        with Session(self._reading) as session:
            yield session
            session.rollback()

    def lock(self, session: Session, name: str) -> None:
        """Wait until no other transaction holds the lock of that name, and hold it until this one ends.

        On SQLite a transaction is alone already; on PostgreSQL this is an advisory lock.
        """
        if self.dialect == "postgresql":
            session.connection().execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key(name)})

    def lock_all(self, session: Session, names: Iterable[str]) -> None:
        """Hold the locks of several names, as `lock`; transactions that do so never wait for each other in a circle."""
        if self.dialect == "postgresql" and (keys := sorted({lock_key(name) for name in names})):
            session.connection().execute(_LOCK_ALL, {"keys": keys})

    def exclusive_role(self, name: str) -> ExclusiveRole:
        """Return the role of that name, not yet acquired."""
        if self.dialect == "postgresql":
            return AdvisoryRole(self._engine, lock_key(name))
        path = self._engine.url.database
        if not path or path == ":memory:":
            raise ValueError("an in-memory database is private to its process: it has no exclusive roles")
        return FileRole(Path(f"{path}.{name}.lock"))

    def on_outgoing(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` (in the committing thread) after each commit that recorded outgoing messages.

        Returns a function that ends it. The listener must not raise: the commit stands already.
        """
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    @contextmanager
    def migrating(self) -> Iterator[sa.Connection]:
        """Give a bare connection in a transaction, for Alembic; one process at a time.

        Raises:
            DanglingReferencesError: at the end, when rows refer to rows that are not there; nothing of it stands.
        """
        with self._writing.connect() as connection, _without_enforced_references(connection), connection.begin():
            if self.dialect == "postgresql":
                connection.execute(sa.text("SET LOCAL statement_timeout = 0"))  # a large table takes its time
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key("migrate")})
            yield connection
            if self.dialect == "sqlite":
                _require_whole_references(connection)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def open_database(url: str) -> Database:
    """Open a database; nothing is created but the file of a SQLite database.

    Args:
        url: `sqlite:///path`, or `postgresql://user@host/name` (psycopg).

    Raises:
        ValueError: another kind of database.
    """
    parsed = sa.make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return Database(_sqlite_engine(parsed))
    if backend == "postgresql":
        return Database(_postgresql_engine(parsed))
    raise ValueError(f"a database of kind {backend!r} is not supported: use sqlite:///path or postgresql://host/name")


def lock_key(name: str) -> int:
    """Return the signed 64-bit number under which PostgreSQL knows a lock of that name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)


def _postgresql_engine(url: sa.URL) -> sa.Engine:
    chosen = {name: value for name, value in url.query.items() if name != "options"}
    ours = " ".join(f"-c {option}" for option in _POSTGRESQL_OPTIONS)
    theirs = " ".join(
        sa.util.to_list(url.query.get("options", ""))
    )  # after ours: who sets a timeout or a search_path in the URL means it
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg", query=chosen),
        hide_parameters=True,  # a failed bulk statement must not print thousands of rows into the log
        pool_pre_ping=True,
        pool_size=CONNECTIONS_KEPT,
        max_overflow=CONNECTIONS_AT_MOST - CONNECTIONS_KEPT,
        connect_args={
            **{name: value for name, value in _POSTGRESQL_NETWORK.items() if name not in chosen},
            "options": f"{ours} {theirs}".strip(),
        },
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        # A server that was made fast must not lose what a service has acknowledged. Stronger levels stay as they are.
        connection.execute(_NEVER_ASYNCHRONOUS)
        connection.commit()

    return engine


@contextmanager
def _without_enforced_references(connection: sa.Connection) -> Iterator[None]:
    """Let SQLite rebuild a table, its one way to change one: dropping the old one would delete what refers to it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")  # has no effect inside of a transaction, so it comes before
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _require_whole_references(connection: sa.Connection) -> None:
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if dangling:
        tables = ", ".join(sorted({f"{row[0]} to {row[2]}" for row in dangling}))
        raise DanglingReferencesError(f"the migration leaves {len(dangling)} dangling references: {tables}")


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    # Transactions are begun by the listener below; the driver's own way begins them deferred, and a deferred one
    # that comes to write fails at once with "database is locked" when another writer was faster.
    engine = sa.create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine
