"""An auditor of an earlier release hears of windows once its consumer has grown, and knows its weeks beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import nats
import pytest
from mweek_contracts.events import AuditFailedV1, WindowGrantedV1
from mweek_contracts.request_codes import WindowChange
from mweek_contracts.streams import EVENTS, RECORDS, consumers_of
from mweek_contracts.windows import RecordsPosition
from mweek_messaging import apply_streams, publish
from mweek_messaging.acceptance import accept_stream
from mweek_outbox import migrate, open_database
from nats.aio.client import Client

from tests.support.auditor_process import AuditorProcess
from tests.support.databases import Databases
from tests.support.eventually import eventually
from tests.support.nats_server import NatsServer
from tests.support.neighbours import messages_in
from tests.support.requested_windows import work
from tests.upgrade.meaning import LOCATION
from tests.upgrade.real_time import stopped_just_now
from tests.upgrade.released import RELEASES, Frozen
from tests.upgrade.story import CLOCK, NOW

HEARD_BEFORE = {
    "0.1.0": [
        "evt.*.*.windows-assigned.v1",
        "evt.*.*.windows-withdrawn.v1",
        "evt.*.*.week-scheduled.v1",
        "evt.*.*.week-cancelled.v1",
        "evt.*.*.notice-sent.v1",
        "evt.*.*.notice-skipped.v1",
        "evt.*.*.notice-failed.v1",
    ]
}
WEEK = "2026-W49"


@pytest.fixture(params=RELEASES)
def frozen(request: pytest.FixtureRequest, databases: Databases) -> Frozen:
    return Frozen(request.param, databases.dialect)


@pytest.fixture
async def connection(applied_streams: NatsServer, frozen: Frozen) -> AsyncIterator[Client]:
    """A connection to the streams of the release, with the consumer that its auditor had."""
    client = await nats.connect(applied_streams.url)
    await frozen.say(client, RECORDS.name, EVENTS.name)
    if frozen.release in HEARD_BEFORE:
        config = (await client.jetstream().consumer_info(EVENTS.name, "auditor-events")).config
        narrow = config.evolve(name="auditor-events", filter_subjects=HEARD_BEFORE[frozen.release])
        await client.jetstream().add_consumer(EVENTS.name, narrow)
    yield client
    await client.close()


@pytest.fixture
async def auditor(
    applied_streams: NatsServer, connection: Client, frozen: Frozen, databases: Databases, tmp_path: Path
) -> AsyncIterator[AuditorProcess]:
    """The auditor on the database of the release, upgraded; it has read what there is."""
    url = databases.urls(tmp_path)["auditor"]
    frozen.thaw("auditor", url)
    stopped_just_now("auditor", url)
    migrate(url, "mweek_auditor")
    database = open_database(url)
    for stream in (EVENTS.name, RECORDS.name):
        await accept_stream(connection, database, service="auditor", stream=stream)
    database.close()
    process = AuditorProcess(tmp_path / "auditor", nats_url=applied_streams.url, clock=CLOCK, database_url=url)
    await asyncio.to_thread(process.start)
    await eventually(lambda: _all_is_read(connection), within=120)
    yield process
    await asyncio.to_thread(process.stop)


async def test_window_over_a_week_that_was_known_before_the_upgrade_is_found(
    auditor: AuditorProcess, connection: Client, frozen: Frozen
) -> None:
    changes = await apply_streams(connection)
    assert [change for change in changes if "auditor-events" in change], changes
    told = await window_in_the_week(connection, frozen)
    await publish(connection, told, source="planner")

    async def failed() -> AuditFailedV1 | None:
        heard = await messages_in(connection, EVENTS)
        return next((one for one in heard if isinstance(one, AuditFailedV1) and one.week is None), None)

    verdict: AuditFailedV1 = await eventually(failed, within=60)
    assert "double-booked" in [finding.code for finding in verdict.findings if finding.machine == told.machine]


async def window_in_the_week(connection: Client, frozen: Frozen) -> WindowGrantedV1:
    """Return a window that no planner would grant: at the time of the week's window of the same machine."""
    known = frozen.meaning("auditor")
    planned = known["windows"][WEEK][0]
    machine: dict[str, Any] = next(one for one in known["machines"] if one["name"] == planned["machine"])
    opens_at = datetime.fromisoformat(planned["opens_at"])
    info = await connection.jetstream().stream_info(RECORDS.name)
    assert info.created is not None
    return WindowGrantedV1(
        message_id="by-hand",
        correlation_id="by-hand",
        occurred_at=NOW,
        location=LOCATION,
        machine=machine["name"],
        customer=machine["customer"],
        records=RecordsPosition(stream_created_at=info.created, sequence=info.state.last_seq),
        window_id="by-hand",
        revision=1,
        not_before=opens_at,
        not_after=opens_at + timedelta(minutes=10),
        must_end_by=opens_at + timedelta(minutes=35),
        change=WindowChange.NEW,
        significant=True,
        request_id=work().request_id,
        requests=(work(),),
        estimated_minutes=20,
        reboots=True,
        granted_at=NOW,
    )


async def _all_is_read(connection: Client) -> bool:
    specs = consumers_of("auditor")
    infos = [await connection.jetstream().consumer_info(spec.stream, spec.durable) for spec in specs]
    return all(info.num_pending == 0 and info.num_ack_pending == 0 for info in infos)
