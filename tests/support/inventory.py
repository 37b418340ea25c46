"""Imports in a few words: builders for the inventory's tests, and what it said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mweek_contracts.commands import PutRecordsV1
from mweek_contracts.fleet import Contact, CustomerFields, Environment, Kind, MachineFields
from mweek_contracts.message import Message
from mweek_contracts.reading import read_message
from mweek_outbox import Database
from mweek_outbox.rows import OutboxRow
from sqlmodel import select

from tests.support.ids import at

NOW = at("2026-11-23T08:00Z")


def machine(name: str, **fields: Any) -> MachineFields:
    """Return a production machine of role customer; virtual where it has a host."""
    kind = Kind.VIRTUAL if "host" in fields else Kind.PHYSICAL
    return MachineFields(
        **{"name": name, "kind": kind, "role": "customer", "environment": Environment.PRODUCTION, **fields}
    )


def customer(name: str, **fields: Any) -> CustomerFields:
    """Return a customer with one contact."""
    contact = Contact(name="Ops", email=f"ops@{name}.example")
    return CustomerFields(**{"customer": name, "contacts": (contact,), **fields})


def put(
    *records: MachineFields | CustomerFields, number: int = 1, import_id: str = "import-1", **fields: Any
) -> PutRecordsV1:
    """Return a command that puts records; every number is a message and a command of its own."""
    command = f"{import_id}/{number}"
    return PutRecordsV1(
        **{
            "message_id": f"message/{command}",
            "correlation_id": import_id,
            "occurred_at": NOW,
            "command_id": command,
            "location": "rzob",
            "import_id": import_id,
            "machines": tuple(record for record in records if isinstance(record, MachineFields)),
            "customers": tuple(record for record in records if isinstance(record, CustomerFields)),
            **fields,
        }
    )


def said(database: Database) -> Sequence[Message]:
    """Return everything that waits in the outbox, in order, read as who hears it reads it."""
    with database.read() as session:
        rows = session.exec(select(OutboxRow).order_by(OutboxRow.id)).all()  # type: ignore[arg-type]
        return [read_message(row.subject, row.body) for row in rows]
