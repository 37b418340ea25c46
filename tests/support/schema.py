"""Compares the tables of a database with those that a service's code declares."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from mweek_outbox import open_database
from mweek_outbox.rows import AnsweringRow, TransportRow

ANSWERING = ("planner",)
"""The services that answer requests."""


def declared_by(service: str) -> tuple[sa.MetaData, ...]:
    """Return the service's own tables, those of outbox and inbox and, where it answers requests, of these."""
    rows = import_module(f"mweek_{service}.storage.rows")
    own: sa.MetaData = getattr(rows, f"{service.title()}Row").metadata
    return own, TransportRow.metadata, *((AnsweringRow.metadata,) if service in ANSWERING else ())


def undeclared(url: str, service: str) -> list[str]:
    """Return what Alembic would write into a service's next migration, and keys that differ; nothing when all agree.

    Indexes, references and checks stand in the migrations alone: rows say what the code reads and writes.
    """
    database = open_database(url)
    try:
        with database.read() as session:
            connection = session.connection()
            options = {"compare_type": True, "include_object": _is_table_or_column}
            context = MigrationContext.configure(connection, opts=options)
            metadata: Any = list(declared_by(service))
            found = [str(difference) for difference in compare_metadata(context, metadata)]
            inspector = sa.inspect(connection)
            return found + [line for one in metadata for table in one.sorted_tables for line in _keys(inspector, table)]
    finally:
        database.close()


def _is_table_or_column(_object: object, _name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    return kind in ("table", "column")


def _keys(inspector: sa.Inspector, table: sa.Table) -> list[str]:
    if not inspector.has_table(table.name):
        return []
    made = set(inspector.get_pk_constraint(table.name)["constrained_columns"])
    declared = {column.name for column in table.primary_key.columns}
    return [] if made == declared else [f"{table.name}: the key is {sorted(made)}, declared {sorted(declared)}"]
