"""A mail server that is away in one way after the other while a week is to be told: each mail leaves once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import nats
import pytest
from mweek_contracts.events import NoticeFailedV1

from tests.support.eventually import eventually, never
from tests.support.mail_server import running_mail_server
from tests.support.nats_server import NatsServer
from tests.support.notifier_bus import NotifierBus
from tests.support.notifier_process import NotifierProcess
from tests.support.outage import LONGEST_RECOVERY_SECONDS
from tests.support.silent_port import held_port, talking_port
from tests.support.told_week import NOW

CUSTOMERS = 24
MANY_ATTEMPTS_SECONDS = 6.0
"""At a fifth of a second apart, two attempts would long be used up."""


@pytest.fixture
async def telling(
    applied_streams: NatsServer, tmp_path: Path
) -> AsyncIterator[tuple[NotifierProcess, NotifierBus, int]]:
    """A notifier that runs and has a week to tell, and the port of its mail server, where nobody is yet."""
    connection = await nats.connect(applied_streams.url)
    with held_port() as port:
        process = NotifierProcess(
            tmp_path / "notifier",
            nats_url=applied_streams.url,
            clock=f"{NOW:%Y-%m-%dT%H:%MZ}",
            MWEEK_NOTIFIER_MAIL_URL=f"smtp://127.0.0.1:{port}",
            MWEEK_NOTIFIER_SEND_SECONDS="2",
            MWEEK_NOTIFIER_RETRY_SECONDS="0.2",
            MWEEK_NOTIFIER_ATTEMPTS="2",
        )
        try:
            process.start()
            bus = NotifierBus(connection, "rzob")
            await bus.week_for(CUSTOMERS)
            yield process, bus, port
        finally:
            process.stop()
    await connection.close()


async def test_mails_wait_for_a_server_that_is_away_in_any_way(
    telling: tuple[NotifierProcess, NotifierBus, int],
) -> None:
    process, bus, port = telling
    await no_mail_leaves(process, "Connect call failed")
    async with talking_port(port, says=None):
        await no_mail_leaves(process, "no answer within 2 s")
    async with talking_port(port, says="421 4.3.2 mail.test is being updated"):
        await no_mail_leaves(process, "421 4.3.2 mail.test is being updated")
    async with talking_port(port, says="554 5.7.1 your address is not welcome"):
        await no_mail_leaves(process, "554 5.7.1 your address is not welcome")
    assert await bus.heard(NoticeFailedV1) == []
    before = process.resident_megabytes
    async with running_mail_server(port=port) as server:
        sent = await eventually(bus.told(CUSTOMERS), within=LONGEST_RECOVERY_SECONDS)
        assert {event.attempt for event in sent} == {1}
        assert len({mail.recipient for mail in server.mails}) == len(server.mails) == CUSTOMERS
    await eventually(process.is_ready, within=LONGEST_RECOVERY_SECONDS)
    assert process.resident_megabytes - before < 50


async def test_grey_listing_costs_each_mail_one_attempt_and_none_is_sent_twice(
    telling: tuple[NotifierProcess, NotifierBus, int],
) -> None:
    process, bus, port = telling
    async with running_mail_server(port=port) as server:
        server.will_grey_list()
        sent = await eventually(bus.told(CUSTOMERS), within=LONGEST_RECOVERY_SECONDS)
        assert {event.attempt for event in sent} == {2}
        assert len({mail.recipient for mail in server.mails}) == len(server.mails) == CUSTOMERS
    await eventually(process.is_ready, within=LONGEST_RECOVERY_SECONDS)


async def no_mail_leaves(process: NotifierProcess, cause: str) -> None:
    """Wait until health names the cause and says what to do, and see that it stays so."""

    def says_it(seen: str) -> bool:
        return cause in seen and "Look at what this names" in seen

    await eventually(lambda: process.red("mail"), says_it, within=LONGEST_RECOVERY_SECONDS)
    assert not process.is_ready()
    await never(lambda: not process.red("mail"), during=MANY_ATTEMPTS_SECONDS, every=0.3)
