"""The notifier as a process on a real bus; its neighbours are messages, its customers read a maildir."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import nats
import pytest
from mweek_contracts.events import FindingCode, NoticeKind
from mweek_contracts.fleet import Kind
from mweek_contracts.message import Message
from mweek_contracts.reasons import UnplacedCode
from mweek_contracts.streams import EVENTS
from mweek_messaging import apply_streams
from nats.aio.client import Client

from tests.support.databases import Databases
from tests.support.eventually import eventually
from tests.support.mailbox import ReadMail
from tests.support.nats_server import NatsServer
from tests.support.notifier_bus import NotifierBus, as_next_revision
from tests.support.notifier_process import NotifierProcess
from tests.support.told_week import MONDAY, NOW, TUESDAY, moved, window, withdrawn

pytestmark = pytest.mark.xdist_group("shared-notifier")

CLOCK = f"{NOW:%Y-%m-%dT%H:%MZ}"
_locations = count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """The server of the tests in this file."""
    running = NatsServer(tmp_path_factory.mktemp("notifier-nats")).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def shared(
    server: NatsServer, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NotifierProcess]:
    """The notifier of most tests in this file, not started yet."""
    folder = tmp_path_factory.mktemp("notifier")
    database_url = databases.new(folder, "notifier")
    process = NotifierProcess(folder, nats_url=server.url, clock=CLOCK, database_url=database_url)
    yield process
    process.stop()


@pytest.fixture
async def connection(server: NatsServer) -> AsyncIterator[Client]:
    """A neighbour's connection to a server with all streams."""
    client = await nats.connect(server.url)
    await apply_streams(client)
    yield client
    await client.close()


@pytest.fixture
async def bus(connection: Client, shared: NotifierProcess) -> NotifierBus:
    """A location of its own on the bus of the shared notifier, with two customers and a KVM host under both."""
    shared.ensure_running()
    location = NotifierBus(connection, f"loc{next(_locations):02d}")
    await location.customer("acme", contacts=("ops", "boss"), machines=("acme01", "acme02"))
    await location.customer("zeta", contacts=("zoe",), machines=("zeta01",))
    await location.machine("kyle07", role="kvm-host", kind=Kind.PHYSICAL)
    return location


async def schedule(bus: NotifierBus, *machines: str) -> tuple[Message, ...]:
    """Tell a first revision with these machines on Monday, and return its messages."""
    windows = [window(bus.name(machine)) for machine in machines]
    messages = bus.week.revision(*windows, records=await bus.position())
    await bus.say(messages)
    return messages


def mails_to(shared: NotifierProcess, bus: NotifierBus) -> list[ReadMail]:
    """Return the mails to the contacts of this location, in no order."""
    return [mail for mail in shared.mails() if mail.recipient.endswith(f"@{bus.location}.example")]


async def handled(connection: Client) -> None:
    """Wait until the notifier has dealt with all events."""

    async def waiting() -> int:
        info = await connection.jetstream().consumer_info(EVENTS.name, "notifier-events")
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    await eventually(waiting, until=lambda left: left == 0)


async def test_each_contact_gets_exactly_one_mail_and_the_bus_is_told(
    bus: NotifierBus, shared: NotifierProcess
) -> None:
    await schedule(bus, "acme01", "acme02", "zeta01")
    sent = await eventually(bus.told(3))
    mails = mails_to(shared, bus)
    assert sorted(mail.recipient for mail in mails) == [bus.address(word) for word in ("boss", "ops", "zoe")]
    assert {mail.recipient: mail.message_id for mail in mails} == {
        event.contact: event.mail_message_id for event in sent
    }
    assert {event.kind for event in sent} == {NoticeKind.SCHEDULED}


async def test_a_mail_names_all_machines_of_its_customer_and_no_others(
    bus: NotifierBus, shared: NotifierProcess
) -> None:
    await schedule(bus, "acme01", "acme02", "zeta01")
    await eventually(bus.told(3))
    (mail,) = [each for each in mails_to(shared, bus) if each.recipient == bus.address("ops")]
    assert f"{bus.name('acme01')}, {bus.name('acme02')}" in mail.text
    assert bus.name("zeta01") not in mail.text
    assert len(mail.events) == 1


