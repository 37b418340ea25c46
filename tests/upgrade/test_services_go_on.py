"""The services of the next release go on where those of an earlier one stopped, with its databases and its streams."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import nats
import pytest
from mweek_contracts.commands import ScheduleWeekV1
from mweek_contracts.events import DeadLetterV1, FleetImportedV1, WeekScheduledV1
from mweek_contracts.message import Message
from mweek_contracts.records import MachineV1
from mweek_contracts.streams import COMMANDS, DEAD, EVENTS, RECORDS, consumers_of
from mweek_messaging import publish_command
from mweek_messaging.acceptance import accept_stream
from mweek_outbox import open_database
from nats.aio.client import Client

from tests.support.databases import SERVICES, Databases
from tests.support.eventually import eventually
from tests.support.likeness import unlike
from tests.support.mail_server import MailServer, running_mail_server
from tests.support.nats_server import NatsServer
from tests.support.neighbours import messages_in
from tests.support.service_process import ServiceProcess
from tests.upgrade.meaning import LOCATION, meaning_of
from tests.upgrade.next_release import REVISION, next_release
from tests.upgrade.real_time import stopped_just_now
from tests.upgrade.released import RELEASES, Frozen
from tests.upgrade.story import NOW, half_an_import, services_on, start


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The databases and streams of a release, and the services of the next one, not started yet."""

    frozen: Frozen
    connection: Client
    mail_server: MailServer
    services: dict[str, ServiceProcess]
    urls: dict[str, str]

    async def said(self, kind: type[Message] = Message) -> list[Message]:
        """Return the events of a kind, in order."""
        return [event for event in await messages_in(self.connection, EVENTS) if isinstance(event, kind)]

    async def revisions(self, week: str) -> list[WeekScheduledV1]:
        """Return what closed the revisions of a week."""
        return [
            one for one in await self.said(WeekScheduledV1) if isinstance(one, WeekScheduledV1) and one.week == week
        ]

    async def asks(self, command: ScheduleWeekV1) -> None:
        """Publish a command and wait until it was dealt with."""
        await publish_command(self.connection, command, timeout=60)
        await eventually(self._no_command_waits, within=120)

    async def repeats_all_commands(self) -> None:
        """Publish every command of the release once more, as their senders would who had heard no answer."""
        await self.frozen.say(self.connection, COMMANDS.name)
        await eventually(self._no_command_waits, within=120)

    async def everything_is_read(self) -> bool:
        """Tell whether no service has anything to read left."""
        specs = [spec for service in SERVICES for spec in consumers_of(service)]
        infos = [await self.connection.jetstream().consumer_info(spec.stream, spec.durable) for spec in specs]
        return all(info.num_pending == 0 and info.num_ack_pending == 0 for info in infos)

    async def _no_command_waits(self) -> bool:
        return bool((await self.connection.jsm().stream_info(COMMANDS.name)).state.messages == 0)


@pytest.fixture(params=RELEASES)
async def upgrade(
    request: pytest.FixtureRequest, applied_streams: NatsServer, databases: Databases, tmp_path: Path
) -> AsyncIterator[Upgrade]:
    """A release that has stopped, everything of it where it was, and the next one installed."""
    frozen = Frozen(request.param, databases.dialect)
    urls = databases.urls(tmp_path)
    for service, url in urls.items():
        frozen.thaw(service, url)
        stopped_just_now(service, url)
        release = next_release(service, tmp_path / "next")
    client = await nats.connect(applied_streams.url)
    await frozen.say(client, RECORDS.name, EVENTS.name)
    async with running_mail_server() as mail_server:
        where = {"nats_url": applied_streams.url, "mail_url": mail_server.url}
        services = services_on(urls, tmp_path, **where, **release.environment)
        yield Upgrade(frozen, client, mail_server, services, urls)
        for service in services.values():
            await asyncio.to_thread(service.stop)
    await client.close()


