"""Takes in what RECORDS say of machines and customers."""

from __future__ import annotations

from collections.abc import Sequence

from mweek_contracts.records import Record
from mweek_contracts.windows import RecordsPosition
from mweek_messaging import Postponed, records_position
from sqlmodel import Session

from mweek_notifier.storage.fleet import apply_customers, apply_machines
from mweek_notifier.translation import customer_records, machine_records


def apply_records(session: Session, records: Sequence[Record], _position: RecordsPosition) -> None:
    """Apply a batch of records, in any order and any number of times; see `mweek_messaging.RecordsApply`."""
    apply_customers(session, customer_records(records))
    apply_machines(session, machine_records(records))


def require_records(session: Session, decided_from: RecordsPosition) -> None:
    """Wait until machines and customers are known as far as the planner knew them when it decided.

    Sequences of a stream that was made anew do not compare: then a later stream counts as further.

    Raises:
        Postponed: they are not known so far yet.
    """
    ours = records_position(session)
    if ours is None or (ours.stream_created_at, ours.sequence) < (
        decided_from.stream_created_at,
        decided_from.sequence,
    ):
        raise Postponed(f"records up to {decided_from.sequence}, as the planner knew them")
