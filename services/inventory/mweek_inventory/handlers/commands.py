"""What the inventory does about commands: parts are collected, a whole import is done, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from mweek_contracts.commands import Command, PutRecordsV1, RebuildRecordsV1
from sqlmodel import Session

from mweek_inventory.domain.change import Refusal
from mweek_inventory.domain.parts import Arrival, Collection, Part, Stage, receive
from mweek_inventory.handlers.fleet_book import FleetBook, Occasion
from mweek_inventory.storage import imports, stock
from mweek_inventory.translation import Asked, part_of, wish_of_parts

NOT_IN_PARTS: Final = 0
"""The part number under which a command that has no parts is remembered."""


class CommandHandlers:
    """Deals with the commands about machines, customers and policies."""

    def __init__(self, *, book: FleetBook, real_now: Callable[[], datetime]) -> None:
        """Work with the book; `real_now` stamps what is only remembered for a while."""
        self._book = book
        self._real_now = real_now

    def put_records(self, session: Session, command: PutRecordsV1) -> None:
        """Collect the parts of an import; do all of it when the last one is there."""
        self._book.lock(session)
        asked = Asked.by(command)
        if not self._is_new(session, command, command.import_id, command.part, asked):
            return
        part = part_of(command, asked)
        place = (command.location, command.import_id)
        collection = imports.find_collection(session, *place)
        earlier = imports.find_part(session, *place, part.number) if collection else None
        arrival = receive(part, collection, earlier)
        if isinstance(arrival, str):
            self._refuse(session, command, part, collection, arrival)
        elif arrival is Arrival.COMPLETE:
            self._close(session, command, part, collection, self._carry_out(session, command))
        elif arrival is Arrival.INCOMPLETE:
            if collection is None:
                imports.begin_collection(session, *place, part=part, started_at=self._real_now())
            imports.keep_part(session, *place, part=part, body=command.body())

    def rebuild_records(self, session: Session, command: RebuildRecordsV1) -> None:
        """Say every record of the location, and every customer, again."""
        self._book.lock(session)
        if not self._is_new(session, command, command.command_id, NOT_IN_PARTS, Asked.by(command)):
            return
        occasion = Occasion(command.location, command.command_id, command)
        if command.location in stock.locations(session):
            self._book.say_again(session, occasion)
        else:
            self._book.refuse(session, occasion, f"no machine of a location {command.location} was ever known")

    def _is_new(self, session: Session, command: Command, import_id: str, part: int, asked: Asked) -> bool:
        """Remember a command; False when it was seen before, which is refused if it asked for something else then."""
        digest = asked.digest()
        seen = imports.find_command(session, command.command_id, part)
        if seen is None:
            imports.remember_command(session, command.command_id, part, digest=digest, seen_at=self._real_now())
            return True
        if seen != digest:
            text = f"the command_id {command.command_id} was used before for something else: give this one its own"
            self._book.refuse(session, Occasion(command.location, import_id, command), text)
        return False

    def _carry_out(self, session: Session, command: PutRecordsV1) -> Stage:
        """Do an import whose last part has just come; the others, if there are any, were kept."""
        kept = imports.part_bodies(session, command.location, command.import_id) if command.parts > 1 else ()
        parts = [PutRecordsV1.model_validate_json(body) for body in kept]
        wish = wish_of_parts(sorted((*parts, command), key=lambda one: one.part))
        occasion = Occasion(command.location, command.import_id, command)
        outcome = self._book.carry_out(session, wish, occasion)
        if not isinstance(outcome, Refusal):
            return Stage.IMPORTED
        count = len(outcome.problems)
        text = "one thing is wrong with it" if count == 1 else f"{count:,} things are wrong with it"
        self._book.refuse(session, occasion, f"{text}: nothing was done", outcome.problems)
        return Stage.REFUSED

    def _refuse(
        self, session: Session, command: PutRecordsV1, part: Part, collection: Collection | None, text: str
    ) -> None:
        """Refuse an import because of one of its parts; one that was done before stays done."""
        self._book.refuse(session, Occasion(command.location, command.import_id, command), text)
        if collection is None or collection.stage is Stage.COLLECTING:
            self._close(session, command, part, collection, Stage.REFUSED)

    def _close(
        self, session: Session, command: PutRecordsV1, part: Part, collection: Collection | None, stage: Stage
    ) -> None:
        """Remember what became of an import, so that nothing can be added to it."""
        place = (command.location, command.import_id)
        if collection is None:
            real_now = self._real_now()
            imports.begin_collection(session, *place, part=part, started_at=real_now, stage=stage)
        else:
            imports.finish_collection(session, *place, stage)
