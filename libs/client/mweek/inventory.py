"""Asks the inventory: reads the records of locations and customers, and puts fleets."""

from __future__ import annotations

from collections.abc import Mapping

from mweek_contracts.documents import FleetDocument
from mweek_contracts.events import (
    CommandRefusedV1,
    FleetImportedV1,
    FleetRefusedV1,
    MachineEnteredV1,
    MachineLeftV1,
    MachineOverdueV1,
    WindowGrantedV1,
    WindowWithdrawnV1,
)
from mweek_contracts.events.window import ADHOC
from mweek_contracts.message import Message
from mweek_contracts.records import CustomerV1, MachineV1
from mweek_contracts.streams import EVENTS, RECORDS
from nats.aio.client import Client as Connection

from mweek.conversation import Conversation, Question
from mweek.fleet import FleetRecords, FleetView
from mweek.hearing import Heard, hear_all, subjects_in
from mweek.importing import Stamp, import_commands
from mweek.outcome import Refusal, refusal_of

IMPORT_SECONDS = 120.0
"""A hundred thousand records are applied in half of it."""

_CUSTOMERS = "rec.customer.*.v1"


async def put_fleet(
    conversation: Conversation, fleet: FleetDocument, *, keep_missing: bool, seconds: float
) -> FleetImportedV1 | Refusal:
    """Put a fleet, all or nothing; raises as `Conversation.ask`."""
    stamp = Stamp(
        import_id=conversation.new_id(),
        new_id=conversation.new_id,
        now=conversation.now(),
        requested_by=conversation.requested_by,
    )
    commands = import_commands(fleet, replace_location=not keep_missing, stamp=stamp)
    ids = {command.message_id for command in commands}

    def answer(heard: Heard) -> FleetImportedV1 | Refusal | None:
        match heard.message:
            case FleetImportedV1(import_id=stamp.import_id):
                return heard.message
            case FleetRefusedV1(import_id=stamp.import_id):
                return refusal_of(heard.message)
            case CommandRefusedV1(causation_id=cause) if cause in ids:
                return refusal_of(heard.message)
        return None

    question = Question(
        what=f"the import of {len(fleet.machines)} machines into {fleet.location}",
        command_id=stamp.import_id,
        service="inventory",
        subjects=[f"evt.{fleet.location}.fleet.>", f"evt.{fleet.location}.commands.>"],
        seconds=seconds,
    )
    return await conversation.ask(commands, question, answer)


async def read_fleet_view(connection: Connection, location: str) -> FleetView:
    """Return the machines of a location, their customers and its policy as the records say now."""
    records = FleetRecords(location)
    subjects = [f"rec.{location}.machine.*.v1", f"rec.{location}.policy.*.v1", _CUSTOMERS]
    for one in await hear_all(connection, RECORDS, subjects):
        records.hear(one.message)
    return records.view()


async def read_customers(connection: Connection) -> Mapping[str, CustomerV1]:
    """Return all customers, of whatever location, by token."""
    heard = await hear_all(connection, RECORDS, [_CUSTOMERS])
    return {one.message.customer: one.message for one in heard if isinstance(one.message, CustomerV1)}


async def find_machines(connection: Connection, name: str) -> tuple[MachineV1, ...]:
    """Return the machines of this name; more than one when several locations have one."""
    heard = await hear_all(connection, RECORDS, [f"rec.*.machine.{name}.v1"])
    return tuple(one.message for one in heard if isinstance(one.message, MachineV1))


async def find_customer(connection: Connection, customer: str | None) -> CustomerV1 | None:
    """Return one customer, or None for the operator's own machines and for one that has been removed."""
    heard = await hear_all(connection, RECORDS, [f"rec.customer.{customer}.v1"]) if customer else ()
    return next((one.message for one in heard if isinstance(one.message, CustomerV1)), None)


async def read_locations(connection: Connection) -> tuple[str, ...]:
    """Return the locations that have machines, sorted."""
    subjects = await subjects_in(connection, RECORDS, "rec.*.machine.*.v1")
    return tuple(sorted({subject.split(".")[1] for subject in subjects}))


_WINDOW_EVENTS = (
    WindowGrantedV1,
    WindowWithdrawnV1,
    MachineEnteredV1,
    MachineLeftV1,
    MachineOverdueV1,
)


async def read_window_events(connection: Connection, location: str, machine: str | None) -> tuple[Message, ...]:
    """Return what was told of the windows of single machines, oldest first."""
    own = [f"evt.{location}.{ADHOC}.*.*.{machine or '*'}"]
    of_weeks = [f"evt.{location}.*.{kind.message_type}" for kind in _WINDOW_EVENTS]
    heard = await hear_all(connection, EVENTS, [*own, *of_weeks])
    return tuple(one.message for one in heard if machine in (None, getattr(one.message, "machine", None)))
