"""Keeps the parts of an import until all are there, and remembers which imports and commands were."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from mweek_inventory.domain.parts import Collection, Part, Stage
from mweek_inventory.storage.rows import COMMAND, IMPORT, PART


def find_command(session: Session, command_id: str, part: int) -> str | None:
    """Return the digest of a command that was seen before, or None."""
    found = sa.select(COMMAND.c.digest).where(COMMAND.c.command_id == command_id, COMMAND.c.part == part)
    digest: str | None = session.connection().execute(found).scalar()
    return digest


def remember_command(session: Session, command_id: str, part: int, *, digest: str, seen_at: datetime) -> None:
    """Remember a command that was not seen before."""
    row = {"command_id": command_id, "part": part, "digest": digest, "seen_at": seen_at}
    session.connection().execute(sa.insert(COMMAND), row)


def find_collection(session: Session, location: str, import_id: str) -> Collection | None:
    """Return how far an import has come, or None when nothing of it was seen."""
    row = session.connection().execute(sa.select(IMPORT).where(*_import(location, import_id))).one_or_none()
    return None if row is None else _collection(row)


def find_part(session: Session, location: str, import_id: str, number: int) -> str | None:
    """Return the digest of a part that waits for the others, or None."""
    found = sa.select(PART.c.digest).where(*_part(location, import_id), PART.c.part == number)
    digest: str | None = session.connection().execute(found).scalar()
    return digest


def begin_collection(
    session: Session,
    location: str,
    import_id: str,
    *,
    part: Part,
    started_at: datetime,
    stage: Stage = Stage.COLLECTING,
) -> None:
    """Begin an import with what its first part says of it; where that is the only one, it ends at once."""
    row = {
        "location": location,
        "import_id": import_id,
        "parts": part.of,
        "received": 0,
        "replaces": part.replaces,
        "stage": stage.value,
        "started_at": started_at,
    }
    session.connection().execute(sa.insert(IMPORT), row)


def keep_part(session: Session, location: str, import_id: str, *, part: Part, body: bytes) -> None:
    """Keep a part of an import that was begun, until the others are there."""
    row = {"location": location, "import_id": import_id, "part": part.number, "digest": part.digest, "body": body}
    connection = session.connection()
    connection.execute(sa.insert(PART), row)
    one = sa.update(IMPORT).where(*_import(location, import_id))
    connection.execute(one.values(received=IMPORT.c.received + 1))


def part_bodies(session: Session, location: str, import_id: str) -> tuple[bytes, ...]:
    """Return the commands that were kept, in the order of their parts."""
    kept = sa.select(PART.c.body).where(*_part(location, import_id)).order_by(PART.c.part)
    return tuple(session.connection().execute(kept).scalars())


def finish_collection(session: Session, location: str, import_id: str, stage: Stage) -> None:
    """Say what became of an import, and drop its parts."""
    connection = session.connection()
    connection.execute(sa.delete(PART).where(*_part(location, import_id)))
    connection.execute(sa.update(IMPORT).where(*_import(location, import_id)).values(stage=stage.value))


def collecting_since(session: Session, before: datetime) -> tuple[tuple[str, str, Collection], ...]:
    """Return (location, import_id, collection) of the imports that began before an instant and are not complete."""
    old = sa.select(IMPORT).where(IMPORT.c.stage == Stage.COLLECTING.value, IMPORT.c.started_at < before)
    rows = session.connection().execute(old.order_by(IMPORT.c.location, IMPORT.c.import_id))
    return tuple((row.location, row.import_id, _collection(row)) for row in rows)


def forget_before(session: Session, instant: datetime) -> None:
    """Forget the imports that began, and the commands that came, before an instant."""
    connection = session.connection()
    finished = IMPORT.c.stage != Stage.COLLECTING.value
    connection.execute(sa.delete(IMPORT).where(finished, IMPORT.c.started_at < instant))
    connection.execute(sa.delete(COMMAND).where(COMMAND.c.seen_at < instant))


def _import(location: str, import_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return IMPORT.c.location == location, IMPORT.c.import_id == import_id


def _part(location: str, import_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return PART.c.location == location, PART.c.import_id == import_id


def _collection(row: sa.Row[Any]) -> Collection:
    return Collection(of=row.parts, replaces=row.replaces, stage=Stage(row.stage), received=row.received)
