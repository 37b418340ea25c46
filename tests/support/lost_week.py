"""A scheduled and mailed week whose streams are lost: what everybody sees of it, and that a rebuild brings it back."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import nats
from mweek_messaging.rebuild.present import id_of, owner_of, read_all
from mweek_outbox import open_database
from mweek_outbox.sent import read_sent
from nats.aio.client import Client

from tests.support.eventually import eventually
from tests.support.house import REPOSITORY
from tests.support.running_services import SERVICES, RunningServices

WEEK: Final = "rzob/2026-W49"
NOTICED_WITHIN: Final = 60.0
RZOB: Final = REPOSITORY / "deploy/reference/rzob.yaml"


def fleet_with(folder: Path, *joiners: str) -> Path:
    """Write the reference fleet with some machines more, and return its path."""
    path = folder / f"with-{'-'.join(joiners)}.yaml"
    lines = [
        f"  - {{name: {name}, kind: virtual, role: customer, environment: production, customer: acme}}\n"
        for name in joiners
    ]
    path.write_text(RZOB.read_text() + "".join(lines))
    return path


@asynccontextmanager
async def bus_of(services: RunningServices) -> AsyncIterator[Client]:
    """Give a connection of the test itself."""
    connection = await nats.connect(services.server.url)
    yield connection
    await connection.close()


async def noticed_by_all(services: RunningServices, streams: set[str]) -> None:
    """Wait until every service is red for each of the streams, and says what to type; a minute at most."""
    parts = {f"stream:{stream}" for stream in streams}
    since = time.monotonic()
    red = await eventually(
        services.red, lambda seen: all(parts <= set(seen[name]) for name in SERVICES), within=NOTICED_WITHIN, every=0.2
    )
    print(f"noticed after {time.monotonic() - since:.1f} s")
    for said in red.values():
        assert all("run `mweek streams rebuild`" in said[part] for part in parts), said


async def rebuilt(services: RunningServices, before: What) -> None:
    """Rebuild, and see that all is there again, once and in order, and that nothing was told or decided twice."""
    done = services.mweek_json("streams", "rebuild")
    print("\n".join(step["sentence"] for step in done["steps"]))
    assert done["changed"]
    services.wait_until_all_well()

    after = await What.now(services)
    assert after.mails == before.mails
    assert after.dead == before.dead
    assert without_verdict(after.week) == without_verdict(before.week)
    assert (after.week["audit"]["verdict"], after.week["audit"]["findings"]) == ("passed", [])
    new = {kind for message_id, kind in after.events.items() if message_id not in before.events}
    assert set(before.events) <= set(after.events)
    # The inventory says that it has said its records again, and the auditor looks once more at whom that concerns.
    assert new <= {"fleet-imported", "audit-passed"}
    await every_service_is_told_in_its_own_order(services)

    again = services.mweek_json("streams", "rebuild")
    assert (again["changed"], again["steps"]) == (False, [])


def without_verdict(week: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in week.items() if name not in ("audit", "sequence")}


async def works_on(services: RunningServices, before: What) -> None:
    """See that a further revision is planned, judged and mailed as if nothing had been."""
    unchanged = services.mweek_json("week", "schedule", WEEK)
    assert (unchanged["added"], unchanged["moved"], unchanged["withdrawn"]) == ([], [], [])
    assert unchanged["audit"]["verdict"] == "passed"
    assert unchanged["revision"] == before.week["revision"] + 1

    services.mweek_json("fleet", "import", str(fleet_with(services.folder, "acme99", "acme98")))
    joined = services.mweek_json("week", "schedule", WEEK)  # or the planner has placed it before: the auditor is quick
    assert (joined["audit"]["verdict"], joined["audit"]["findings"]) == ("passed", [])
    assert services.mweek("audit", WEEK).returncode == 0
    shown = services.mweek_json("week", "show", WEEK)
    joiners = {one["machine"] for one in shown["assignments"]} - {one["machine"] for one in before.week["assignments"]}
    assert (joiners, shown["complete"]) == ({"acme98"}, True)
    new = await eventually(lambda: len(services.message_ids()) - len(before.mails))
    assert new == 1, "the one contact of acme, once"
    assert len(set(services.message_ids())) == len(services.message_ids())


class What:
    """What everybody sees of the week."""

    def __init__(self, services: RunningServices, events: list[tuple[str, str]]) -> None:
        self.mails = services.message_ids()
        self.week = services.mweek_json("week", "show", WEEK)
        self.dead = [letter["message_id"] for letter in services.mweek_json("dead", "list")["dead_letters"]]
        self.events = dict(events)
        assert len(self.events) == len(events), "an event lies twice in the stream"

    @classmethod
    async def now(cls, services: RunningServices) -> What:
        async with bus_of(services) as bus:
            events = [(id_of(one.headers, one.body), kind_of(one.subject)) async for one in read_all(bus, "EVENTS")]
        return cls(services, events)


def kind_of(subject: str) -> str:
    """Return the kind of an event, e.g. `audit-passed`."""
    return subject.split(".")[3]


async def every_service_is_told_in_its_own_order(services: RunningServices) -> None:
    """Compare the stream with the outboxes: the same messages of each service, in the same order, each once."""
    told: dict[str, list[str]] = {}
    async with bus_of(services) as bus:
        async for one in read_all(bus, "EVENTS"):
            told.setdefault(owner_of(one.headers), []).append(id_of(one.headers, one.body))
    for name, url in services.databases.items():
        database = open_database(url)
        with database.read() as session:
            assert told.get(name, []) == [sent.message_id for sent in read_sent(session, stream="EVENTS")]
        database.close()
