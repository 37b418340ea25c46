"""Imports by command on each database: what is stored, what is said, and that nothing is half done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from mweek_contracts.commands import Command, PutRecordsV1, RebuildRecordsV1
from mweek_contracts.events import FleetImportedV1, FleetRefusedV1
from mweek_contracts.message import Message
from mweek_contracts.policy import LocationPolicyFields
from mweek_contracts.records import (
    CustomerRemovedV1,
    CustomerV1,
    LocationPolicyRemovedV1,
    LocationPolicyV1,
    MachineRemovedV1,
    MachineV1,
)
from mweek_inventory.bootstrap import FRAME
from mweek_inventory.handlers import CommandHandlers, FleetBook, Housekeeping
from mweek_inventory.storage import imports
from mweek_messaging import Voice
from mweek_outbox import Database, migrate, open_database

from tests.support.ids import ReadableIds
from tests.support.inventory import NOW, customer, machine, put, said


@dataclass(slots=True)
class Inventory:
    """The inventory without a bus: commands go in, and what it says lies in its outbox."""

    database: Database
    real_now: datetime = NOW
    heard: int = 0
    handlers: CommandHandlers = field(init=False)
    housekeeping: Housekeeping = field(init=False)

    def __post_init__(self) -> None:
        voice = Voice(service="inventory", new_id=ReadableIds("said"), now=lambda: NOW)
        book = FleetBook(database=self.database, voice=voice, now=lambda: NOW)
        self.handlers = CommandHandlers(book=book, real_now=lambda: self.real_now)
        self.housekeeping = Housekeeping(book=book, real_now=lambda: self.real_now)

    def does(self, *commands: Command) -> Sequence[Message]:
        """Carry commands out, each in a transaction; returns what is said because of them."""
        for command in commands:
            with self.database.transaction() as session:
                if isinstance(command, PutRecordsV1):
                    self.handlers.put_records(session, command)
                elif isinstance(command, RebuildRecordsV1):
                    self.handlers.rebuild_records(session, command)
        return self.news()

    def tidies(self) -> Sequence[Message]:
        """Do what is done every hour; returns what is said because of it."""
        with self.database.transaction() as session:
            self.housekeeping.tidy(session, NOW)
        return self.news()

    def news(self) -> Sequence[Message]:
        """Return what was said since the last look."""
        everything = said(self.database)
        fresh = everything[self.heard :]
        self.heard = len(everything)
        return fresh


@pytest.fixture
def inventory(database_url: str) -> Iterator[Inventory]:
    """An inventory that knows nothing yet."""
    migrate(database_url, FRAME.package)
    database = open_database(database_url)
    yield Inventory(database)
    database.close()


def told(messages: Sequence[Message]) -> list[str]:
    """Return the kinds of messages with what they are about, in order."""
    lines = []
    for message in messages:
        if isinstance(message, MachineV1 | MachineRemovedV1):
            lines.append(f"{message.message_type} {message.name} r{message.revision}")
        elif isinstance(message, CustomerV1 | CustomerRemovedV1):
            lines.append(f"{message.message_type} {message.customer} r{message.revision}")
        elif isinstance(message, LocationPolicyV1 | LocationPolicyRemovedV1):
            lines.append(f"{message.message_type} {message.location} r{message.revision}")
        else:
            lines.append(message.message_type)
    return lines


def counts(message: Message) -> dict[str, int]:
    """Return the numbers of an import's event that are not zero."""
    assert isinstance(message, FleetImportedV1)
    return {name: value for name, value in message.model_dump().items() if isinstance(value, int) and value}


def refusal(messages: Sequence[Message]) -> FleetRefusedV1:
    """Return the refusal that is all that was said."""
    (refused,) = messages
    assert isinstance(refused, FleetRefusedV1)
    return refused


ACME = customer("acme")
KYLE = machine("kyle07")
GUEST = machine("acme03", host="kyle07", customer="acme")


