"""Takes in what RECORDS say, and has the weeks looked at that it concerns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from mweek_contracts.records import (
    CustomerRemovedV1,
    CustomerV1,
    LocationPolicyRemovedV1,
    LocationPolicyV1,
    MachineRemovedV1,
    MachineV1,
    Record,
)
from mweek_contracts.windows import RecordsPosition
from mweek_messaging import records_position
from sqlmodel import Session

from mweek_auditor.storage.records import Batch, RecordKind, StoredRecord, apply
from mweek_auditor.storage.weeks import note_inventory_change
from mweek_auditor.storage.window_watch import note_inventory

_OF_WEEKS: Final = (MachineV1, MachineRemovedV1)
_OF_WINDOWS: Final = (*_OF_WEEKS, LocationPolicyV1, LocationPolicyRemovedV1)
"""A policy binds the windows that machines request, not those of a week."""


class RecordsHandler:
    """Applies records in bulk."""

    def __init__(self, *, now: Callable[[], datetime], settle: timedelta) -> None:
        """Take the service's clock, and how long to wait for more changes before the weeks are looked at."""
        self._now = now
        self._settle = settle

    def apply(self, session: Session, records: Sequence[Record], position: RecordsPosition) -> None:
        """Apply a batch of records, in any order and any number of times; see `mweek_messaging.RecordsApply`."""
        before = records_position(session)
        same_stream = before is not None and before.stream_created_at == position.stream_created_at
        after_sequence = before.sequence if before is not None and same_stream else 0
        batch = Batch(position.stream_created_at, after_sequence, position.sequence)
        now = self._now()
        apply(session, [_stored(record) for record in records], batch, now=now)
        # In the order in which a revision of a week touches these rows: in another, each would wait for the other.
        note_inventory(session, _locations(records, _OF_WINDOWS), now + self._settle)
        note_inventory_change(session, _locations(records, _OF_WEEKS), now + self._settle)


def _stored(record: Record) -> StoredRecord:
    kind, location, name = _key(record)
    return StoredRecord(
        kind=kind,
        location=location,
        name=name,
        revision=record.revision,
        document=None if record.removed else record.model_dump(mode="json"),
    )


def _key(record: Record) -> tuple[RecordKind, str, str]:
    if isinstance(record, MachineV1 | MachineRemovedV1):
        return RecordKind.MACHINE, record.location, record.name
    if isinstance(record, LocationPolicyV1 | LocationPolicyRemovedV1):
        return RecordKind.POLICY, record.location, ""
    return RecordKind.CUSTOMER, "", record.customer


def _locations(records: Sequence[Record], kinds: tuple[type[Any], ...]) -> set[str] | None:
    """Return the locations that records of some kinds concern; None for all: a customer may own machines anywhere."""
    if any(isinstance(record, CustomerV1 | CustomerRemovedV1) for record in records):
        return None
    return {_key(record)[1] for record in records if isinstance(record, kinds)}
