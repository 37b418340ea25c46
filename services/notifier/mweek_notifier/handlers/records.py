"""Takes in what RECORDS say of machines and customers."""

from __future__ import annotations

from collections.abc import Sequence

from mweek_contracts.records import Record
from mweek_contracts.windows import RecordsPosition
from sqlmodel import Session

from mweek_notifier.storage.fleet import apply_customers, apply_machines
from mweek_notifier.translation import customer_records, machine_records


def apply_records(session: Session, records: Sequence[Record], _position: RecordsPosition) -> None:
    """Apply a batch of records, in any order and any number of times; see `mweek_messaging.RecordsApply`."""
    apply_customers(session, customer_records(records))
    apply_machines(session, machine_records(records))