def test_import_says_customers_then_machines_then_that_it_is_done(inventory: Inventory) -> None:
    """Who reads in order never sees a machine of an unknown customer."""
    messages = inventory.does(put(GUEST, KYLE, ACME))
    assert told(messages) == [
        "customer.v1 acme r1",
        "machine.v1 acme03 r1",
        "machine.v1 kyle07 r1",
        "fleet-imported.v1",
    ]
    assert counts(messages[-1]) == {"machines_put": 2, "customers_put": 1}


def test_records_are_whole_and_name_their_cause(inventory: Inventory) -> None:
    """What was put is what is said, field by field."""
    command = put(GUEST, KYLE, ACME)
    _, record, _, imported = inventory.does(command)
    assert isinstance(record, MachineV1)
    assert GUEST.model_dump().items() <= record.model_dump().items()
    assert (record.location, record.causation_id, record.correlation_id) == ("rzob", command.message_id, "import-1")
    assert isinstance(imported, FleetImportedV1)
    assert (imported.import_id, imported.command_id) == ("import-1", command.command_id)


def test_same_content_again_says_nothing_but_that_it_is_done(inventory: Inventory) -> None:
    """A nightly import of an unchanged fleet is silent."""
    inventory.does(put(GUEST, KYLE, ACME))
    messages = inventory.does(put(GUEST, KYLE, ACME, import_id="import-2"))
    assert told(messages) == ["fleet-imported.v1"]
    assert counts(messages[0]) == {"machines_unchanged": 2, "customers_unchanged": 1}


def test_labels_in_another_order_are_the_same_content(inventory: Inventory) -> None:
    """A mapping has no order."""
    inventory.does(put(machine("kyle07", labels={"a": "1", "b": "2"})))
    messages = inventory.does(put(machine("kyle07", labels={"b": "2", "a": "1"}), import_id="import-2"))
    assert told(messages) == ["fleet-imported.v1"]


def test_only_what_changed_is_said_with_the_next_revision(inventory: Inventory) -> None:
    """Readers are not made to look at what is as it was."""
    inventory.does(put(GUEST, KYLE, ACME))
    messages = inventory.does(put(GUEST, machine("kyle07", downtime_minutes=45), import_id="import-2"))
    assert told(messages) == ["machine.v1 kyle07 r2", "fleet-imported.v1"]


def test_replacement_says_tombstones_and_a_return_goes_on_counting(inventory: Inventory) -> None:
    """The location is what the last whole import says."""
    inventory.does(put(KYLE, machine("kyle08")))
    messages = inventory.does(put(KYLE, import_id="import-2", replace_location=True))
    assert told(messages) == ["machine-removed.v1 kyle08 r2", "fleet-imported.v1"]
    messages = inventory.does(put(machine("kyle08"), import_id="import-3"))
    assert told(messages) == ["machine.v1 kyle08 r3", "fleet-imported.v1"]


def test_replacement_leaves_other_locations_alone(inventory: Inventory) -> None:
    """A machine's name may be used in each location."""
    inventory.does(put(KYLE, machine("kyle08"), location="whq"))
    messages = inventory.does(put(KYLE, import_id="import-2", replace_location=True))
    assert told(messages) == ["machine.v1 kyle07 r1", "fleet-imported.v1"]


def test_removals_by_name(inventory: Inventory) -> None:
    """A customer goes after its machines."""
    inventory.does(put(GUEST, KYLE, ACME))
    command = put(import_id="import-2", remove_machines=("acme03",), remove_customers=("acme",))
    assert told(inventory.does(command)) == [
        "machine-removed.v1 acme03 r2",
        "customer-removed.v1 acme r2",
        "fleet-imported.v1",
    ]


def test_parts_are_done_together_when_the_last_is_there(inventory: Inventory) -> None:
    """In whatever order they come; a reference may point into another part."""
    assert inventory.does(put(GUEST, number=2, part=2, parts=3), put(ACME, number=3, part=3, parts=3)) == []
    messages = inventory.does(put(KYLE, number=1, part=1, parts=3))
    assert told(messages) == [
        "customer.v1 acme r1",
        "machine.v1 kyle07 r1",
        "machine.v1 acme03 r1",
        "fleet-imported.v1",
    ]


