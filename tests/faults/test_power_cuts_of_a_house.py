"""The power is cut while the whole product schedules a week: all that runs on the disk as it was ends as it should."""

from __future__ import annotations

import asyncio
import os
import signal
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nats
import pytest
from mweek_contracts.events import WeekScheduledV1
from mweek_contracts.streams import EVENTS
from mweek_messaging import follow, publish_command

from tests.delivery.probe import dead_letters, schedule_week
from tests.support.eventually import eventually, pause
from tests.support.fleets import REFERENCE
from tests.support.house import RunningHouse
from tests.support.loop_disk import LoopDisk, loop_disk
from tests.support.misfortune import Misfortune
from tests.support.outage import LONGEST_RECOVERY_SECONDS

WEEK = "2026-W49"
MACHINES, MAILS = 236, 35
LONGEST_DELAY_SECONDS = 4.0
"""Planning, mailing and auditing the reference fleet takes about that."""
ANSWERS_UNDER_WAY_SECONDS = 0.3


def everything_on_the_disk(_folder: Path) -> Mapping[str, str]:
    """Databases, mails and streams lose their power together."""
    return {}


def only_the_streams_on_the_disk(folder: Path) -> Mapping[str, str]:
    """The server loses its power; the services' databases and the mails do not, and are ahead of it if it lost any."""
    services = ("inventory", "planner", "notifier", "auditor")
    databases = {f"MWEEK_{name.upper()}_DATABASE_URL": f"sqlite:///{folder}/{name}.sqlite3" for name in services}
    return databases | {"MWEEK_NOTIFIER_MAIL_URL": f"maildir:{folder}/mail"}


@pytest.mark.parametrize("placing", [everything_on_the_disk, only_the_streams_on_the_disk])
async def test_week_that_was_being_scheduled_when_the_power_was_cut_is_scheduled(
    tmp_path: Path, placing: Callable[[Path], Mapping[str, str]]
) -> None:
    misfortune, settings = Misfortune(), placing(tmp_path)
    with loop_disk(tmp_path / "disks", megabytes=192) as disk:
        house = RunningHouse(disk.folder / "var", **settings)
        try:
            await asyncio.to_thread(house.start)
            await acknowledged_command(house)
            await pause(misfortune.seconds(LONGEST_DELAY_SECONDS))
            freeze(house, disk, settings)
            await pause(ANSWERS_UNDER_WAY_SECONDS)
            with disk.as_after_a_power_cut() as copy:
                house.end(signal.SIGKILL)
                await goes_on(RunningHouse(copy.folder / "var", **settings))
        finally:
            house.end(signal.SIGKILL)


async def acknowledged_command(house: RunningHouse) -> None:
    """Import the fleet and say that the week is to be scheduled; the server has acknowledged it."""
    imported = await asyncio.to_thread(house.mweek, "fleet", "import", str(REFERENCE))
    assert imported.returncode == 0, imported.stderr
    connection = await nats.connect(house.nats_url)
    await publish_command(connection, schedule_week("the-week"))
    await connection.close()


def freeze(house: RunningHouse, disk: LoopDisk, settings: Mapping[str, str]) -> None:
    """Freeze all that writes to the disk; at last the server, which acknowledges what the others say."""
    run = house.run
    services = [] if settings else [service["pid"] for service in run["services"].values()]
    server = next(disk.folder.glob("var/nats/nats-server_*.ports")).stem.rpartition("_")[2]
    for pid in (run["pid"], *services, int(server)):
        os.kill(pid, signal.SIGSTOP)


async def goes_on(house: RunningHouse) -> None:
    """Start a house on the disk as it was, and see that everything ends as if nothing had happened."""
    try:
        await asyncio.to_thread(house.start)
        shown = await eventually(lambda: week_of(house), passed, within=LONGEST_RECOVERY_SECONDS, every=1.0)
        assert (shown["revision"], shown["windows"], shown["notices"]["sent"]) == (1, MACHINES, MAILS)
        mails = house.mails_delivered()
        assert len({mail["Message-ID"] for mail in mails}) == len(mails) == MAILS
        connection = await nats.connect(house.nats_url)
        events = [one.message() async for one in follow(connection, EVENTS.name, until_caught_up=True)]
        assert len([event for event in events if isinstance(event, WeekScheduledV1)]) == 1
        assert await dead_letters(connection) == []
        await connection.close()
        for service in house.run["services"].values():
            with urllib.request.urlopen(service["healthz"], timeout=5) as answer:
                assert answer.status == 200
    finally:
        house.stop()


async def week_of(house: RunningHouse) -> dict[str, Any]:
    return await asyncio.to_thread(house.mweek_json, "week", "show", WEEK)


def passed(shown: dict[str, Any]) -> bool:
    audit = shown["audit"] or {}
    return audit.get("verdict") == "passed" and shown["notices"]["sent"] == MAILS
