"""Turns a fleet into the commands that put it on the bus: parts that are small enough for a message, in one import."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mweek_contracts.commands import RECORDS_PER_COMMAND, PutRecordsV1
from mweek_contracts.documents import FleetDocument
from mweek_contracts.fleet import CustomerFields, MachineFields

BYTES_PER_COMMAND = 600_000
"""A server takes a megabyte a message unless told otherwise; records that say much fill it before they are 500."""

_Record = CustomerFields | MachineFields


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What the commands of one import share, and how each gets an id of its own."""

    import_id: str
    new_id: Callable[[], str]
    now: datetime
    requested_by: str | None


def import_commands(fleet: FleetDocument, *, replace_location: bool, stamp: Stamp) -> tuple[PutRecordsV1, ...]:
    """Return the parts of an import, at least one: the policy and customers first.

    Args:
        replace_location: machines of the location that the fleet does not name are removed.
    """
    chunks = list(_chunks((*fleet.customers, *fleet.machines))) or [()]
    return tuple(
        PutRecordsV1(
            message_id=stamp.new_id(),
            correlation_id=stamp.import_id,
            occurred_at=stamp.now,
            command_id=f"{stamp.import_id}/{part}",
            location=fleet.location,
            requested_by=stamp.requested_by,
            import_id=stamp.import_id,
            part=part,
            parts=len(chunks),
            replace_location=replace_location,
            policy=fleet.policy if part == 1 else None,
            customers=tuple(record for record in chunk if isinstance(record, CustomerFields)),
            machines=tuple(record for record in chunk if isinstance(record, MachineFields)),
        )
        for part, chunk in enumerate(chunks, start=1)
    )


def _chunks(records: Sequence[_Record]) -> Iterator[tuple[_Record, ...]]:
    chunk: list[_Record] = []
    size = 0
    for record in records:
        length = len(record.model_dump_json())
        if chunk and (len(chunk) == RECORDS_PER_COMMAND or size + length > BYTES_PER_COMMAND):
            yield tuple(chunk)
            chunk, size = [], 0
        chunk.append(record)
        size += length
    if chunk:
        yield tuple(chunk)
