"""The notifier as a process that mails to a real SMTP server: crashes, refusals, and revisions in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import nats
import pytest
from mweek_contracts.events import NoticeFailedV1, NoticeKind, NoticeSkippedV1

from tests.support.eventually import eventually
from tests.support.mail_server import Behaviour, MailServer, running_mail_server
from tests.support.nats_server import NatsServer
from tests.support.notifier_bus import NotifierBus
from tests.support.notifier_process import NotifierProcess
from tests.support.told_week import MONDAY, NOW, TUESDAY, moved, window

CLOCK = f"{NOW:%Y-%m-%dT%H:%MZ}"


class Isolated:
    """A notifier that mails to a real SMTP server, on a bus of its own."""

    def __init__(self, bus: NotifierBus, mail_server: MailServer, process: NotifierProcess) -> None:
        self.bus = bus
        self.mail_server = mail_server
        self.process = process

    async def with_customers(self, number: int) -> None:
        """Tell of so many customers with a machine and a contact each, and of a week for all of them."""
        for one in range(number):
            await self.bus.customer(f"c{one:02d}", contacts=(f"ops{one:02d}",), machines=(f"m{one:02d}",))
        windows = [window(self.bus.name(f"m{one:02d}")) for one in range(number)]
        await self.bus.say(self.bus.week.revision(*windows, records=await self.bus.position()))


@pytest.fixture
async def isolated(applied_streams: NatsServer, empty_database: str, tmp_path: Path) -> AsyncIterator[Isolated]:
    """Not started yet; it repeats and takes over within seconds."""
    client = await nats.connect(applied_streams.url)
    async with running_mail_server() as mail_server:
        process = NotifierProcess(
            tmp_path / "notifier",
            nats_url=applied_streams.url,
            clock=CLOCK,
            database_url=empty_database,
            MWEEK_NOTIFIER_MAIL_URL=mail_server.url,
            MWEEK_NOTIFIER_SEND_SECONDS="1",
            MWEEK_NOTIFIER_RETRY_SECONDS="0.2",
            MWEEK_NOTIFIER_ATTEMPTS="6",
        )
        yield Isolated(NotifierBus(client, "rzob"), mail_server, process)
        process.stop()
    await client.close()


async def test_a_crash_after_the_mail_was_taken_repeats_it_once_with_the_same_bytes(isolated: Isolated) -> None:
    isolated.mail_server.will(Behaviour.STALL)
    isolated.process.start()
    await isolated.with_customers(1)
    await eventually(lambda: len(isolated.mail_server.mails) == 1)
    isolated.process.kill()
    isolated.process.start()
    (sent,) = await eventually(isolated.bus.told(1))
    first, second = isolated.mail_server.mails
    assert first.raw == second.raw
    assert second.message_id == sent.mail_message_id


async def test_through_crashes_nobody_is_forgotten_and_repeats_are_byte_equal(isolated: Isolated) -> None:
    isolated.process.start()
    await isolated.with_customers(30)
    for reached in (6, 18):
        await eventually(lambda reached=reached: len(isolated.mail_server.mails) >= reached)  # type: ignore[misc]
        isolated.process.kill()
        isolated.process.start()
    await eventually(isolated.bus.told(30), within=40)
    mails = isolated.mail_server.mails
    assert {mail.recipient for mail in mails} == {isolated.bus.address(f"ops{one:02d}") for one in range(30)}
    assert len({mail.raw for mail in mails}) == 30
    assert len(mails) <= 30 + 2 * 4, "a crash repeats at most what the workers had in hand"


async def test_an_address_that_is_refused_is_told_and_others_are_mailed(isolated: Isolated) -> None:
    isolated.mail_server.will(Behaviour.REFUSE_RECIPIENT)
    isolated.process.start()
    await isolated.with_customers(2)
    await eventually(isolated.bus.told(1))
    (failed,) = await eventually(lambda: isolated.bus.heard(NoticeFailedV1))
    assert (failed.reason, failed.attempts) == ("550 5.1.1 no such user", 1)
    assert len(isolated.mail_server.mails) == 1


async def test_a_revision_that_comes_while_mails_wait_makes_one_mail_of_both(isolated: Isolated) -> None:
    isolated.mail_server.will(*[Behaviour.DEFER_RECIPIENT] * 2)
    isolated.process.start()
    await isolated.with_customers(1)
    await eventually(lambda: isolated.mail_server.attempts >= 1)
    machine = isolated.bus.name("m00")
    position = await isolated.bus.position()
    await isolated.bus.say(isolated.bus.week.revision(moved(machine, MONDAY, TUESDAY), records=position))
    (sent,) = await eventually(isolated.bus.told(1))
    (skipped,) = await isolated.bus.heard(NoticeSkippedV1)
    assert (skipped.revision, sent.revision, sent.kind) == (1, 2, NoticeKind.SCHEDULED)
    (mail,) = isolated.mail_server.mails
    assert "2 December 2026" in mail.text
