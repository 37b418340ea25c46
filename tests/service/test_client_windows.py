"""`mweek window …` and the client's methods over a real bus, with a planner that the tests can spoil."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest
from mweek import Client, UnansweredRequestError, WindowExplanation
from mweek_contracts.replies import Grant, OwnWindow, Refusal, Withdrawal
from mweek_contracts.request_codes import RequestRefusalCode
from mweek_contracts.requests import ExplainWindowV1
from nats.aio.client import Client as Connection

from tests.support.fake_planner import FakePlanner, serving
from tests.support.ids import at
from tests.support.nats_server import NatsServer
from tests.support.neighbours import say
from tests.support.told_windows import customer, entered, granted, left, machine, refused, withdrawn, work
from tests.support.typed_command import Typed, type_command

Mweek = Callable[..., Coroutine[Any, Any, Typed]]


@pytest.fixture
def mweek(applied_streams: NatsServer) -> Mweek:
    environment = {"MWEEK_NATS_URL": applied_streams.url, "MWEEK_LOCATION": "rzob"}

    async def typed(*arguments: str) -> Typed:
        return await type_command("window", *arguments, environment=environment)

    return typed


@pytest.fixture
async def planner(applied_streams: NatsServer) -> AsyncIterator[FakePlanner]:
    fake = FakePlanner(notice=timedelta(hours=12))
    async with serving(applied_streams.url, fake):
        yield fake


@pytest.fixture
async def client(applied_streams: NatsServer) -> AsyncIterator[Client]:
    async with Client.connect(applied_streams.url) as connected:
        yield connected


async def test_client_requests_lists_and_withdraws(client: Client, planner: FakePlanner) -> None:
    grant = await client.request_window("rzob", "acme03", reason="disks", estimated_minutes=20, request_id="r-1")
    again = await client.request_window("rzob", "acme03", reason="disks", estimated_minutes=20, request_id="r-1")
    listed = await client.windows("rzob", "acme03")

    assert isinstance(grant, Grant)
    assert (again, listed) == (grant, (OwnWindow(**grant.model_dump()),))
    assert await client.withdraw_window("rzob", "acme03", grant.window_id) == Withdrawal(window_id=grant.window_id)
    gone = await client.withdraw_window("rzob", "acme03", grant.window_id)
    assert isinstance(gone, Refusal)
    assert (gone.code, await client.windows("rzob", "acme03")) == (RequestRefusalCode.UNKNOWN_WINDOW, ())


async def test_request_without_a_reply_can_be_asked_again_by_its_id(client: Client) -> None:
    with pytest.raises(UnansweredRequestError, match="asking again with --request-id r-1 tells") as raised:
        await client.request_window(
            "rzob", "acme03", reason="disks", estimated_minutes=20, request_id="r-1", timeout=0.1
        )
    assert raised.value.request_id == "r-1"


async def test_window_is_requested_shown_and_withdrawn(mweek: Mweek, planner: FakePlanner) -> None:
    wish = (
        "acme03",
        "--reason",
        "Kernel",
        "--minutes",
        "20",
        "--activity",
        "kernel 6.12:reboot:15",
        "--request-id",
        "r",
    )
    asked = await mweek("request", *wish)
    data = (await mweek("request", *wish, "--json")).data
    listed = await mweek("list", "acme03")
    gone = await mweek("withdraw", "acme03", data["window_id"], "--json")

    assert (asked.exit_code, asked.out.split()[:5]) == (0, ["Granted", "acme03", "the", "window", "window-0001,"])
    assert (data["outcome"], data["requests"]) == ("granted", ["r"])
    assert "window-0001" in listed.out
    assert (gone.exit_code, gone.data["outcome"], planner.windows) == (0, "withdrawn", {})


async def test_refusal_shows_the_alternative_and_exits_with_11(mweek: Mweek, planner: FakePlanner) -> None:
    planner.refusals = [
        Refusal(code=RequestRefusalCode.NO_CAPACITY, text="all is taken", earliest_alternative=at("2026-12-01T22:00Z"))
    ]
    typed = await mweek("request", "acme03", "--reason", "Kernel", "--minutes", "20")

    assert typed.exit_code == 11
    assert typed.out == (
        "Refused (no_capacity): all is taken\n  earliest alternative: opens Tue 1 Dec 2026 22:00 UTC\n"
    )


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("request", "acme03", "--reason", "x", "--minutes", "0"), 1, "estimated_minutes: "),
        (("request", "Acme", "--reason", "x", "--minutes", "5", "--deadline", "soon"), 1, "deadline: "),
        (("request", "acme03", "--reason", "x", "-m", "5", "--activity", "k:rebot"), 1, "activities[0].kind: "),
        (("request", "acme03", "--reason", "x"), 2, "Missing option '--minutes'"),
        (("list", "acme03", "--timeout", "0.1"), 12, "nobody answers there"),
        (("explain", "acme99"), 1, "there is no machine acme99"),
        (("explain", "acme03", "--minutes", "5", "--request", "r"), 2, "a request says itself what it wishes"),
        (("explain", "acme03", "--days", "0"), 2, "Invalid value for '--days'"),
        (("explain", "acme03", "--minutes", "ten"), 2, "Invalid value for '--minutes'"),
    ],
)
async def test_mistake_is_named(mweek: Mweek, arguments: tuple[str, ...], exit_code: int, said: str) -> None:
    typed = await mweek(*arguments)

    assert (typed.exit_code, typed.out) == (exit_code, "")
    assert said in " ".join(typed.err.split())


async def test_windows_of_a_location_are_those_that_stand(mweek: Mweek, connection: Connection) -> None:
    await say(connection, granted(), granted(window_id="w-2", machine_name="acme04"), withdrawn(), entered("w-2"))
    data = (await mweek("list", "--json")).data

    assert [(one["machine"], one["window_id"], one["state"]) for one in data["windows"]] == [
        ("acme04", "w-2", "entered")
    ]


async def test_explanation_tells_history_what_asking_now_would_give_and_a_timeline(
    mweek: Mweek, planner: FakePlanner, connection: Connection
) -> None:
    await say(connection, machine(), customer(), granted(), entered(), left())
    typed = await mweek("explain", "acme03")

    assert typed.exit_code == 0
    for said in (
        "acme03: customer acme, in rzob",
        "20 minutes down, a window of 31 minutes",
        "Tue 24 Nov 21:00–21:35 UTC, left",
        "Tue 24 Nov 22:00–22:35 Europe/Berlin",
        "left, done, 14 minutes down",
        "asked now",
        "Each day of Europe/Berlin from now on, half an hour a letter:",
        "n  notice, says the model",
    ):
        assert said in typed.out


async def test_request_whose_window_stands_is_asked_about_by_its_id(
    client: Client, planner: FakePlanner, connection: Connection
) -> None:
    await say(connection, machine(), customer())
    grant = await client.request_window("rzob", "acme03", reason="disks", estimated_minutes=40, request_id="r-1")
    await say(connection, granted(work("r-1", estimated_minutes=40)))
    found = await client.explain_window("acme03")

    assert isinstance(found, WindowExplanation)
    assert (found.seen.has, found.seen.wish.estimated_minutes, found.is_update) == (grant, 40, False)
    assert found.told is not None
    assert found.told.work.request_id == "r-1"


async def test_refused_request_is_explained_as_the_wish_that_it_was(
    mweek: Mweek, planner: FakePlanner, connection: Connection
) -> None:
    late = work("r-2", deadline=at("2026-11-23T12:00Z"), urgent=True)
    await say(connection, machine(), customer(), refused(late, at("2026-11-23T21:00Z")))
    data = (await mweek("explain", "acme03", "--request", "r-2", "--json")).data

    assert (data["state"], data["refusal"]["code"], data["window"]) == ("refused", "deadline_too_soon", None)
    assert data["explanation"]["wish"] == {
        "estimated_minutes": 20,
        "not_before": None,
        "deadline": "2026-11-23T12:00:00Z",
        "urgent": True,
    }
    assert data["explanation"]["why_none"]["code"] == "deadline_too_soon"


async def test_machine_that_never_asked_is_explained_an_update(
    mweek: Mweek, planner: FakePlanner, connection: Connection
) -> None:
    await say(connection, machine(), customer())
    typed = await mweek("explain", "acme03")

    assert typed.exit_code == 0
    assert f"for an update, {machine().downtime_minutes} minutes down" in typed.out


async def test_mere_wish_is_explained_and_nothing_is_requested(
    mweek: Mweek, planner: FakePlanner, connection: Connection
) -> None:
    await say(connection, machine(), customer(), granted())
    wish = ("--minutes", "60", "--not-before", "2026-12-01T00:00Z", "--deadline", "2027-12-01T00:00Z", "--urgent")
    typed = await mweek("explain", "acme03", *wish)

    assert typed.exit_code == 0
    assert "history" not in typed.out
    assert "60 minutes down, a window of 81 minutes, not before Tue 1 Dec 2026 00:00 UTC" in typed.out
    assert {type(one) for one in planner.asked} == {ExplainWindowV1}


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("--request", "r-9"), 1, "no request r-9 of acme03 was answered in the last 90 days"),
        (("--minutes", "0"), 1, "estimated_minutes: "),
        (("--not-before", "tomorrow"), 1, "not_before: "),
        (("--deadline", "2026-12-01T00:00Z", "--not-before", "2026-12-02T00:00Z"), 1, "deadline: is not after"),
    ],
)
async def test_what_cannot_be_explained_is_named(
    mweek: Mweek, planner: FakePlanner, connection: Connection, arguments: tuple[str, ...], exit_code: int, said: str
) -> None:
    await say(connection, machine(), customer())
    typed = await mweek("explain", "acme03", *arguments)

    assert (typed.exit_code, typed.out) == (exit_code, "")
    assert said in " ".join(typed.err.split())


async def test_question_that_is_refused_exits_with_11(
    mweek: Mweek, planner: FakePlanner, connection: Connection
) -> None:
    await say(connection, machine(), customer())
    planner.not_ready = 1
    typed = await mweek("explain", "acme03")

    assert typed.exit_code == 11
    assert typed.out.startswith("Refused (not_ready): ")


async def test_without_a_planner_nothing_is_explained_and_nothing_has_changed(
    mweek: Mweek, connection: Connection
) -> None:
    await say(connection, machine(), customer(), granted())
    typed = await mweek("explain", "acme03", "--timeout", "0.1")

    assert (typed.exit_code, typed.out) == (12, "")
    assert "nobody answers there" in typed.err
    assert "It was a question only: nothing has changed" in " ".join(typed.err.split())
