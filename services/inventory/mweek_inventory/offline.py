"""What a person does at the inventory's own machine: import a file, export a location, have records said again.

Works on the database alone; what is to be said waits in the outbox until an inventory runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from mweek_contracts.documents import FleetDocument, read_fleet
from mweek_contracts.fleet import CustomerFields, MachineFields
from mweek_contracts.policy import LocationPolicyFields
from mweek_outbox import Database
from sqlmodel import Session

from mweek_inventory.domain.change import FleetChange, Refusal
from mweek_inventory.handlers import FleetBook, Occasion
from mweek_inventory.storage import fleet, policies, stock
from mweek_inventory.translation import wish_of_document


class UnknownLocationError(LookupError):
    """Nothing is known of the location."""

    def __init__(self, location: str, known: Iterable[str]) -> None:
        """Name the locations that are known."""
        others = ", ".join(known) or "none, import a fleet first"
        super().__init__(f"no machine of a location {location} is known; known are: {others}")


class Desk:
    """The inventory's database, and what can be done with it by hand."""

    def __init__(self, *, database: Database, book: FleetBook, new_id: Callable[[], str]) -> None:
        """Work on a database."""
        self._database = database
        self._book = book
        self._new_id = new_id

    def import_file(self, path: Path, *, location: str | None, keep_missing: bool) -> FleetChange | Refusal:
        """Make the inventory know what a fleet file says, or nothing of it.

        Args:
            location: for files that name none.
            keep_missing: leave machines alone that the file does not name; else they are removed.

        Raises:
            DocumentError: with everything that is wrong with the file.
        """
        document = self._read(path, location, keep_missing=keep_missing)
        wish = wish_of_document(document, replaces=not keep_missing)
        with self._database.transaction() as session:
            self._book.lock(session)
            return self._book.carry_out(session, wish, Occasion(document.location, self._new_id()))

    def export(self, location: str) -> FleetDocument:
        """Return what is known of a location; raises UnknownLocationError."""
        with self._database.read() as session:
            self._check_known(session, location)
            customers = stock.customers_of(session, location)
            machines = stock.machines_of(session, location)
            policy = policies.stored_policy(session, location)
            return FleetDocument(
                location,
                tuple(CustomerFields.model_validate_json(c.content) for c in customers if not c.removed),
                tuple(MachineFields.model_validate_json(m.content) for m in machines if not m.removed),
                None if policy is None or policy.removed else LocationPolicyFields.model_validate_json(policy.content),
            )

    def rebuild(self, location: str | None) -> int:
        """Have every record of a location (of all, where none is given) said again; returns how many.

        Raises:
            UnknownLocationError: nothing is known of it.
        """
        with self._database.transaction() as session:
            self._book.lock(session)
            if location is not None:
                self._check_known(session, location)
            chosen = stock.locations(session) if location is None else (location,)
            said = 0
            for number, one in enumerate(chosen):
                said += self._book.say_again(session, Occasion(one, self._new_id()), customers=number == 0)
            return said

    def _read(self, path: Path, location: str | None, *, keep_missing: bool) -> FleetDocument:
        """Read a file with what is known around it, so that every error has its line."""
        with self._database.read() as session:
            customers = fleet.present_customers(session)
            # What the file does not name is gone after a replacement: it can be nobody's host.
            # Of all locations, where only the file says which it is about: the transaction looks again.
            hosts = fleet.present_hosts(session, location) if keep_missing else frozenset()
        return read_fleet(path, location=location, known_customers=customers, known_hosts=hosts)

    @staticmethod
    def _check_known(session: Session, location: str) -> None:
        known = stock.locations(session)
        if location not in known:
            raise UnknownLocationError(location, known)