async def test_services_of_the_next_release_go_on_where_this_one_stopped(upgrade: Upgrade) -> None:
    await _old_schema_is_refused(upgrade)
    await _each_upgrades_it_with_its_data(upgrade)
    before = await upgrade.said()
    await start(*upgrade.services.values())
    await _what_waited_is_said(upgrade)
    await _machine_that_waited_has_windows(upgrade)
    stand = {week: await upgrade.revisions(week) for week in ("2026-W49", "2026-W50")}

    await upgrade.repeats_all_commands()
    await upgrade.asks(_command("story-2", "asked-again"))
    assert {week: await upgrade.revisions(week) for week in stand} == stand, "an old command was carried out again"

    await upgrade.asks(_command("a-new-wish", "a-new-wish"))
    *_, parent, last = await eventually(
        lambda: upgrade.revisions("2026-W49"), lambda seen: len(seen) == len(stand["2026-W49"]) + 1
    )
    assert (parent, last.parent_revision, last.revision) == (
        stand["2026-W49"][-1],
        parent.revision,
        parent.revision + 1,
    )

    await publish_command(upgrade.connection, half_an_import(2, "umbrella02"), timeout=60)
    imported = await eventually(lambda: upgrade.said(FleetImportedV1), lambda seen: _imports(seen)["whq"] == 1)
    assert [one.machines_put for one in imported if isinstance(one, FleetImportedV1) and one.location == "whq"] == [2]
    await eventually(upgrade.everything_is_read, within=120)
    await _nothing_was_mailed_again(upgrade)
    assert (await upgrade.said())[: len(before)] == before
    letters = [one for one in await messages_in(upgrade.connection, DEAD) if isinstance(one, DeadLetterV1)]
    assert [(letter.service, letter.reason) for letter in letters] == []


async def _old_schema_is_refused(upgrade: Upgrade) -> None:
    """With what to do; by the planner, as one that stands for all."""
    done = await asyncio.to_thread(upgrade.services["planner"].command, "run")
    remedy = f"this planner needs {REVISION}: run `mweek-planner migrate` (or start the version that the database"
    assert (done.returncode, remedy in done.stderr) == (1, True), done.stderr


async def _each_upgrades_it_with_its_data(upgrade: Upgrade) -> None:
    """By its command; then an operator lets it read the streams, which were made anew here."""
    await asyncio.gather(*(asyncio.to_thread(process.migrate) for process in upgrade.services.values()))
    for service, url in upgrade.urls.items():
        database = open_database(url)
        now = meaning_of(service, database, command_ids=upgrade.frozen.command_ids)
        for stream in {spec.stream for spec in consumers_of(service)}:
            await accept_stream(upgrade.connection, database, service=service, stream=stream)
        database.close()
        assert unlike(upgrade.frozen.meaning(service), now) == []


async def _what_waited_is_said(upgrade: Upgrade) -> None:
    """A plan that was decided, and a machine that was imported, before the release stopped."""
    (first, *_) = await eventually(lambda: upgrade.revisions("2026-W50"), within=120)
    assert (first.revision, first.parent_revision) == (1, None)

    async def imported() -> list[Message]:
        records = await messages_in(upgrade.connection, RECORDS)
        return [one for one in records if isinstance(one, MachineV1) and one.name == "initech-prod03"]

    assert len(await eventually(imported, within=120)) == 1


async def _machine_that_waited_has_windows(upgrade: Upgrade) -> None:
    """The auditor finds it without a window in either week, and the planner places it: one more revision of each."""
    (*_, third, fourth) = await eventually(
        lambda: upgrade.revisions("2026-W49"), lambda seen: len(seen) == 4, within=120
    )
    assert (third.revision, fourth.parent_revision, fourth.revision) == (3, 3, 4)
    assert fourth.windows == third.windows + 1
    await eventually(lambda: upgrade.revisions("2026-W50"), lambda seen: len(seen) == 2, within=120)


async def _nothing_was_mailed_again(upgrade: Upgrade) -> None:
    """But what had never left leaves, once."""
    ledger = upgrade.frozen.meaning("notifier")["ledger"]
    (waiting,) = [one["notice_id"] for one in ledger if one["state"] == "planned"]
    ended = {one["notice_id"] for one in ledger} - {waiting}

    def mailed() -> Counter[str]:
        return Counter(mail.message_id.strip("<>").partition("@")[0] for mail in upgrade.mail_server.mails)

    sent = await eventually(mailed, lambda seen: seen[waiting] == 1, within=120)
    assert ended & set(sent) == set()
    assert set(sent.values()) == {1}, "a mail came twice"


def _command(command_id: str, message_id: str) -> ScheduleWeekV1:
    return ScheduleWeekV1(
        message_id=message_id,
        correlation_id=message_id,
        occurred_at=NOW,
        command_id=command_id,
        location=LOCATION,
        week="2026-W49",
    )


def _imports(events: list[Message]) -> Counter[str]:
    return Counter(one.location for one in events if isinstance(one, FleetImportedV1))
