"""The inventory as a process on a real bus; its neighbours are messages, and a person at its machine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import count
from pathlib import Path

import nats
import pytest
from mweek_contracts.commands import Command, RebuildRecordsV1
from mweek_contracts.documents import read_fleet
from mweek_contracts.events import CommandRefusedV1, DeadLetterV1, FleetImportedV1, FleetRefusedV1
from mweek_contracts.message import Message
from mweek_contracts.policy import LocationPolicyFields
from mweek_contracts.records import (
    CustomerV1,
    LocationPolicyRemovedV1,
    LocationPolicyV1,
    MachineRemovedV1,
    MachineV1,
)
from mweek_contracts.streams import DEAD, EVENTS, RECORDS, StreamSpec
from mweek_messaging import apply_streams, follow, publish_command
from nats.aio.client import Client

from tests.support.databases import Databases
from tests.support.eventually import eventually
from tests.support.inventory import NOW, customer, machine, put
from tests.support.inventory_process import InventoryProcess
from tests.support.nats_server import NatsServer
from tests.support.neighbours import messages_in

_locations = count(1)
REFERENCE = Path(__file__).parents[2] / "deploy/reference"

pytestmark = pytest.mark.xdist_group("inventory")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """The server of the tests in this file."""
    running = NatsServer(tmp_path_factory.mktemp("inventory-nats")).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def process(
    server: NatsServer, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[InventoryProcess]:
    """The inventory of the tests in this file; each of them has locations of its own."""
    folder = tmp_path_factory.mktemp("inventory")
    running = InventoryProcess(folder, nats_url=server.url, database_url=databases.new(folder, "inventory"))
    yield running
    running.stop()


@pytest.fixture
async def connection(server: NatsServer, process: InventoryProcess) -> AsyncIterator[Client]:
    """A neighbour's connection; the inventory runs."""
    client = await nats.connect(server.url)
    await apply_streams(client)
    process.ensure_running()
    yield client
    await client.close()


@pytest.fixture
def location() -> str:
    """A location that no other test knows."""
    return f"loc{next(_locations):02d}"


async def about(connection: Client, stream: StreamSpec, location: str) -> Sequence[Message]:
    """Return what a stream says of a location now."""
    return [one for one in await messages_in(connection, stream) if getattr(one, "location", "") == location]


async def outcome_of(connection: Client, command: Command) -> Message:
    """Publish a command and wait for the event that names it."""
    await publish_command(connection, command)

    async def found() -> list[Message]:
        events = await about(connection, EVENTS, command.location)
        return [event for event in events if getattr(event, "command_id", None) == command.command_id]

    return (await eventually(found))[0]


def fleet_of(location: str) -> tuple[str, str, str]:
    """Return names for a host, a guest and a customer; customers are known in all locations."""
    return f"kyle-{location}", f"guest-{location}", f"customer-{location}"


async def test_import_over_the_bus_is_told_as_records_and_an_event(connection: Client, location: str) -> None:
    """What a client puts is what everybody else reads."""
    host, guest, owner = fleet_of(location)
    command = put(
        machine(guest, host=host, customer=owner),
        machine(host),
        customer(owner),
        import_id=f"import-{location}",
        location=location,
    )
    imported = await outcome_of(connection, command)
    assert isinstance(imported, FleetImportedV1)
    assert (imported.machines_put, imported.customers_put, imported.causation_id) == (2, 1, command.message_id)
    told = await about(connection, RECORDS, location)
    assert {(one.name, one.host, one.revision) for one in told if isinstance(one, MachineV1)} == {
        (host, None, 1),
        (guest, host, 1),
    }
    customers = [one for one in await messages_in(connection, RECORDS) if isinstance(one, CustomerV1)]
    assert owner in {one.customer for one in customers}


async def test_policy_over_the_bus_is_a_record_and_then_a_tombstone(connection: Client, location: str) -> None:
    """The last word of its subject."""
    policy = LocationPolicyFields(capacity=40)
    command = put(import_id=f"import-{location}", location=location, policy=policy)
    assert isinstance(await outcome_of(connection, command), FleetImportedV1)
    (record,) = await about(connection, RECORDS, location)
    assert isinstance(record, LocationPolicyV1)
    assert (record.capacity, record.lease_minutes, record.revision) == (40, 30, 1)
    gone = put(import_id=f"import-{location}-2", location=location, remove_policy=True)
    assert isinstance(await outcome_of(connection, gone), FleetImportedV1)
    (tombstone,) = await about(connection, RECORDS, location)
    assert isinstance(tombstone, LocationPolicyRemovedV1)
    assert tombstone.revision == 2


async def test_refused_import_is_told_and_leaves_no_record(connection: Client, location: str) -> None:
    """Nothing is half done."""
    command = put(machine("acme01", host="kyle99"), machine("kyle00"), import_id=f"i-{location}", location=location)
    refused = await outcome_of(connection, command)
    assert isinstance(refused, FleetRefusedV1)
    assert [(problem.place, problem.text) for problem in refused.problems] == [
        ("machines[0].host", f"no machine of {location} is named kyle99")
    ]
    assert await about(connection, RECORDS, location) == []


async def test_command_that_cannot_be_read_is_refused_and_kept(connection: Client, location: str) -> None:
    """Its sender hears of it, and an operator can look at it."""
    subject = f"cmd.{location}.put-records.v1"
    await connection.jetstream().publish(subject, b'{"machines": "all of them"}', stream="COMMANDS")

    async def refusals() -> list[Message]:
        return [one for one in await about(connection, EVENTS, location) if isinstance(one, CommandRefusedV1)]

    (refused,) = await eventually(refusals)
    assert isinstance(refused, CommandRefusedV1)
    assert "machines" in {problem.place for problem in refused.problems}
    dead = [one for one in await messages_in(connection, DEAD) if isinstance(one, DeadLetterV1)]
    assert subject in {letter.original_subject for letter in dead}


