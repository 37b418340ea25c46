"""Moves what is remembered in real time to now, as though a frozen release had run until a moment ago."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa
from mweek_outbox import open_database

_REAL_TIME: Final[Mapping[str, str]] = {"outbox": "sent_at", "inbox": "processed_at", "notice": "due_at"}
"""Sent messages, processed ones and mails to be repeated go by the system's clock, all else by the service's."""


def stopped_just_now(service: str, url: str) -> None:
    """Let nothing in a database be too old to be remembered, or due at a time that is still to come."""
    database = open_database(url)
    with database.transaction() as session:
        for table, column in _REAL_TIME.items():
            if table != "notice" or service == "notifier":
                now = f"UPDATE {table} SET {column} = CURRENT_TIMESTAMP WHERE {column} IS NOT NULL"
                session.connection().execute(sa.text(now))
    database.close()
