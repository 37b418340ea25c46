"""The reference week, lived through on SQLite and on PostgreSQL: all that is said is the same, value for value."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import nats
import pytest
from mweek_contracts.documents import read_fleet
from mweek_contracts.streams import DEAD, EVENTS, RECORDS
from mweek_messaging import follow

from tests.support.databases import Databases
from tests.support.eventually import wait_for
from tests.support.house import REPOSITORY, RunningHouse
from tests.support.likeness import unlike

pytestmark = [
    pytest.mark.on_postgresql("it needs both databases, and takes a minute"),
    pytest.mark.xdist_group("same-results"),
]

RZOB = REPOSITORY / "deploy/reference/rzob.yaml"
WEEK = "rzob/2026-W49"
JOINER = {
    "name": "acme99",
    "kind": "virtual",
    "role": "customer",
    "environment": "production",
    "customer": "acme",
    "host": "kyle00",
}
OF_ONE_RUN = {
    *("message_id", "causation_id", "correlation_id", "command_id", "import_id", "audit_id"),
    *("occurred_at", "scheduled_at", "audited_at", "sent_at", "cancelled_at", "records"),
}
"""Ids, instants, and where a stream was: what no two runs share, on one database or on two."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_AUDITED = re.compile(r"(?<=^The audit of plan )(\S+)\s+of [^(]+")
"""The minute of an audit, in mails to the operator."""
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of the week in one house."""

    printed: Mapping[str, Any]
    events: list[Any]
    records: list[Any]
    dead: list[Any]
    mails: list[list[str]]


@pytest.fixture(scope="module")
def houses(databases: Databases) -> Iterator[tuple[RunningHouse, ...]]:
    """A house that chose its databases itself, which is SQLite, and one on PostgreSQL."""
    with TemporaryDirectory() as folder:
        both = (RunningHouse(Path(folder) / "file"), RunningHouse(Path(folder) / "server", databases=databases))
        try:
            yield tuple(in_both(both, RunningHouse.start))
        finally:
            in_both(both, RunningHouse.stop)


def in_both(both: tuple[RunningHouse, ...], work: Callable[[RunningHouse], Value]) -> list[Value]:
    """Do the same in both houses at once."""
    with ThreadPoolExecutor(len(both)) as threads:
        return list(threads.map(work, both))


def live(house: RunningHouse) -> dict[str, Any]:
    """Import, schedule; one joins, one leaves, a day is closed; revise; call it off. Return what was printed."""
    files = {"joins": {"location": "rzob", "machines": [JOINER]}, "leaves": fewer(), "closed": closed(fewer())}
    for name, fleet in files.items():
        (house.var / f"{name}.json").write_text(json.dumps(fleet), encoding="utf-8")
    printed = {
        "import": house.mweek_json("fleet", "import", str(RZOB)),
        "fleet": house.mweek_json("fleet", "show", "--machines"),
        "preview": house.mweek_json("week", "preview", WEEK),
        "schedule": house.mweek_json("week", "schedule", WEEK),
        "first": house.mweek_json("week", "show", WEEK),
        "joins": house.mweek_json("fleet", "import", "joins.json", "--keep-missing", "--location", "rzob"),
        "repaired": once(house, lambda week: week["revision"] == 2 and week["audit"]["verdict"] == "passed"),
        "why": house.mweek_json("why", "acme99"),
        "leaves": house.mweek_json("fleet", "import", "leaves.json"),
        "withdrawn": once(house, lambda week: week["revision"] == 3 and week["audit"]["verdict"] == "passed"),
        "closed": house.mweek_json("fleet", "import", "closed.json"),
        "found": once(house, lambda week: week["audit"]["verdict"] == "failed"),
        "revise": house.mweek_json("week", "schedule", WEEK),
        "diff": house.mweek_json("week", "diff", WEEK),
        "again": house.mweek_json("week", "schedule", WEEK),
        "audit": house.mweek_json("audit", WEEK),
        "cancel": house.mweek_json("week", "cancel", WEEK, "--reason", "the update is withdrawn"),
        "refused": house.mweek_json("week", "schedule", "rzob/2026-W48", exit_code=11),
    }
    told = sum(len(customer.contacts) for customer in read_fleet(RZOB).customers)
    return printed | {"cancelled": once(house, lambda week: week["notices"]["sent"] == told)}


def fewer() -> dict[str, Any]:
    """Return the reference fleet with the joiner, and without one machine."""
    fleet = read_fleet(RZOB)
    gone = next(machine.name for machine in fleet.machines if machine.customer == "acme")
    machines = [machine.model_dump(mode="json") for machine in fleet.machines if machine.name != gone]
    customers = [one.model_dump(mode="json") for one in fleet.customers]
    return {"location": fleet.location, "customers": customers, "machines": [*machines, JOINER]}


def closed(fleet: dict[str, Any]) -> dict[str, Any]:
    """Return a fleet in which a customer wants nothing to happen on the Wednesday of the week."""
    day = {"starts_at": "2026-12-02T00:00:00Z", "ends_at": "2026-12-03T00:00:00Z", "reason": "a fair"}
    customers = [
        one | {"blackouts": [*one["blackouts"], day]} if one["customer"] == "acme" else one
        for one in fleet["customers"]
    ]
    return fleet | {"customers": customers}


def once(house: RunningHouse, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return the week as it is shown as soon as something is so."""

    def look() -> dict[str, Any] | None:
        week = house.mweek_json("week", "show", WEEK)
        return week if is_so(week) else None

    seen = wait_for(look, within=180, every=0.5)
    assert seen
    return seen


async def of(house: RunningHouse, printed: Mapping[str, Any]) -> Lived:
    """Return all that came of a week."""
    connection = await nats.connect(house.nats_url)
    said = {}
    for stream in (EVENTS, RECORDS, DEAD):
        messages = [one.message() async for one in follow(connection, stream.name, until_caught_up=True)]
        values = [timeless({"type": one.message_type, **one.model_dump(mode="json")}) for one in messages]
        said[stream.name] = values
    await connection.close()
    mails = [
        [str(mail["To"]), str(mail["Subject"]), str(mail.get_body(("plain",)).get_content())] for mail in house.mails()
    ]
    mails = [timeless([_AUDITED.sub(r"\1 ", text) for text in mail]) for mail in mails]
    return Lived(timeless(printed), said["EVENTS"], said["RECORDS"], said["DEAD"], mails)


def timeless(value: Any) -> Any:
    """Return a value of JSON without what is of one run.

    A mail to the operator has a key with the audit that it is about; one to a customer has none, and is compared by it.
    """
    if isinstance(value, Mapping):
        besides = OF_ONE_RUN | ({"notice_id", "mail_message_id"} if value.get("kind") == "finding" else set())
        return {name: timeless(inner) for name, inner in value.items() if name not in besides}
    if isinstance(value, str):
        return _UUID.sub("an id", value)  # a preview is named after one
    return [timeless(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def printed(houses: tuple[RunningHouse, ...]) -> list[dict[str, Any]]:
    return in_both(houses, live)


@pytest.fixture
async def both(houses: tuple[RunningHouse, ...], printed: list[dict[str, Any]]) -> tuple[Lived, Lived]:
    file, server = [await of(house, said) for house, said in zip(houses, printed, strict=True)]
    return file, server


async def test_everything_that_is_printed_said_and_mailed_is_the_same(both: tuple[Lived, Lived]) -> None:
    file, server = both
    assert [*unlike(file.printed, server.printed), *unlike(server.printed, file.printed)] == []
    for said in ("events", "records", "mails"):
        on_file, on_server = (Counter(map(json.dumps, getattr(lived, said))) for lived in both)
        assert (list(on_file - on_server), list(on_server - on_file)) == ([], []), said
    assert (file.dead, server.dead) == ([], [])


async def test_what_was_compared_is_the_whole_week(both: tuple[Lived, Lived]) -> None:
    """So that two empty houses would not do."""
    file, _ = both
    kinds = {event["type"] for event in file.events}
    assert kinds >= {
        *("fleet-imported.v1", "week-scheduled.v1", "windows-assigned.v1", "windows-withdrawn.v1"),
        *("week-cancelled.v1", "week-refused.v1", "notice-sent.v1", "audit-passed.v1", "audit-failed.v1"),
    }
    revisions = [event["revision"] for event in file.events if event["type"] == "week-scheduled.v1"]
    assert sorted(revisions) == [1, 1, 2, 3, 4, 5], "a preview and five revisions"
    assert len(file.records) == 236 + 1 + len(read_fleet(RZOB).customers)
    assert len(file.mails) > 2 * len(read_fleet(RZOB).customers)
