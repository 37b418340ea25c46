"""Requests that are wrong: each gets its code, nothing is stored, and the planner goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from mweek_contracts.events import WindowRefusedV1
from mweek_contracts.request_codes import RequestRefusalCode
from mweek_outbox import open_database

from tests.support.asking_machine import AskingMachine
from tests.support.bad_requests import BAD_REQUESTS, MACHINE
from tests.support.planner_bus import PlannerBus
from tests.support.planner_process import PlannerProcess


@pytest.fixture
async def bus(planner_bus: PlannerBus) -> PlannerBus:
    bus = planner_bus
    await bus.know(bus.policy(), bus.customer("acme"), bus.machine("gone"))
    await bus.know(
        bus.machine(MACHINE, customer=bus.owner("acme")),
        bus.machine("m2", customer=bus.owner("acme")),
        bus.machine("idle", in_service=False),
        bus.removal("gone"),
    )
    await AskingMachine(bus, MACHINE).windows()  # from now on the planner knows how often machines may ask
    return bus


async def code_of(bus: PlannerBus, subject: str, body: bytes) -> str:
    """Send a body and return the code of the refusal or denial; there must be one, with a sentence."""
    reply: dict[str, Any] = json.loads((await bus.connection.request(subject, body, timeout=10)).data)
    why = reply["refusal"] or reply.get("denial")
    assert why, reply
    assert why["text"]
    return str(why["code"])


def stored(planner: PlannerProcess, location: str) -> int:
    """Return how many windows and leases the planner has stored for a location."""
    database = open_database(planner.environment["MWEEK_PLANNER_DATABASE_URL"])
    with database.read() as session:
        tables = ("requested_window", "lease", "location_calendar")
        counts = [
            session.connection().execute(
                sa.text(f"SELECT count(*) FROM {table} WHERE location = :location"), {"location": location}
            )
            for table in tables
        ]
        number = sum(count.scalar_one() for count in counts)
    database.close()
    return number


async def test_every_bad_request_gets_its_code_and_leaves_nothing(
    bus: PlannerBus, shared_planner: PlannerProcess
) -> None:
    pid = shared_planner.pid
    codes = {
        name: await code_of(bus, bad.subject(bus.location), bad.body(bus.location, bus.new_id("bad")))
        for name, bad in BAD_REQUESTS.items()
    }
    assert codes == {name: bad.code.value for name, bad in BAD_REQUESTS.items()}
    assert stored(shared_planner, bus.location) == 0
    [told] = await bus.said(WindowRefusedV1)
    assert list(await bus.events()) == [told], "only what the customer's wishes or the fleet refuse is told"
    assert told.code is RequestRefusalCode.TOO_LONG
    assert (shared_planner.pid, shared_planner.health()["ok"]) == (pid, True)
    assert (await AskingMachine(bus, MACHINE).granted()).revision == 1
    assert stored(shared_planner, bus.location) == 2, "what is stored would have been seen"


async def test_id_that_was_used_for_another_request_is_refused_and_the_first_stands(bus: PlannerBus) -> None:
    machine = AskingMachine(bus, MACHINE)
    first = await machine.granted(request_id="reboot")
    for other in ({"estimated_minutes": 11}, {"urgent": True}, {"reason": "another"}):
        refusal = await machine.refused(request_id="reboot", **other)
        assert refusal.code is RequestRefusalCode.REQUEST_ID_REUSED
    [own] = await machine.windows()
    assert (own.window_id, own.revision) == (first.window_id, 1)


def test_corpus_is_as_large_as_promised() -> None:
    assert len(BAD_REQUESTS) >= 50
