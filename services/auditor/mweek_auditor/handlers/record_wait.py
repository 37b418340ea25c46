"""Has a message wait until the records are known that it was decided by: they travel on another stream."""

from __future__ import annotations

from mweek_contracts.windows import RecordsPosition
from mweek_messaging import Postponed, records_position
from sqlmodel import Session


def require_records(session: Session, decided_from: RecordsPosition) -> None:
    """Wait until machines and customers are known as far as the planner knew them.

    Sequences of a stream that was made anew do not compare: then a later stream counts as further.
    """
    ours = records_position(session)
    if ours is None or (ours.stream_created_at, ours.sequence) < (
        decided_from.stream_created_at,
        decided_from.sequence,
    ):
        raise Postponed(f"records up to {decided_from.sequence}, as it was decided from them")
