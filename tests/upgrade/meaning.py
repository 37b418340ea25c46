"""What a service's database means, as the service's own storage functions read it, in plain values."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from mweek_auditor.storage import notices as auditor_notices
from mweek_auditor.storage import records as auditor_records
from mweek_auditor.storage import reports as auditor_reports
from mweek_auditor.storage import weeks as auditor_weeks
from mweek_inventory.storage import imports as inventory_imports
from mweek_inventory.storage import stock
from mweek_notifier.storage import calendar_events, ledger, queue
from mweek_notifier.storage import fleet as notifier_fleet
from mweek_notifier.storage import weeks as notifier_weeks
from mweek_outbox import Database, read_position
from mweek_outbox.rows import InboxRow, OutboxRow, StreamSeenRow
from mweek_outbox.waiting import read_waiting
from mweek_planner.storage import commands as planner_commands
from mweek_planner.storage import plans
from mweek_planner.storage import records as planner_records
from mweek_planner.translation import pattern_from
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlmodel import Session

LOCATION = "rzob"
WEEKS = ("2026-W49", "2026-W50")
CUSTOMERS = ("acme-rzob", "globex-rzob", "initech-rzob")
HALF_AN_IMPORT = ("whq", "half-an-import")
STREAMS = ("RECORDS", "EVENTS", "COMMANDS")
EVERYTHING_IS_DUE = datetime(2100, 1, 1, tzinfo=UTC)
"""Real time of a queue whose waiting notices are all to be seen."""


def meaning_of(service: str, database: Database, *, command_ids: Collection[str]) -> dict[str, Any]:
    """Return all that a service knows about the frozen story, by name.

    Args:
        command_ids: the commands of the story.
    """
    with database.read() as session:
        return {
            name: plain(value) for name, value in (_transport(session) | _OWN[service](session, command_ids)).items()
        }


def plain(value: Any) -> Any:
    """Return a value as JSON has it; bytes as their digest."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(name): plain(value[name]) for name in sorted(value)}
    if isinstance(value, (set, frozenset)):
        return sorted(plain(one) for one in value)
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, Enum):
        return value.value
    return value if isinstance(value, (str, int, type(None))) else str(value)


def _transport(session: Session) -> dict[str, Any]:
    count = session.connection().execute(select(func.count()).select_from(OutboxRow)).scalar_one()
    inbox = session.connection().execute(select(InboxRow.message_id, InboxRow.body_digest)).all()
    return {
        "waiting": read_waiting(session, 1_000),
        "recorded": count,
        "inbox": {message_id: digest for message_id, digest in inbox},  # noqa: C416  typed rows
        "positions": {stream: read_position(session, stream) for stream in STREAMS},
        "seen": {row.stream: (row.created_at, row.last_sequence) for row in session.scalars(select(StreamSeenRow))},
    }


def _inventory(session: Session, command_ids: Collection[str]) -> dict[str, Any]:
    return {
        "locations": stock.locations(session),
        "machines": list(stock.machines_of(session, LOCATION)),
        "customers": list(stock.all_customers(session)),
        "commands": {one: inventory_imports.find_command(session, one, 1) for one in command_ids},
        "collection": inventory_imports.find_collection(session, *HALF_AN_IMPORT),
        "parts": inventory_imports.part_bodies(session, *HALF_AN_IMPORT),
    }


def _planner(session: Session, command_ids: Collection[str]) -> dict[str, Any]:
    fleet = planner_records.load_fleet(session, LOCATION)
    return {
        "plans": {week: plans.load_current(session, LOCATION, week, pattern_from=pattern_from) for week in WEEKS},
        "turns": plans.turns_taken(session, LOCATION, before="2026-W51"),
        "machines": sorted(fleet.machines, key=lambda machine: machine.name),
        "customers": sorted(fleet.customers, key=lambda customer: customer.name),
        "inventory": planner_records.inventory_fingerprint(session, LOCATION),
        "commands": {one: planner_commands.find_command(session, one) for one in command_ids},
    }


def _notifier(session: Session, _command_ids: Collection[str]) -> dict[str, Any]:
    return {
        "weeks": {week: notifier_weeks.load_week(session, LOCATION, week) for week in WEEKS},
        "told": {week: ledger.load_told(session, LOCATION, week, CUSTOMERS) for week in WEEKS},
        "findings": {
            f"r{number}": ledger.load_told_findings(session, LOCATION, WEEKS[0], f"{LOCATION}/{WEEKS[0]}/r{number}")
            for number in (1, 2, 3)
        },
        "queue": queue.load_due(session, EVERYTHING_IS_DUE, limit=100),
        "ledger": _ledger(session),
        "calendars": {week: calendar_events.load_events(session, LOCATION, week) for week in WEEKS},
        "machines": notifier_fleet.load_fleet(session, LOCATION),
        "customers": notifier_fleet.load_customers(session, CUSTOMERS),
    }


def _ledger(session: Session) -> list[dict[str, Any]]:
    columns = (
        queue.NOTICE.c[name] for name in ("notice_id", "customer", "email", "kind", "state", "attempts", "answer")
    )
    rows = session.connection().execute(select(*columns).order_by(queue.NOTICE.c.id)).mappings()
    return [dict(row) for row in rows]


def _auditor(session: Session, _command_ids: Collection[str]) -> dict[str, Any]:
    by_week: dict[str, Callable[[Session, str, str], Any]] = {
        "reports": auditor_reports.load_reports,
        "plans": auditor_weeks.standing_plan,
        "windows": auditor_weeks.load_windows,
        "awaited": auditor_notices.awaited_contacts,
        "notices": lambda *place: sorted(auditor_notices.notices_of(*place), key=repr),
        "told": auditor_notices.customers_told,
    }
    known = auditor_records.now_known(session, LOCATION, auditor_records.Reading(machine=dict, customer=dict))
    return {
        **{name: {week: read(session, LOCATION, week) for week in WEEKS} for name, read in by_week.items()},
        "parents": auditor_weeks.load_windows(session, LOCATION, WEEKS[0], parent=True),
        "machines": sorted(known.machines, key=lambda machine: str(machine["name"])),
        "customers": sorted(known.customers, key=lambda customer: str(customer["customer"])),
    }


_OWN: Mapping[str, Callable[[Session, Collection[str]], dict[str, Any]]] = {
    "inventory": _inventory,
    "planner": _planner,
    "notifier": _notifier,
    "auditor": _auditor,
}
