"""A temporary PostgreSQL cluster for tests, reached by a Unix socket only."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

SORTED_AS_READ = ("--locale-provider=icu", "--icu-locale=en-US-u-ka-shifted")
"""Many databases sort as people read, hyphens left out; SQLite sorts bytes. Who relies on either is found out."""

MEMORY_BYTES = 8 * 2**30
"""What has to be free before a cluster is put into memory."""


class PostgresCluster:
    """A running cluster that makes an empty database for each test."""

    def __init__(self, socket_folder: Path) -> None:
        self._folder = socket_folder
        self._made = 0

    def new_database(self) -> str:
        """Create an empty database and return its URL."""
        self._made += 1
        name = f"test_{os.getpid()}_{self._made}"
        with psycopg.connect(f"host={self._folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def stop(self) -> None:
        """Stop the server and end all sessions, as a restart for an update would."""
        self._control("-m", "fast", "stop")

    def start(self) -> None:
        """Start a server that was stopped."""
        options = (self._folder / "data" / "postmaster.opts").read_text()
        self._control("-l", str(self._folder / "log"), "-o", options.partition(" ")[2].strip(), "start")

    def _control(self, *command: str) -> None:
        binaries = postgres_binaries()
        assert binaries
        _run(binaries / "pg_ctl", "-D", self._folder / "data", "-w", *command)


def postgres_binaries() -> Path | None:
    """Return the folder of initdb and its companions; None where PostgreSQL is not installed."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return installed[-1].parent if installed else None


@contextmanager
def temporary_cluster(*, durable: bool = False) -> Iterator[PostgresCluster]:
    """Start a cluster and stop it at the end; only a durable one waits for the disk, as it does in production.

    Without PostgreSQL (15 or newer, with ICU): raises in CI, where every test must run; skips elsewhere, and says why.
    """
    binaries = postgres_binaries()
    if binaries is None:
        reason = "PostgreSQL is not installed (Debian: apt install postgresql); no test ran on it"
        if os.environ.get("CI"):
            raise FileNotFoundError(reason)
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="mweek-postgres-", dir=None if durable else _in_memory()))
    data = folder / "data"
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        _run(
            binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", *SORTED_AS_READ
        )
        options = f"-c listen_addresses='' -k {folder} -c fsync={'on' if durable else 'off'} -c max_connections=100"
        _run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield PostgresCluster(folder)
        finally:
            _run(binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in_memory() -> Path | None:
    """Return a folder in memory that is large enough: hundreds of databases are made in it, and removed."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_BYTES else None


def _run(*command: str | Path) -> None:
    """Run a program of PostgreSQL, which refuses to work as root, as the user postgres."""
    as_user: list[str | Path] = []
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    done = subprocess.run([*as_user, *command], cwd="/", capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise AssertionError(f"{command[0]} failed ({done.returncode}):\n{done.stdout}{done.stderr}")
