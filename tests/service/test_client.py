"""The client over a real bus: what it asks, and what it makes of the answers."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest
from mweek import (
    Client,
    InvalidCommandError,
    NotPreparedError,
    NotReachableError,
    OutcomeTimeoutError,
    Refusal,
    Replay,
    Revision,
    SupersededError,
    UnknownDeadLetterError,
    VerdictTimeoutError,
)
from mweek_contracts.commands import CancelWeekV1, PutRecordsV1, ScheduleWeekV1
from mweek_contracts.documents import FleetDocument
from mweek_contracts.events import (
    CommandRefusedV1,
    DeadLetterV1,
    FindingCode,
    FleetImportedV1,
    FleetRefusedV1,
    Problem,
    WeekCancelledV1,
    WeekRefusedV1,
)
from mweek_contracts.fleet import Contact, Environment, Kind, MachineFields
from mweek_contracts.message import Message
from mweek_contracts.reasons import RefusalCode
from mweek_contracts.records import CustomerV1, MachineV1
from mweek_contracts.streams import COMMANDS, EVENTS, RECORDS
from nats.aio.client import Client as Connection

from tests.support.ids import ReadableIds
from tests.support.nats_server import NatsServer
from tests.support.neighbours import command_of, messages_in, say
from tests.support.told_week import NOW, TUESDAY, ToldWeek, window, withdrawn

new_id = ReadableIds("neighbour")


@pytest.fixture
async def client(applied_streams: NatsServer) -> AsyncIterator[Client]:
    async with Client.connect(applied_streams.url, requested_by="kim@desk") as connected:
        yield connected


def envelope(**fields: Any) -> dict[str, Any]:
    return {"message_id": new_id(), "correlation_id": "test", "occurred_at": NOW, **fields}


def machine(name: str, location: str = "rzob", customer: str | None = "acme") -> MachineV1:
    return MachineV1(
        **envelope(),
        location=location,
        revision=1,
        name=name,
        kind=Kind.VIRTUAL,
        role="customer",
        environment=Environment.PRODUCTION,
        customer=customer,
    )


ACME = CustomerV1(**envelope(), revision=1, customer="acme", contacts=(Contact(name="Ops", email="ops@acme.example"),))
FLEET = FleetDocument(
    "rzob",
    (),
    (MachineFields(name="web01", kind=Kind.VIRTUAL, role="customer", environment=Environment.TEST),),
)


async def test_scheduled_week_comes_back_as_its_revision(client: Client, connection: Connection) -> None:
    told = ToldWeek()
    asking = asyncio.create_task(
        client.schedule_week("rzob", "2026-W49", override_notice="a hole", expected_revision=0)
    )
    command = await command_of(connection, COMMANDS, ScheduleWeekV1)
    await say(connection, *told.revision(window("web01"), command_id=command.command_id))

    outcome = await asking

    assert (command.dry_run, command.override_notice, command.expected_revision) == (False, "a hole", 0)
    assert (command.requested_by, command.pattern) == ("kim@desk", None)
    assert isinstance(outcome, Revision)
    assert (outcome.plan.revision, set(outcome.windows), outcome.whole) == (1, {"web01"}, True)


async def test_revision_that_another_command_made_is_not_the_answer(client: Client, connection: Connection) -> None:
    told = ToldWeek()
    await say(connection, *told.revision(window("web01"), command_id="somebody-elses"))
    asking = asyncio.create_task(client.schedule_week("rzob", "2026-W49"))
    command = await command_of(connection, COMMANDS, ScheduleWeekV1)
    await say(connection, *told.revision(window("web02"), command_id=command.command_id))

    outcome = await asking

    assert isinstance(outcome, Revision)
    assert (outcome.plan.revision, set(outcome.windows)) == (2, {"web01", "web02"})


async def test_command_said_twice_finds_the_outcome_of_the_first(client: Client, connection: Connection) -> None:
    await say(connection, *ToldWeek().revision(window("web01"), command_id="the-same"))

    outcome = await client.schedule_week("rzob", "2026-W49", command_id="the-same", timeout=10)

    assert isinstance(outcome, Revision)
    assert outcome.plan.command_id == "the-same"


async def test_preview_is_asked_for_as_one_and_leaves_the_week_alone(client: Client, connection: Connection) -> None:
    told = ToldWeek()
    asking = asyncio.create_task(client.preview_week("rzob", "2026-W49"))
    command = await command_of(connection, COMMANDS, ScheduleWeekV1)
    await say(connection, *told.preview(window("web01"), command_id=command.command_id))

    outcome = await asking

    assert command.dry_run
    assert isinstance(outcome, Revision)
    assert outcome.plan.preview
    assert (await client.week("rzob", "2026-W49")).latest is None


async def test_refusal_is_an_answer(client: Client, connection: Connection) -> None:
    asking = asyncio.create_task(client.schedule_week("rzob", "2026-W49"))
    command = await command_of(connection, COMMANDS, ScheduleWeekV1)
    await say(
        connection,
        WeekRefusedV1(
            **envelope(),
            location="rzob",
            week="2026-W49",
            command_id=command.command_id,
            code=RefusalCode.NOT_COVERED,
            text="no phase takes web01",
            machines=("web01",),
            earliest_week="2026-W50",
        ),
    )

    assert await asking == Refusal(
        code="not-covered", text="no phase takes web01", machines=("web01",), earliest_week="2026-W50"
    )


async def test_unreadable_command_is_a_refusal_too(client: Client, connection: Connection) -> None:
    asking = asyncio.create_task(client.schedule_week("rzob", "2026-W49"))
    command = await command_of(connection, COMMANDS, ScheduleWeekV1)
    refused = CommandRefusedV1(
        **envelope(causation_id=command.message_id),
        location="rzob",
        command_subject=command.subject,
        text="an unknown field",
        problems=(Problem(place="dryrun", text="unknown field"),),
    )
    await say(connection, refused)

    assert await asking == Refusal(code="invalid-command", text="an unknown field", problems=refused.problems)


async def test_cancelled_week_says_how_many_windows_it_took(client: Client, connection: Connection) -> None:
    told = ToldWeek()
    await say(connection, *told.revision(window("web01")))
    asking = asyncio.create_task(client.cancel_week("rzob", "2026-W49", reason="no update"))
    command = await command_of(connection, COMMANDS, CancelWeekV1)
    await say(connection, *told.cancelled(withdrawn("web01"), reason="no update", command_id=command.command_id))

    outcome = await asking

    assert isinstance(outcome, WeekCancelledV1)
    assert (outcome.withdrawn, command.reason) == (1, "no update")


async def test_missing_planner_is_named_after_the_time_is_over(client: Client) -> None:
    with pytest.raises(OutcomeTimeoutError, match=r"schedule rzob/2026-W49 within 0 s.*is stored.*planner running"):
        await client.schedule_week("rzob", "2026-W49", timeout=0.3)


async def test_field_that_the_bus_does_not_allow_is_never_said(client: Client, connection: Connection) -> None:
    with pytest.raises(InvalidCommandError, match=r"schedule-week\.v1: .*week"):
        await client.schedule_week("rzob", "2026-W60")

    assert await messages_in(connection, COMMANDS) == []


async def test_verdict_is_awaited_with_the_mails_on_the_way(client: Client, connection: Connection) -> None:
    told, seen = ToldWeek(), list[Message]()
    await say(connection, *told.revision(window("web01")))
    revision = (await client.week("rzob", "2026-W49")).latest
    assert revision
    sent, passed = told.sent("n1"), told.passed()
    await say(connection, sent, told.failed(FindingCode.QUOTA, plan_id="rzob/2026-W49/preview/x", preview=True), passed)

    assert await client.verdict(revision, timeout=10, heard=seen.append) == passed
    assert seen[0] == sent


async def test_verdict_of_a_superseded_revision_is_not_waited_for(client: Client, connection: Connection) -> None:
    told = ToldWeek()
    await say(connection, *told.revision(window("web01")))
    revision = (await client.week("rzob", "2026-W49")).latest
    assert revision
    await say(connection, *told.revision(window("web02")))

    with pytest.raises(SupersededError, match=r"r1 was superseded by revision 2"):
        await client.verdict(revision, timeout=10)


async def test_missing_verdict_says_how_far_it_came(client: Client, connection: Connection) -> None:
    told = ToldWeek()
    await say(connection, *told.revision(window("web01")), told.sent("n1"), told.sent("n1"), told.sent("n2"))
    revision = (await client.week("rzob", "2026-W49")).latest
    assert revision

    with pytest.raises(VerdictTimeoutError, match=r"no verdict on rzob/2026-W49/r1 .*2 notices sent"):
        await client.verdict(revision, timeout=0.5)


async def test_imported_fleet_is_put_whole(client: Client, connection: Connection) -> None:
    asking = asyncio.create_task(client.import_fleet(FLEET, keep_missing=True))
    command = await command_of(connection, COMMANDS, PutRecordsV1)
    imported = FleetImportedV1(
        **envelope(),
        location="rzob",
        import_id=command.import_id,
        machines_put=1,
        machines_removed=0,
        machines_unchanged=0,
        customers_put=0,
        customers_removed=0,
        customers_unchanged=0,
    )
    await say(connection, imported)

    assert await asking == imported
    assert (command.machines, command.replace_location) == (FLEET.machines, False)


async def test_refused_import_names_the_problems(client: Client, connection: Connection) -> None:
    asking = asyncio.create_task(client.import_fleet(FLEET))
    command = await command_of(connection, COMMANDS, PutRecordsV1)
    problems = (Problem(place="machines.web01.host", text="there is no host kyle07"),)
    refused = FleetRefusedV1(
        **envelope(), location="rzob", import_id=command.import_id, text="1 problem", problems=problems
    )
    await say(connection, refused)

    assert await asking == Refusal(code="invalid-fleet", text="1 problem", problems=problems)


async def test_fleet_and_locations_come_from_the_records(client: Client, connection: Connection) -> None:
    await say(connection, ACME, machine("web02"), machine("web01"), machine("mail01", "whq", None))

    fleet = await client.fleet("rzob")

    assert (list(fleet.machines), list(fleet.customers)) == (["web01", "web02"], ["acme"])
    assert await client.locations() == ("rzob", "whq")
    assert await client.customers() == {"acme"}


async def test_weeks_of_a_location_are_those_with_a_plan(client: Client, connection: Connection) -> None:
    weeks = (
        ToldWeek(week="2026-W51").revision(window("web01")),
        ToldWeek(week="2026-W49").revision(window("web01")),
        ToldWeek(week="2026-W47").preview(window("web01"), command_id="only-a-try"),
        ToldWeek(location="whq", week="2026-W50").revision(window("web01")),
    )
    for number, said in enumerate(weeks):
        await say(connection, *(one.model_copy(update={"message_id": f"{number}-{one.message_id}"}) for one in said))

    assert await client.weeks("rzob") == ("2026-W49", "2026-W51")
    assert await client.weeks("nowhere") == ()


async def test_machine_is_explained_by_its_latest_week(client: Client, connection: Connection) -> None:
    await say(connection, ACME, machine("web01"), machine("web01", "whq", None))
    await say(connection, *ToldWeek().revision(window("web01", TUESDAY, customer="acme")))

    here, there = await client.why("web01")

    assert (here.machine.location, here.week, here.sentence) == (
        "rzob",
        "2026-W49",
        "the phase takes all machines with role router",
    )
    assert here.customer == ACME
    assert there.sentence == "no week of whq has been scheduled"
    assert await client.why("web01", location="whq") == (there,)
    assert await client.why("web99") == ()


async def test_week_is_followed_as_it_happens(client: Client, connection: Connection) -> None:
    told = ToldWeek()
    first, second = told.revision(window("web01")), told.passed()
    await say(connection, *first)

    async with aclosing(client.follow("rzob", "2026-W49")) as events:
        past = [(await anext(events)).message for _ in first]
        await say(connection, second)
        present = (await anext(events)).message

    assert past == list(first)
    assert present == second


async def test_event_of_a_newer_writer_is_passed_over(client: Client, connection: Connection) -> None:
    told = ToldWeek()
    assigned, scheduled = told.revision(window("web01"))
    await say(connection, assigned)
    await connection.jetstream().publish("evt.rzob.2026-W49.phase-painted.v7", b"{}", stream=EVENTS.name)
    await say(connection, scheduled)

    latest = (await client.week("rzob", "2026-W49")).latest

    assert latest
    assert latest.whole


def dead_letter(message: Message, stream: str) -> DeadLetterV1:
    return DeadLetterV1(
        **envelope(),
        service="planner",
        handler="schedule-week",
        reason="the database is gone",
        original_subject=message.subject,
        original_stream=stream,
        original_headers={"Nats-Msg-Id": message.message_id, "Nats-Batch-Id": "7", "ce-id": message.message_id},
        original_body_base64=base64.b64encode(message.body()).decode(),
        attempts=5,
    )


async def test_dead_letter_is_replayed_as_it_was_and_gone(client: Client, connection: Connection) -> None:
    command = ScheduleWeekV1(**envelope(), command_id="c1", location="rzob", week="2026-W49")
    await say(connection, command)
    assert await connection.jsm().purge_stream(COMMANDS.name)  # the planner took it, and failed
    await say(connection, dead_letter(command, COMMANDS.name))

    (letter,) = await client.dead_letters()
    outcome = await client.replay_dead_letter(letter.number)

    assert (letter.letter.reason, letter.body) == ("the database is gone", command.body())
    assert outcome is Replay.SENT
    assert await messages_in(connection, COMMANDS) == [command]
    assert await client.dead_letters() == ()


async def test_replay_does_not_repeat_the_headers_of_the_server(client: Client, connection: Connection) -> None:
    command = ScheduleWeekV1(**envelope(), command_id="c1", location="rzob", week="2026-W49")
    letter = dead_letter(command, COMMANDS.name)
    await say(connection, letter)

    await client.replay_dead_letter(1)

    stored = await connection.jetstream().get_last_msg(COMMANDS.name, command.subject)
    assert stored.headers == {
        "ce-id": command.message_id,
        "Nats-Msg-Id": f"{letter.message_id}/replay",
        "Nats-Expected-Stream": COMMANDS.name,
    }


async def test_old_record_is_not_replayed_over_a_newer_one(client: Client, connection: Connection) -> None:
    old = machine("web01", customer=None)
    newer = machine("web01").model_copy(update={"revision": 2})
    await say(connection, newer, dead_letter(old, RECORDS.name))

    assert await client.replay_dead_letter(1) is Replay.SUPERSEDED
    assert await messages_in(connection, RECORDS) == [newer]
    assert await client.dead_letters() == ()


async def test_record_that_is_still_the_last_is_replayed(client: Client, connection: Connection) -> None:
    record = machine("web01")
    await say(connection, record, dead_letter(record, RECORDS.name))

    assert await client.replay_dead_letter(1) is Replay.SENT
    assert await messages_in(connection, RECORDS) == [record]


async def test_dropped_dead_letter_is_gone_and_unknown(client: Client, connection: Connection) -> None:
    await say(connection, dead_letter(machine("web01"), RECORDS.name))

    await client.drop_dead_letter(1)

    assert await client.dead_letters() == ()
    with pytest.raises(UnknownDeadLetterError, match="no dead letter 1"):
        await client.drop_dead_letter(1)
    with pytest.raises(UnknownDeadLetterError, match="no dead letter 1"):
        await client.replay_dead_letter(1)


async def test_missing_server_is_named(nats_server: NatsServer) -> None:
    url = nats_server.url
    nats_server.stop()

    with pytest.raises(NotReachableError, match=rf"no NATS server can be used at {url}"):
        async with Client.connect(url):
            pass


async def test_server_without_streams_is_to_be_prepared(nats_server: NatsServer) -> None:
    async with Client.connect(nats_server.url) as client:
        with pytest.raises(NotPreparedError, match="mweek-streams apply"):
            await client.week("rzob", "2026-W49")
        with pytest.raises(NotPreparedError, match="mweek-streams apply"):
            await client.locations()
