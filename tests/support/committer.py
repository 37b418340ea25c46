"""A process that does nothing but commit to a service's database, and says what it has committed.

`python -m tests.support.committer URL [normal]`; `normal` syncs only as often as SQLite's WAL mode is said to need.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from mweek_outbox import OutgoingMessage, open_database, record_outgoing
from mweek_outbox.waiting import read_waiting
from sqlalchemy import event


class Committer:
    """The process, and the file that it writes what was committed to; that lies on another disk."""

    def __init__(self, process: subprocess.Popen[bytes], said: Path) -> None:
        self.process = process
        self._said = said

    def committed(self) -> set[str]:
        """Return the ids that it said so far; the last line may be half."""
        return set(self._said.read_text().split("\n")[:-1])


@contextmanager
def committing(url: str, said: Path, *, synchronous: str = "full") -> Iterator[Committer]:
    """Let a process commit inside of the block."""
    with said.open("wb") as output:
        arguments = [sys.executable, "-m", "tests.support.committer", url, synchronous]
        process = subprocess.Popen(arguments, stdout=output, cwd=Path(__file__).parents[2])
    try:
        yield Committer(process, said)
    finally:
        process.kill()
        process.wait()


def recorded_ids(url: str) -> set[str]:
    """Return the ids that lie in a database."""
    database = open_database(url)
    with database.read() as session:
        found = {waiting.message.message_id for waiting in read_waiting(session, 1_000_000)}
    database.close()
    return found


def main(url: str, synchronous: str) -> None:
    """Commit until killed."""
    database = open_database(url)
    if synchronous == "normal":

        @event.listens_for(database._engine, "connect")
        def configure(connection: object, _record: object) -> None:
            connection.execute("PRAGMA synchronous=NORMAL")  # type: ignore[attr-defined]

    for number in count(1):
        with database.transaction() as session:
            record_outgoing(session, OutgoingMessage(f"m-{number}", "EVENTS", "evt.x", {}, b"x"))
        print(f"m-{number}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
