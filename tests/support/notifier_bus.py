"""The neighbours of the notifier: inventory's records, the planner's weeks, the auditor's findings.

Everything of one test is in a location of its own, with customers of its own, so that tests can share a notifier.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC
from typing import Any, TypeVar

from mweek_contracts.events import NoticeSentV1
from mweek_contracts.fleet import Contact, Environment, Kind
from mweek_contracts.message import Message
from mweek_contracts.records import CustomerV1, MachineV1, Record
from mweek_contracts.streams import EVENTS, RECORDS
from mweek_contracts.windows import RecordsPosition
from mweek_messaging import follow, publish
from nats.aio.client import Client

from tests.support.told_week import NOW, ToldWeek, window

Said = TypeVar("Said", bound=Message)


def as_next_revision(messages: Sequence[Message], number: int) -> list[Message]:
    """Return the messages of a cancellation as the planner says them: as a revision of its own."""
    place = messages[0].model_dump()["plan_id"].rpartition("/")[0]
    return [message.model_copy(update={"plan_id": f"{place}/r{number}", "revision": number}) for message in messages]


class NotifierBus:
    """One location, seen from outside of the notifier."""

    def __init__(self, connection: Client, location: str) -> None:
        self.location = location
        self.connection = connection
        self.week = ToldWeek(location=location)
        self._records = 0

    def name(self, word: str) -> str:
        """Return a name that no other test uses."""
        return f"{self.location}-{word}"

    def address(self, word: str) -> str:
        """Return a mail address that no other test uses."""
        return f"{word}@{self.location}.example"

    async def customer(self, word: str, *, contacts: Sequence[str], machines: Sequence[str]) -> None:
        """Tell of a customer with these contacts, and of its machines."""
        people = tuple(Contact(name=contact.title(), email=self.address(contact)) for contact in contacts)
        await self._put(CustomerV1(**self._record(), customer=self.name(word), contacts=people))
        for machine in machines:
            await self.machine(machine, customer=self.name(word))

    async def week_for(self, number: int) -> None:
        """Tell of so many customers with a machine and a contact each, and of a week for all of them."""
        for one in range(number):
            await self.customer(f"c{one:02d}", contacts=(f"ops{one:02d}",), machines=(f"m{one:02d}",))
        windows = [window(self.name(f"m{one:02d}")) for one in range(number)]
        await self.say(self.week.revision(*windows, records=await self.position()))

    async def machine(self, word: str, **fields: Any) -> None:
        """Tell of a machine."""
        values: dict[str, Any] = {"kind": Kind.VIRTUAL, "role": "customer", "environment": Environment.PRODUCTION}
        await self._put(
            MachineV1(**self._record(), location=self.location, name=self.name(word), **{**values, **fields})
        )

    async def say(self, messages: Sequence[Message], *, again: bool = False) -> None:
        """Say messages in order; `again`: as a stream that forgot that it has them already would give them."""
        for message in messages:
            own = message.model_copy(update={"message_id": self.name(message.message_id)})
            if again:
                await self.connection.jetstream().publish(own.subject, own.body(), stream=EVENTS.name)
            else:
                await publish(self.connection, own, source="neighbour")

    async def position(self) -> RecordsPosition:
        """Return the end of RECORDS, as a planner that has read all of it says."""
        info = await self.connection.jetstream().stream_info(RECORDS.name)
        created = info.created
        assert created is not None
        return RecordsPosition(
            stream_created_at=created.replace(tzinfo=created.tzinfo or UTC), sequence=info.state.last_seq
        )

    async def heard(self, kind: type[Said]) -> list[Said]:
        """Return the events of a kind that were said about this location."""
        subjects = [f"evt.{self.location}.>"]
        stored = [
            received.message()
            async for received in follow(self.connection, EVENTS.name, subjects, until_caught_up=True)
        ]
        return [message for message in stored if isinstance(message, kind)]

    def told(self, number: int) -> Callable[[], Awaitable[list[NoticeSentV1]]]:
        """Return a look for exactly so many mails that were said to have left."""

        async def look() -> list[NoticeSentV1]:
            sent = await self.heard(NoticeSentV1)
            assert len(sent) == number, [event.contact for event in sent]
            return sent

        return look

    async def _put(self, record: Record) -> None:
        await publish(self.connection, record, source="inventory")

    def _record(self) -> dict[str, Any]:
        self._records += 1
        message_id = self.name(f"record-{self._records}")
        return {"message_id": message_id, "correlation_id": "an-import", "occurred_at": NOW, "revision": self._records}
