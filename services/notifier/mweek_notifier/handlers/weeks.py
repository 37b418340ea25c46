"""Hears plan revisions: keeps their parts until the revision is closed, then plans what its customers are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog
from mweek_contracts.events import WeekCancelledV1, WeekScheduledV1, WindowsAssignedV1, WindowsWithdrawnV1
from mweek_contracts.message import Message
from sqlmodel import Session

from mweek_notifier.domain.customer_slot import CustomerSlot, affected_customers, customer_slots
from mweek_notifier.domain.revision_check import require_digest, require_parts
from mweek_notifier.domain.telling import Affected, Revision, Telling, tell
from mweek_notifier.domain.window import Delta
from mweek_notifier.handlers.announcing import Announcer, cause_of
from mweek_notifier.handlers.records import require_records
from mweek_notifier.storage.calendar_events import load_events, store_events
from mweek_notifier.storage.fleet import load_customers, load_fleet
from mweek_notifier.storage.ledger import load_told, supersede
from mweek_notifier.storage.weeks import (
    KnownWeek,
    StagedDelta,
    WeekIdentity,
    load_week,
    stage_given,
    stage_taken,
    store_week,
    take_staged,
)
from mweek_notifier.translation import cancelled_revision, digest_of, given_windows, scheduled_revision, withdrawals

log = structlog.get_logger()

CustomerSlots = Mapping[str, tuple[CustomerSlot, ...]]


class WeekHandlers:
    """Handlers of what the planner says. Previews are nobody's business here."""

    def __init__(self, *, announcer: Announcer, lock: Callable[[Session, str], None]) -> None:
        """Take the way to announce, and the lock that keeps two instances from deciding one week at once."""
        self._announcer = announcer
        self._lock = lock

    def windows_assigned(self, session: Session, message: WindowsAssignedV1) -> None:
        """Keep a part until its revision is closed."""
        if not message.preview:
            stage_given(session, message.plan_id, message.part, given_windows(message))

    def windows_withdrawn(self, session: Session, message: WindowsWithdrawnV1) -> None:
        """Keep a part until its revision is closed."""
        if not message.preview:
            stage_taken(session, message.plan_id, message.part, withdrawals(message))

    def week_scheduled(self, session: Session, message: WeekScheduledV1) -> None:
        """Make the revision the one that stands, and plan its notices."""
        if message.preview:
            return
        require_records(session, message.records)
        revision = scheduled_revision(message)
        known, staged = self._opened(session, revision)
        if known is None:
            return
        given, taken = (staged.given_parts, message.assigned_parts), (staged.taken_parts, message.withdrawn_parts)
        require_parts(message.plan_id, given=given, taken=taken)
        ours = digest_of(staged.delta.applied_to(known.windows).values())
        require_digest(message.plan_id, ours=ours, announced=message.digest)
        self._close(session, message, revision, known, staged.delta)

    def week_cancelled(self, session: Session, message: WeekCancelledV1) -> None:
        """Take away the windows that the cancellation takes away, and plan its notices."""
        revision = cancelled_revision(message)
        known, staged = self._opened(session, revision)
        if known is None:
            return
        taken = (staged.taken_parts, message.withdrawn_parts)
        require_parts(message.plan_id, given=(staged.given_parts, 0), taken=taken)
        self._close(session, message, revision, known, staged.delta)

    def _opened(self, session: Session, revision: Revision) -> tuple[KnownWeek | None, StagedDelta]:
        """Return the week before the revision (None when the revision is older than it) and what was staged."""
        self._lock(session, f"notices/{revision.location}/{revision.week}")
        known = load_week(session, revision.location, revision.week)
        staged = take_staged(session, revision.plan_id)
        if revision.number <= known.revision:
            log.warning("revision-ignored", plan_id=revision.plan_id, newer_revision=known.revision)
            return None, staged
        return known, staged

    def _close(self, session: Session, cause: Message, revision: Revision, known: KnownWeek, delta: Delta) -> None:
        """Store the revision, and plan what follows for its customers."""
        place, now = (revision.location, revision.week), self._announcer.real_now()
        fleet = load_fleet(session, revision.location)
        names = affected_customers(delta, known.windows, fleet)
        # First of all, so that nothing that these contacts are about to be told counts as not told yet.
        superseded = supersede(session, *place, names, now=now)
        slots = customer_slots(delta.applied_to(known.windows).values(), fleet, names)
        tellings = self._tellings(session, revision, slots, delta)
        store_week(session, _identity(revision), delta)
        store_events(session, *place, {each.customer: each.events for each in tellings})
        self._announcer.announce(
            session,
            cause_of(cause),
            [notice for each in tellings for notice in each.notices],
            silences=[silence for each in tellings for silence in each.silences],
            superseded=superseded,
        )

    def _tellings(self, session: Session, revision: Revision, slots: CustomerSlots, delta: Delta) -> list[Telling]:
        customers = load_customers(session, slots.keys())
        if unknown := sorted(slots.keys() - customers.keys()):
            log.error("customers-unknown", plan_id=revision.plan_id, customers=unknown)
        told = load_told(session, revision.location, revision.week, slots.keys())
        events = load_events(session, revision.location, revision.week)
        now, domain, reasons = self._announcer.now(), self._announcer.domain, delta.reasons()
        affected = [
            Affected(customer=customers[name], slots=slots[name], events=events.get(name, ()), told=told.get(name, {}))
            for name in sorted(customers)
        ]
        return [tell(revision, each, reasons, now=now, domain=domain) for each in affected]


def _identity(revision: Revision) -> WeekIdentity:
    return WeekIdentity(
        location=revision.location,
        week=revision.week,
        plan_id=revision.plan_id,
        revision=revision.number,
        cancelled=revision.cancel_reason is not None,
    )
