"""Says what in a database server's configuration could lose commits and cannot be mended by its clients."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from mweek_outbox.database import Database

_MUST_BE_ON: Final = {
    "fsync": "a power cut may lose commits and leave the database damaged",
    "full_page_writes": "a power cut may leave pages half written",
}


def durability_risks(database: Database) -> list[str]:
    """Return a sentence for each setting of the server that gives up what a commit promises; none on SQLite.

    `synchronous_commit` is none of them: `open_database` sees to it connection by connection.
    """
    if database.dialect != "postgresql":
        return []
    found = sa.text("SELECT name FROM pg_settings WHERE name = ANY(:names) AND setting <> 'on' ORDER BY name")
    with database.read() as session:
        names = session.connection().execute(found, {"names": list(_MUST_BE_ON)}).scalars()
        return [f"the PostgreSQL server runs with {name}=off: {_MUST_BE_ON[name]}" for name in names]
