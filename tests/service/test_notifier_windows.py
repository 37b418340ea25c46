"""Windows that machines request, mailed by the notifier as a process over a real bus and a real SMTP server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import nats
import pytest
from mweek_contracts.events import NoticeKind, NoticeSkippedV1, SkippedCode, WindowNews
from mweek_contracts.message import Message

from tests.support.eventually import eventually
from tests.support.mail_server import Behaviour, MailServer, running_mail_server
from tests.support.mailbox import ReadMail
from tests.support.nats_server import NatsServer
from tests.support.notifier_bus import NotifierBus
from tests.support.notifier_process import NotifierProcess
from tests.support.requested_windows import NOW, TONIGHT, gone, granted

TOMORROW = TONIGHT + timedelta(days=1)


class Windows:
    """A location whose planner tells of windows, and the mails that come of it."""

    def __init__(self, bus: NotifierBus, mail_server: MailServer, process: NotifierProcess) -> None:
        self.bus = bus
        self.mail_server = mail_server
        self.process = process

    async def place(self) -> dict[str, Any]:
        """Return what each event names."""
        return {"location": self.bus.location, "records": await self.bus.position()}

    async def tell(self, *said: Message) -> None:
        """Tell of windows at this location, as the planner does."""
        await self.bus.say([each.model_copy(update=await self.place()) for each in said])

    async def mailed(self, number: int) -> list[ReadMail]:
        """Wait until exactly so many mails have left, and the bus was told."""
        await eventually(self.bus.told(number))
        assert len(self.mail_server.mails) == number
        return self.mail_server.mails


@pytest.fixture
async def windows(applied_streams: NatsServer, empty_database: str, tmp_path: Path) -> AsyncIterator[Windows]:
    """A notifier that gathers news for half a second, and takes over from a dead sender within seconds."""
    client = await nats.connect(applied_streams.url)
    bus = NotifierBus(client, "rzob")
    async with running_mail_server() as mail_server:
        process = NotifierProcess(
            tmp_path / "notifier",
            nats_url=applied_streams.url,
            clock=f"{NOW:%Y-%m-%dT%H:%MZ}",
            database_url=empty_database,
            MWEEK_NOTIFIER_MAIL_URL=mail_server.url,
            MWEEK_NOTIFIER_SEND_SECONDS="1",
            MWEEK_NOTIFIER_RETRY_SECONDS="0.2",
            MWEEK_NOTIFIER_GATHER_SECONDS="0.5",
        )
        process.start()
        await bus.customer("acme", contacts=("ops",), machines=("acme01", "acme02"))
        yield Windows(bus, mail_server, process)
        process.stop()
    await client.close()


async def test_a_window_from_its_grant_to_its_end(windows: Windows) -> None:
    first, second = windows.bus.name("acme01"), windows.bus.name("acme02")
    await windows.tell(granted(first), granted(second))
    (told,) = await windows.mailed(1)
    assert f"    {first}, {second}" in told.text
    await windows.tell(granted(first, 2, opens_at=TOMORROW))
    _, moved = await windows.mailed(2)
    await windows.tell(gone(first, 3, opens_at=TOMORROW))
    *_, cancelled = await windows.mailed(3)
    assert moved.references == (told.message_id,)
    assert cancelled.references == (told.message_id, moved.message_id)
    events = [mail.events[0] for mail in (told, moved, cancelled)]
    assert len({str(event["UID"]) for event in events}) == 1
    assert [(int(event["SEQUENCE"]), str(event["STATUS"])) for event in events] == [
        (1, "CONFIRMED"),
        (2, "CONFIRMED"),
        (3, "CANCELLED"),
    ]
    sent = await windows.bus.told(3)()
    assert [(event.kind, event.mail_message_id) for event in sent] == [
        (NoticeKind.WINDOWS, mail.message_id) for mail in (told, moved, cancelled)
    ]
    assert [[(each.machine, each.revision, each.news) for each in event.windows] for event in sent] == [
        [(first, 1, WindowNews.GRANTED), (second, 1, WindowNews.GRANTED)],
        [(first, 2, WindowNews.CHANGED)],
        [(first, 3, WindowNews.WITHDRAWN)],
    ]


async def test_a_window_that_is_gone_before_its_mail_left_is_mailed_to_nobody(windows: Windows) -> None:
    machine = windows.bus.name("acme01")
    await windows.tell(granted(machine), gone(machine))
    (skipped,) = await eventually(lambda: windows.bus.heard(NoticeSkippedV1), until=bool)
    assert (skipped.code, [each.window_id for each in skipped.windows]) == (SkippedCode.NEVER_TOLD, [f"w-{machine}"])
    assert windows.mail_server.mails == []


async def test_a_crash_after_the_mail_was_taken_repeats_it_once_with_the_same_bytes(windows: Windows) -> None:
    windows.mail_server.will(Behaviour.STALL)
    machine = windows.bus.name("acme01")
    await windows.tell(granted(machine))
    await eventually(lambda: len(windows.mail_server.mails) == 1)
    windows.process.kill()
    windows.process.start()
    await windows.tell(granted(machine, 2, opens_at=TOMORROW))
    sent = await eventually(windows.bus.told(2))
    first, repeat, moved = windows.mail_server.mails
    assert first.raw == repeat.raw
    assert [event.mail_message_id for event in sent] == [repeat.message_id, moved.message_id]
    assert moved.references == (first.message_id,)