async def test_messages_that_come_again_are_not_mailed_again(
    bus: NotifierBus, shared: NotifierProcess, connection: Client
) -> None:
    messages = await schedule(bus, "acme01", "zeta01")
    await eventually(bus.told(3))
    await bus.say(messages, again=True)
    await bus.customer("new", contacts=("late",), machines=("late01",))
    await bus.say(bus.week.revision(window(bus.name("late01")), records=await bus.position()))
    await eventually(bus.told(4))
    assert Counter(mail.recipient for mail in mails_to(shared, bus)).most_common(1)[0][1] == 1


async def test_a_revision_is_mailed_to_those_whom_it_changes(bus: NotifierBus, shared: NotifierProcess) -> None:
    await schedule(bus, "acme01", "zeta01")
    await eventually(bus.told(3))
    await bus.say(bus.week.revision(moved(bus.name("zeta01"), MONDAY, TUESDAY), records=await bus.position()))
    await eventually(bus.told(4))
    mails = [mail for mail in mails_to(shared, bus) if mail.recipient == bus.address("zoe")]
    first, second = sorted(mails, key=lambda mail: mail.references)
    assert second.references == (first.message_id,)
    dropped, new = second.events
    assert [str(event["UID"]) for event in first.events] == [str(dropped["UID"])]
    assert (str(dropped["STATUS"]), str(new["STATUS"])) == ("CANCELLED", "CONFIRMED")
    assert (int(dropped["SEQUENCE"]), int(new["SEQUENCE"])) == (1, 0)
    assert len(mails_to(shared, bus)) == 4


async def test_customers_on_a_host_are_told_of_it(bus: NotifierBus, shared: NotifierProcess) -> None:
    affected = (bus.name("acme01"), bus.name("zeta01"))
    await bus.say(bus.week.revision(window(bus.name("kyle07"), affects=affected), records=await bus.position()))
    await eventually(bus.told(3))
    assert all(f"      {bus.name('kyle07')}: {bus.location}-" in mail.text for mail in mails_to(shared, bus))


async def test_a_cancelled_week_is_mailed_with_its_reason(bus: NotifierBus, shared: NotifierProcess) -> None:
    await schedule(bus, "zeta01")
    await eventually(bus.told(1))
    gone = withdrawn(bus.name("zeta01"), reason=UnplacedCode.CANCELLED)
    await bus.say(as_next_revision(bus.week.cancelled(gone, reason="The update is not ready"), 2))
    await eventually(bus.told(2))
    (cancelled,) = [mail for mail in mails_to(shared, bus) if "cancelled" in mail.subject]
    assert "The update is not ready" in cancelled.text
    assert [str(event["STATUS"]) for event in cancelled.events] == ["CANCELLED"]


async def test_a_preview_is_mailed_to_nobody(bus: NotifierBus, shared: NotifierProcess, connection: Client) -> None:
    await bus.say(bus.week.preview(window(bus.name("acme01")), command_id="try-it", records=await bus.position()))
    await handled(connection)
    await schedule(bus, "zeta01")
    await eventually(bus.told(1))
    assert [mail.recipient for mail in mails_to(shared, bus)] == [bus.address("zoe")]


async def test_findings_are_mailed_to_the_operator(bus: NotifierBus, shared: NotifierProcess) -> None:
    await schedule(bus, "zeta01")
    await bus.say([bus.week.failed(FindingCode.QUOTA)])
    await eventually(bus.told(2))
    (mail,) = [
        mail for mail in shared.mails() if mail.recipient == "noc@hoster.example" and bus.location in mail.subject
    ]
    assert "db01: db01 has a quota finding" in mail.text


async def test_it_stops_in_order(connection: Client, server: NatsServer, empty_database: str, tmp_path: Path) -> None:
    process = NotifierProcess(tmp_path, nats_url=server.url, clock=CLOCK, database_url=empty_database).start()
    assert process.stop() == 0
