"""Carries imports out in the transaction given: decides, writes, says. The same for commands and for files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final

from mweek_contracts.commands import Command
from mweek_contracts.events import FleetImportedV1, FleetRefusedV1
from mweek_contracts.fleet import CustomerFields, MachineFields
from mweek_contracts.message import Message
from mweek_contracts.policy import LocationPolicyFields
from mweek_contracts.records import Record
from mweek_messaging import Voice
from mweek_outbox import Database
from sqlmodel import Session

from mweek_inventory.domain.change import FleetChange, Refusal, decide
from mweek_inventory.domain.fleet_import import ImportProblem
from mweek_inventory.storage import fleet, policies, stock
from mweek_inventory.storage.statements import chunks
from mweek_inventory.translation import (
    Wish,
    counts_of,
    customer_record,
    customer_tombstone,
    machine_record,
    machine_tombstone,
    policy_record,
    policy_tombstone,
    problems_on_the_bus,
    records_of,
)

LOCK: Final = "fleet"
"""Of all changes, since customers belong to no location."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a change, a refusal or a repetition is about; `command` is None for a person at this machine."""

    location: str
    import_id: str
    command: Command | None = None


class FleetBook:
    """What is known of machines, customers and policies, and how it changes."""

    def __init__(self, *, database: Database, voice: Voice, now: Callable[[], datetime]) -> None:
        """Work on a database; `now` is the service's clock."""
        self._database = database
        self._voice = voice
        self._now = now

    def lock(self, session: Session) -> None:
        """Wait until no other transaction changes the fleet, and let none until this one ends."""
        self._database.lock(session, LOCK)

    def carry_out(self, session: Session, wish: Wish, occasion: Occasion) -> FleetChange | Refusal:
        """Do all of an import and say so, or do and say nothing of it; `lock` comes before."""
        decision = decide(wish.asked, fleet.load_known(session, wish.asked))
        if isinstance(decision, Refusal):
            return decision
        fleet.write_change(session, decision, wish.contents, self._now())
        imported = self._imported(occasion, counts_of(decision))
        self._say(session, chain(records_of(decision, wish, self._envelopes(occasion)), (imported,)))
        return decision

    def refuse(self, session: Session, occasion: Occasion, text: str, problems: tuple[ImportProblem, ...] = ()) -> None:
        """Say that an import is not done, and why."""
        refused = FleetRefusedV1(
            **self._envelope(occasion),
            location=occasion.location,
            import_id=occasion.import_id,
            command_id=occasion.command.command_id if occasion.command else None,
            text=text,
            problems=problems_on_the_bus(problems),
        )
        self._voice.say(session, refused)

    def say_again(self, session: Session, occasion: Occasion, *, customers: bool = True) -> int:
        """Say every record of a location as it stands; returns how many. `lock` comes before.

        Tombstones are said too: who still has a record that was removed must not keep it.

        Args:
            customers: say all customers as well, before the machines.
        """
        owners = self._say(session, self._all_customers(session, occasion)) if customers else 0
        said = self._say(session, self._policy(session, occasion))
        machines = self._say(session, self._all_machines(session, occasion))
        counts = counts_of(FleetChange(location=occasion.location))
        counts |= {"machines_unchanged": machines, "customers_unchanged": owners, "policies_unchanged": said}
        self._voice.say(session, self._imported(occasion, counts))
        return machines + owners + said

    def _imported(self, occasion: Occasion, counts: dict[str, Any]) -> FleetImportedV1:
        return FleetImportedV1(
            **self._envelope(occasion),
            location=occasion.location,
            import_id=occasion.import_id,
            command_id=occasion.command.command_id if occasion.command else None,
            **counts,
        )

    def _say(self, session: Session, messages: Iterable[Message]) -> int:
        said = 0
        for some in chunks(messages):
            self._voice.say_all(session, some)
            said += len(some)
        return said

    def _envelope(self, occasion: Occasion) -> dict[str, Any]:
        envelope = self._voice.envelope(occasion.command)
        return envelope if occasion.command else {**envelope, "correlation_id": occasion.import_id}

    def _envelopes(self, occasion: Occasion) -> Iterator[dict[str, Any]]:
        while True:
            yield self._envelope(occasion)

    def _all_customers(self, session: Session, occasion: Occasion) -> Iterator[Record]:
        for stored in stock.all_customers(session):
            envelope = self._envelope(occasion)
            if stored.removed:
                yield customer_tombstone(envelope, stored.name, stored.revision)
            else:
                fields = CustomerFields.model_validate_json(stored.content)
                yield customer_record(envelope, stored.revision, fields)

    def _policy(self, session: Session, occasion: Occasion) -> Iterator[Record]:
        stored = policies.stored_policy(session, occasion.location)
        if stored is None:
            return
        if stored.removed:
            yield policy_tombstone(self._envelope(occasion), occasion.location, stored.revision)
        else:
            fields = LocationPolicyFields.model_validate_json(stored.content)
            yield policy_record(self._envelope(occasion), occasion.location, stored.revision, fields)

    def _all_machines(self, session: Session, occasion: Occasion) -> Iterator[Record]:
        for stored in stock.machines_of(session, occasion.location):
            envelope = self._envelope(occasion)
            if stored.removed:
                yield machine_tombstone(envelope, occasion.location, stored.name, stored.revision)
            else:
                fields = MachineFields.model_validate_json(stored.content)
                yield machine_record(envelope, occasion.location, stored.revision, fields)
