"""Disks that are full: the database's, the server's, and the maildir's. All waits; nothing is lost or counted."""

from __future__ import annotations

from pathlib import Path

import nats
from mweek_messaging import apply_streams

from tests.delivery.probe import Probe
from tests.support.eventually import eventually, never
from tests.support.loop_disk import loop_disk
from tests.support.nats_server import NatsServer
from tests.support.notifier_bus import NotifierBus
from tests.support.notifier_process import NotifierProcess
from tests.support.outage import (
    LONGEST_RECOVERY_SECONDS,
    command,
    each_took_effect_once,
    in_outbox,
    red,
    take_and_tell,
    tell,
)
from tests.support.shipped_server import ShippedServer, configuration_of_local
from tests.support.told_week import NOW

MORE_THAN_ATTEMPTS = 8
CUSTOMERS = 12


async def test_full_disk_of_the_database_is_waited_for(applied_streams: NatsServer, tmp_path: Path) -> None:
    before, during = ["s-1", "s-2"], [f"s-{number}" for number in range(3, 8)]
    connection = await nats.connect(applied_streams.url)
    with loop_disk(tmp_path / "disk", megabytes=16) as disk:
        probe = Probe(applied_streams.url, f"sqlite:///{disk.folder}/probe.sqlite3")
        take_and_tell(probe)
        async with probe.running():
            await command(connection, before)
            await eventually(lambda: probe.effects() == before)
            disk.fill()
            await command(connection, during)
            sentence = await red(probe, "database", "its disk is full. Free space there", "Nothing is lost")
            assert str(disk.folder) in sentence
            await eventually(lambda: probe.counted("failed") > MORE_THAN_ATTEMPTS)
            disk.free()
            await each_took_effect_once(probe, connection, before + during)
        probe.database.close()
    await connection.close()


async def test_full_disk_of_the_server_fills_the_outbox_and_health_says_to_free_and_to_restart(tmp_path: Path) -> None:
    names, numbered = ["s-1", "s-2", "s-3"], [f"n-{number}" for number in range(200)]
    with loop_disk(tmp_path / "disk", megabytes=32) as disk:
        server = ShippedServer(tmp_path / "server", configuration_of_local(tmp_path), disk=disk.folder).start()
        probe = Probe(server.url, f"sqlite:///{tmp_path}/probe.sqlite3")
        take_and_tell(probe)
        connection = await nats.connect(server.url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
        try:
            await apply_streams(connection)
            async with probe.running():
                await command(connection, names)
                await eventually(lambda: probe.effects() == names)
                disk.fill()
                tell(probe, numbered)
                await red(probe, "relay", "stores nothing", "disk is full", "Free space there, then restart")
                assert "no space left on device" in server.log
                waiting = in_outbox(probe)
                assert waiting >= 150
                disk.free()
                await never(lambda: in_outbox(probe) < waiting, during=8.0)
                server.stop()
                server.start()
                await eventually(lambda: in_outbox(probe) == 0, within=LONGEST_RECOVERY_SECONDS)
                await each_took_effect_once(probe, connection, names, told_beside=numbered)
        finally:
            await connection.close()
            server.stop()
            probe.database.close()


async def test_full_disk_of_the_maildir_costs_no_mail_an_attempt(applied_streams: NatsServer, tmp_path: Path) -> None:
    connection = await nats.connect(applied_streams.url)
    with loop_disk(tmp_path / "disk", megabytes=16) as disk:
        process = NotifierProcess(
            tmp_path / "notifier",
            nats_url=applied_streams.url,
            clock=f"{NOW:%Y-%m-%dT%H:%MZ}",
            MWEEK_NOTIFIER_MAIL_URL=f"maildir:{disk.folder}/mail",
            MWEEK_NOTIFIER_RETRY_SECONDS="0.2",
            MWEEK_NOTIFIER_ATTEMPTS="2",
        )
        try:
            process.start()
            disk.fill()
            bus = NotifierBus(connection, "rzob")
            await bus.week_for(CUSTOMERS)
            sentence = await eventually(lambda: process.red("mail"), within=LONGEST_RECOVERY_SECONDS)
            assert "No space left on device" in sentence
            assert "none counts as tried" in sentence
            disk.free()
            sent = await eventually(bus.told(CUSTOMERS), within=LONGEST_RECOVERY_SECONDS)
            assert {event.attempt for event in sent} == {1}
            assert len(list((disk.folder / "mail" / "new").iterdir())) == CUSTOMERS
            assert list((disk.folder / "mail" / "tmp").iterdir()) == []
            await eventually(process.is_ready, within=LONGEST_RECOVERY_SECONDS)
        finally:
            process.stop()
    await connection.close()
