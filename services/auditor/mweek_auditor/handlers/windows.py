"""Hears what becomes of single windows: keeps what was told, and has the location's windows looked at."""

from __future__ import annotations

from datetime import datetime

from mweek_contracts.events import (
    MachineEnteredV1,
    MachineLeftV1,
    MachineOverdueV1,
    WindowGrantedV1,
    WindowWithdrawnV1,
)
from sqlmodel import Session

from mweek_auditor.handlers.record_wait import require_records
from mweek_auditor.handlers.window_inspection import WindowInspector
from mweek_auditor.storage.leases import note_left, note_overdue, store_entry
from mweek_auditor.storage.windows import ToldRevision, is_known, store_revision
from mweek_auditor.translation.windows import FINISHED, lease_of


class WindowHandlers:
    """Handlers of what the planner says of single windows, those of weeks included where they meet requests."""

    def __init__(self, *, inspector: WindowInspector) -> None:
        """Take who looks at windows."""
        self._inspector = inspector

    def window_granted(self, session: Session, message: WindowGrantedV1) -> None:
        """Keep a revision of a window, once the records are known that it was granted by."""
        require_records(session, message.records)
        self._told(session, message, message.must_end_by, withdrawn=False)

    def window_withdrawn(self, session: Session, message: WindowWithdrawnV1) -> None:
        """Keep that a window is gone."""
        self._told(session, message, message.must_end_by, withdrawn=True)

    def machine_entered(self, session: Session, message: MachineEnteredV1) -> None:
        """Keep that a machine may be down, once the records are known that it was let in by."""
        require_records(session, message.records)
        number = self._inspector.note_heard(session, message.location)
        store_entry(session, message.location, lease_of(message, number))

    def machine_left(self, session: Session, message: MachineLeftV1) -> None:
        """Keep that a machine is up again."""
        number = self._inspector.note_heard(session, message.location)
        finished = message.result in FINISHED
        note_left(
            session,
            message.location,
            message.lease_id,
            left_at=message.left_at,
            number=number,
            finished=finished,
        )

    def machine_overdue(self, session: Session, message: MachineOverdueV1) -> None:
        """Keep that a lease expired: the machine may still be down."""
        self._inspector.note_heard(session, message.location)
        note_overdue(session, message.location, message.lease_id)

    def _told(
        self,
        session: Session,
        message: WindowGrantedV1 | WindowWithdrawnV1,
        closes_at: datetime,
        *,
        withdrawn: bool,
    ) -> None:
        number = self._inspector.note_heard(session, message.location)
        if is_known(session, message.location, message.window_id, message.revision):
            return
        store_revision(
            session,
            ToldRevision(
                location=message.location,
                window_id=message.window_id,
                revision=message.revision,
                withdrawn=withdrawn,
                closes_at=closes_at,
                heard=number,
                heard_at=self._inspector.now(),
                body=message.model_dump_json(),
            ),
        )