def test_part_that_is_sent_again_is_one_part(inventory: Inventory) -> None:
    """A sender that got no answer sends again, under new ids."""
    inventory.does(put(KYLE, number=1, part=1, parts=2), put(KYLE, number=9, part=1, parts=2))
    assert told(inventory.does(put(GUEST, ACME, number=2, part=2, parts=2)))[-1] == "fleet-imported.v1"


def test_refused_import_names_part_index_and_field_and_does_nothing(inventory: Inventory) -> None:
    """Everything that is wrong is said at once."""
    lost = machine("acme04", host="kyle99", customer="nobody")
    inventory.does(put(KYLE, ACME, number=1, part=1, parts=2))
    refused = refusal(inventory.does(put(GUEST, lost, number=2, part=2, parts=2, remove_machines=("stan",))))
    assert refused.text == "3 things are wrong with it: nothing was done"
    assert [(problem.place, problem.text) for problem in refused.problems] == [
        ("part 2: remove_machines[0]", "no machine of rzob is named stan"),
        ("part 2: machines[1].customer", "no customer is named nobody"),
        ("part 2: machines[1].host", "no machine of rzob is named kyle99"),
    ]
    assert counts(inventory.does(put(KYLE, ACME, import_id="import-2"))[-1]) == {"machines_put": 1, "customers_put": 1}


def test_part_with_other_content_refuses_the_import_for_good(inventory: Inventory) -> None:
    """Nobody knows which of the two was meant."""
    inventory.does(put(KYLE, number=1, part=1, parts=2))
    refused = refusal(inventory.does(put(machine("kyle08"), number=9, part=1, parts=2)))
    assert refused.text == "part 1 came twice with different content"
    refused = refusal(inventory.does(put(GUEST, ACME, number=2, part=2, parts=2)))
    assert refused.text == "the import was refused before: send it again, whole, under a new import_id"


def test_finished_import_cannot_be_added_to_and_stays_done(inventory: Inventory) -> None:
    """Its id stands on the stream for what it was."""
    inventory.does(put(KYLE))
    refused = refusal(inventory.does(put(machine("kyle08"), number=2)))
    assert refused.text == "the import was imported before: send it again, whole, under a new import_id"
    assert told(inventory.does(put(KYLE, import_id="import-2"))) == ["fleet-imported.v1"]


def test_repeated_command_changes_and_says_nothing(inventory: Inventory) -> None:
    """Its outcome stands on the stream already, whoever asks again when."""
    inventory.does(put(KYLE))
    inventory.does(put(machine("kyle07", downtime_minutes=45), import_id="import-2"))
    again = put(KYLE, message_id="another", requested_by="Somebody else", occurred_at=NOW + timedelta(hours=1))
    assert inventory.does(again) == []


def test_command_id_for_something_else_is_refused(inventory: Inventory) -> None:
    """Else the second command would vanish without a word."""
    inventory.does(put(KYLE))
    refused = refusal(inventory.does(put(machine("kyle08"))))
    assert refused.text == "the command_id import-1/1 was used before for something else: give this one its own"


def test_host_with_guests_cannot_be_removed(inventory: Inventory) -> None:
    """The machines on it are named, although the import does not speak of them."""
    inventory.does(put(GUEST, KYLE, ACME))
    refused = refusal(inventory.does(put(import_id="import-2", remove_machines=("kyle07",))))
    assert refused.problems[0].text == "kyle07 still carries acme03: move or remove them as well"


def test_customer_with_machines_anywhere_cannot_be_removed(inventory: Inventory) -> None:
    """Here and in other locations."""
    inventory.does(put(GUEST, KYLE, ACME))
    inventory.does(put(machine("acme09", customer="acme"), import_id="import-2", location="whq"))
    refused = refusal(inventory.does(put(import_id="import-3", remove_customers=("acme",))))
    assert refused.problems[0].text == (
        "acme still owns rzob/acme03, whq/acme09: remove them, or give them to another customer, first"
    )


