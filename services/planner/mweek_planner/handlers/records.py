"""Takes in what RECORDS say of machines, customers and policies."""

from __future__ import annotations

from collections.abc import Sequence

from mweek_contracts.records import Record
from mweek_contracts.windows import RecordsPosition
from sqlmodel import Session

from mweek_planner.storage.records import note_change, put_customers, put_machines, put_policies
from mweek_planner.translation import customer_changes, machine_changes, policy_changes


def apply_records(session: Session, records: Sequence[Record], _position: RecordsPosition) -> None:
    """Apply a batch of records, in any order and any number of times; see `mweek_messaging.RecordsApply`."""
    put_customers(session, customer_changes(records))
    put_machines(session, machine_changes(records))
    put_policies(session, policy_changes(records))
    note_change(session)