async def test_command_that_comes_twice_is_done_once(connection: Client, location: str) -> None:
    """Under another message id it is still the same command."""
    first = put(machine("kyle00"), import_id=f"i-{location}", location=location)
    await outcome_of(connection, first)
    await publish_command(connection, first.model_copy(update={"message_id": f"again-{location}"}))
    other = put(machine("kyle01"), import_id=f"other-{location}", location=location)
    await outcome_of(connection, other)  # commands are taken in order: the repeated one is dealt with
    events = [one for one in await about(connection, EVENTS, location) if isinstance(one, FleetImportedV1)]
    assert [event.import_id for event in events] == [f"i-{location}", f"other-{location}"]


async def test_parts_survive_a_crash_between_them(connection: Client, process: InventoryProcess, location: str) -> None:
    """The parts that came are in the database, and the import is done by the next process."""
    host, guest, owner = fleet_of(location)
    import_id = f"i-{location}"
    first = put(machine(host), number=1, import_id=import_id, location=location, part=1, parts=2)
    second = put(
        machine(guest, host=host, customer=owner),
        customer(owner),
        number=2,
        import_id=import_id,
        location=location,
        part=2,
        parts=2,
    )
    await publish_command(connection, first)
    await eventually(lambda: no_command_left(connection))
    process.kill()
    process.start()
    imported = await outcome_of(connection, second)
    assert isinstance(imported, FleetImportedV1)
    assert imported.machines_put == 2


async def no_command_left(connection: Client) -> bool:
    """Tell whether every command was dealt with."""
    return (await connection.jsm().stream_info("COMMANDS")).state.messages == 0


async def test_reference_fleet_imported_from_its_file_reaches_the_bus(
    connection: Client, process: InventoryProcess
) -> None:
    """The command works on the database; the service beside it publishes what it recorded."""
    done = process.command("import", str(REFERENCE / "rzob.yaml"))
    assert (done.returncode, done.stderr.strip()) == (
        0,
        "rzob: machines 236 put, 0 removed, 0 unchanged; customers 30 put, 0 removed, 0 unchanged",
    )
    document = read_fleet(REFERENCE / "rzob.yaml")

    async def told() -> list[MachineV1]:
        return [one for one in await about(connection, RECORDS, "rzob") if isinstance(one, MachineV1)]

    machines = await eventually(told, until=lambda seen: len(seen) == len(document.machines))
    assert {one.name for one in machines} == {one.name for one in document.machines}
    exported = process.command("export", "rzob", "--format", "jsonl")
    again = read_fleet(("rzob.jsonl", exported.stdout))
    assert {one.name: one for one in again.machines} == {one.name: one for one in document.machines}
    assert {one.customer: one for one in again.customers} == {one.customer: one for one in document.customers}


async def test_bad_file_changes_nothing_and_names_its_lines(
    process: InventoryProcess, location: str, tmp_path: Path, connection: Client
) -> None:
    """Every error at once, and not a record of the good entries."""
    file = tmp_path / "fleet.yaml"
    file.write_text(
        f"location: {location}\n"
        "machines:\n"
        "  - {name: kyle00, kind: physical, role: kvm-host, environment: internal}\n"
        "  - {name: vm00, kind: virtual, role: customer, environment: production, host: kyle0, customer: nobody}\n"
        "  - {name: vm01, kind: virtuel, role: customer, environment: production, host: kyle00}\n"
    )
    done = process.command("import", str(file))
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"{file}:4: machines[1].host: no machine is named kyle0; did you mean kyle00?",
        f"{file}:4: machines[1].customer: no customer is named nobody",
        f"{file}:5: machines[2].kind: 'virtuel' is none of physical, virtual; did you mean 'virtual'?",
    ]
    assert process.command("export", location).returncode == 1
    assert await about(connection, RECORDS, location) == []


async def test_records_are_said_again_on_request(connection: Client, location: str) -> None:
    """Every record, tombstones too, with the revision that it had. (Streams that are lost: tests/faults.)"""
    await outcome_of(
        connection, put(machine("kyle00"), machine("kyle01"), import_id=f"a-{location}", location=location)
    )
    await outcome_of(connection, put(remove_machines=("kyle01",), import_id=f"b-{location}", location=location))
    end = (await connection.jetstream().stream_info(RECORDS.name)).state.last_seq
    command = RebuildRecordsV1(
        message_id=f"rebuild-{location}",
        correlation_id=f"rebuild-{location}",
        occurred_at=NOW,
        command_id=f"rebuild-{location}",
        location=location,
    )
    await outcome_of(connection, command)
    subjects = (f"rec.{location}.>",)
    said = follow(connection, RECORDS.name, subjects, until_caught_up=True, after_sequence=end)
    again = [received.message() async for received in said]
    assert {(type(one), getattr(one, "name", ""), getattr(one, "revision", 0)) for one in again} == {
        (MachineV1, "kyle00", 1),
        (MachineRemovedV1, "kyle01", 2),
    }


async def test_inventory_ends_in_order_on_sigterm(connection: Client, process: InventoryProcess, location: str) -> None:
    """Exit code 0; what comes after is taken by the next process."""
    assert process.stop() == 0, process.log
    command = put(machine("kyle00"), import_id=f"i-{location}", location=location)
    await publish_command(connection, command)
    process.start()
    assert isinstance(await outcome_of(connection, command), FleetImportedV1)