def test_replacement_by_nothing_is_refused(inventory: Inventory) -> None:
    """It looks like an export that failed half-way."""
    inventory.does(put(KYLE))
    refused = refusal(inventory.does(put(ACME, import_id="import-2", replace_location=True)))
    assert refused.problems[0].text == "names no machine: all 1 of rzob would be removed; remove them by name instead"


def test_import_whose_parts_never_come_is_given_up_after_a_day(inventory: Inventory) -> None:
    """Whoever waits for its outcome gets one; until then it is left alone."""
    inventory.does(put(KYLE, number=1, part=1, parts=3))
    inventory.real_now = NOW + timedelta(hours=23)
    assert inventory.tidies() == []
    inventory.real_now = NOW + timedelta(hours=25)
    refused = refusal(inventory.tidies())
    assert (refused.import_id, refused.text) == ("import-1", "2 of 3 parts did not come within a day: nothing was done")
    assert inventory.tidies() == []


def test_old_commands_are_forgotten(inventory: Inventory) -> None:
    """As long as their outcome stands on the stream, and no longer."""
    inventory.does(put(KYLE))
    inventory.real_now = NOW + timedelta(days=91)
    inventory.tidies()
    assert told(inventory.does(put(KYLE))) == ["fleet-imported.v1"]


def rebuild(number: int = 1, location: str = "rzob") -> RebuildRecordsV1:
    """Return the command to say every record again."""
    return RebuildRecordsV1(
        message_id=f"rebuild-{number}",
        correlation_id=f"rebuild-{number}",
        occurred_at=NOW,
        command_id=f"rebuild-{number}",
        location=location,
    )


def test_rebuild_says_everything_as_it_stands(inventory: Inventory) -> None:
    """Tombstones as well, and no revision rises: readers that have it all change nothing."""
    inventory.does(put(GUEST, KYLE, ACME, customer("zebra")))
    inventory.does(put(import_id="import-2", remove_machines=("acme03",), remove_customers=("zebra",)))
    messages = inventory.does(rebuild())
    assert told(messages) == [
        "customer.v1 acme r1",
        "customer-removed.v1 zebra r2",
        "machine-removed.v1 acme03 r2",
        "machine.v1 kyle07 r1",
        "fleet-imported.v1",
    ]
    assert counts(messages[-1]) == {"machines_unchanged": 2, "customers_unchanged": 2}


def test_rebuilt_record_is_the_record(inventory: Inventory) -> None:
    """Through the database and back nothing of it is lost."""
    first = inventory.does(put(GUEST, KYLE, ACME))
    second = inventory.does(rebuild())
    envelope = {"message_id", "causation_id", "correlation_id", "occurred_at"}
    by_subject = {message.subject: message.model_dump(exclude=envelope) for message in first[:-1]}
    assert {message.subject: message.model_dump(exclude=envelope) for message in second[:-1]} == by_subject


def test_rebuild_of_an_unknown_location_is_refused(inventory: Inventory) -> None:
    """Silence would look like a stream that is complete."""
    refused = refusal(inventory.does(rebuild(location="nowhere")))
    assert refused.text == "no machine of a location nowhere was ever known"


def test_repeated_rebuild_says_nothing(inventory: Inventory) -> None:
    """Like any repeated command."""
    inventory.does(put(KYLE))
    inventory.does(rebuild())
    assert inventory.does(rebuild()) == []


POLICY = LocationPolicyFields(capacity=40, lease_minutes=20)


def test_policy_is_said_before_the_machines_that_it_is_about(inventory: Inventory) -> None:
    """Whole, and once; the same again is silent."""
    messages = inventory.does(put(KYLE, policy=POLICY))
    assert told(messages) == ["location-policy.v1 rzob r1", "machine.v1 kyle07 r1", "fleet-imported.v1"]
    assert counts(messages[-1]) == {"machines_put": 1, "policies_put": 1}
    assert POLICY.model_dump().items() <= messages[0].model_dump().items()
    again = inventory.does(put(import_id="import-2", policy=POLICY))
    assert (told(again), counts(again[0])) == (["fleet-imported.v1"], {"policies_unchanged": 1})


def test_policy_that_is_not_spoken_of_stays(inventory: Inventory) -> None:
    """Also where the location is replaced."""
    inventory.does(put(KYLE, policy=POLICY))
    messages = inventory.does(put(KYLE, import_id="import-2", replace_location=True))
    assert told(messages) == ["fleet-imported.v1"]
    assert told(inventory.does(rebuild()))[0] == "location-policy.v1 rzob r1"


def test_removed_policy_is_a_tombstone_and_its_return_goes_on_counting(inventory: Inventory) -> None:
    """A reader that missed the tombstone would else take the new record for an old one."""
    inventory.does(put(policy=POLICY))
    gone = inventory.does(put(import_id="import-2", remove_policy=True))
    assert told(gone) == ["location-policy-removed.v1 rzob r2", "fleet-imported.v1"]
    assert told(inventory.does(rebuild())) == ["location-policy-removed.v1 rzob r2", "fleet-imported.v1"]
    back = inventory.does(put(import_id="import-3", policy=POLICY))
    assert told(back)[0] == "location-policy.v1 rzob r3"


def test_rebuilt_policy_is_the_policy(inventory: Inventory) -> None:
    """Of a location that has nothing else, too."""
    first = inventory.does(put(policy=POLICY))
    second = inventory.does(rebuild())
    assert told(second) == told(first)
    assert POLICY.model_dump().items() <= second[0].model_dump().items()


def test_policy_that_was_never_there_cannot_be_removed(inventory: Inventory) -> None:
    """A mistake in writing, as with machines."""
    refused = refusal(inventory.does(put(remove_policy=True)))
    assert [(problem.place, problem.text) for problem in refused.problems] == [("remove_policy", "rzob has no policy")]


def test_policy_in_two_parts_refuses_the_import(inventory: Inventory) -> None:
    """Each may be meant."""
    inventory.does(put(KYLE, policy=POLICY, part=1, parts=2))
    messages = inventory.does(put(number=2, policy=LocationPolicyFields(), part=2, parts=2))
    assert [problem.place for problem in refusal(messages).problems] == ["part 2: policy"]


def test_command_without_a_policy_is_what_it_was_before_there_were_policies(inventory: Inventory) -> None:
    """The digest of 0.1.0: a command that was taken then, and comes again now, is no other one."""
    command = put(KYLE)
    asked = command.model_dump(mode="json", exclude={"policy", "remove_policy", "requested_by", *Message.model_fields})
    text = json.dumps(asked, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    inventory.does(command)
    with inventory.database.read() as session:
        digest = imports.find_command(session, command.command_id, command.part)
    assert digest == hashlib.sha256(text.encode()).hexdigest()


def changing_statements(statements: Sequence[str]) -> list[str]:
    """Return the statements of the inventory's own work: without those that begin and those of this test."""
    return [one for one in statements if not one.startswith(("BEGIN", "PRAGMA", "SELECT outbox", "SELECT pg_advisory"))]


def test_500_records_take_at_most_ten_statements(inventory: Inventory) -> None:
    """What grows with the fleet is moved in bulk: set-based statements, however many records."""
    statements: list[str] = []
    engine = inventory.database._engine
    sa.event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    hosts = [machine(f"kyle{number:03d}") for number in range(400)]
    inventory.does(put(*hosts, *(customer(f"customer{number}") for number in range(100))))
    assert len(changing_statements(statements)) <= 10, statements
    statements.clear()
    chunks = [
        [
            machine(f"vm{n:04d}", host=f"kyle{n % 400:03d}", customer=f"customer{n % 100}")
            for n in range(first, first + 500)
        ]
        for first in range(0, 5_000, 500)
    ]
    parts = [
        put(*chunk, import_id="import-2", number=number, part=number, parts=len(chunks))
        for number, chunk in enumerate(chunks, 1)
    ]
    assert told(inventory.does(*parts))[-1] == "fleet-imported.v1"
    assert len(changing_statements(statements)) <= 10 * len(chunks), statements
