"""`mweek agent` as systemd starts it: a process, a real bus, real files, and a planner that the tests can spoil."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from mweek_contracts.replies import Refusal
from mweek_contracts.request_codes import LeaveResult, RequestRefusalCode
from mweek_contracts.requests import RequestWindowV1

from tests.support.agent_machine import AgentMachine
from tests.support.eventually import eventually
from tests.support.fake_planner import FakePlanner, serving
from tests.support.house import is_running
from tests.support.ids import at
from tests.support.nats_server import NatsServer


@pytest.fixture
def machine(nats_server: NatsServer, tmp_path: Path) -> AgentMachine:
    return AgentMachine(tmp_path, nats_server.url)


@pytest.fixture
async def planner(nats_server: NatsServer) -> AsyncIterator[FakePlanner]:
    fake = FakePlanner()
    async with serving(nats_server.url, fake):
        yield fake


async def test_work_is_done_between_drain_and_health_in_the_order_of_the_files(
    machine: AgentMachine, planner: FakePlanner
) -> None:
    for hook in ("drain.d/10-gateway", "drain.d/20-cluster", "health.d/10-cluster", "health.d/20-gateway"):
        machine.program(hook, f'echo "$1:{hook}" >> $LOG; test -n "$MWEEK_WINDOW_ID" -a -n "$MWEEK_MUST_END_BY"')
    machine.activity("20-database", "echo restarted")
    machine.activity("10-firmware", "echo flashed")
    (machine.config / "drain.d" / "30-not-executable").write_text("exit 1")

    typed = await machine.agent()

    assert (typed.exit_code, typed.out) == (0, "Nothing to do. The last window was left with done.\n")
    assert machine.ran == [
        "drain:drain.d/10-gateway",
        "drain:drain.d/20-cluster",
        "10-firmware",
        "20-database",
        "health:health.d/10-cluster",
        "health:health.d/20-gateway",
    ]
    [left] = planner.left
    assert (left.result, left.facts["done"]) == (LeaveResult.DONE, "database 17.7, database 17.7")
    assert "output program=20-database line=restarted" in typed.err
    assert planner.bad == []


async def test_reboot_is_survived_and_health_is_checked_afterwards(machine: AgentMachine, planner: FakePlanner) -> None:
    machine.program("health.d/10-well", "cat $MWEEK_AGENT_BOOT_ID >> $LOG")
    (machine.folder / "reboot-required").touch()
    reboot = machine.program(
        "reboot", f"echo boot-2 > {machine.boot_id}; rm {machine.folder}/reboot-required; kill -9 $PPID"
    )

    killed = await machine.killed("--reboot-command", str(reboot))
    state = json.loads((machine.folder / "state" / "state.json").read_text())
    typed = await machine.agent("--reboot-command", str(reboot))

    assert (killed, state["stay"]["stage"], state["stay"]["boot_id"]) == (-9, "rebooting", "boot-1")
    assert (typed.exit_code, machine.ran) == (0, ["boot-2"])
    assert [one.result for one in planner.left] == [LeaveResult.DONE]


async def test_agent_that_was_killed_at_work_says_so_and_does_not_work_again(
    machine: AgentMachine, planner: FakePlanner
) -> None:
    machine.activity("10-firmware", "kill -9 $PPID")

    killed, typed = await machine.killed(), await machine.agent()

    assert (killed, typed.exit_code, machine.ran) == (-9, 1, ["10-firmware"])
    assert [(one.result, one.text) for one in planner.left] == [(LeaveResult.FAILED, "database 17.7 was interrupted")]


async def test_stopped_agent_ends_what_it_runs(machine: AgentMachine, planner: FakePlanner) -> None:
    machine.activity("10-firmware", "echo $$ >> $LOG; sleep 1000")
    process = await machine.start()
    await eventually(lambda: len(machine.ran) == 2)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 1

    await eventually(lambda: not is_running(int(machine.ran[1])))


async def test_lost_replies_change_nothing(machine: AgentMachine, planner: FakePlanner) -> None:
    machine.activity("10-firmware", "true")
    planner.replies_to_lose = 2
    typed = await machine.agent()

    assert typed.exit_code == 0
    assert [one.result for one in planner.left] == [LeaveResult.DONE]
    assert len(planner.windows) == 1


async def test_without_a_planner_the_agent_says_so_and_comes_back(
    machine: AgentMachine, nats_server: NatsServer
) -> None:
    machine.activity("10-firmware", "true")
    silent = await machine.agent()
    nats_server.stop()
    away = await machine.agent()

    assert (silent.exit_code, away.exit_code) == (12, 12)
    assert "nobody answers there" in silent.err
    assert "no NATS server can be used at" in away.err


async def test_refusal_is_shown_with_its_alternative(machine: AgentMachine, planner: FakePlanner) -> None:
    machine.activity("10-firmware", "true")
    planner.refusals = [
        Refusal(
            code=RequestRefusalCode.NO_CAPACITY,
            text="every time is taken",
            earliest_alternative=at("2026-12-01T22:00Z"),
        )
    ]
    typed = await machine.agent()
    told = (await machine.agent("--json")).events

    assert typed.exit_code == 11
    assert "Refused (no_capacity): every time is taken The earliest alternative opens Tue 1 Dec 2026" in typed.out
    assert [one["event"] for one in told] == ["ended"], "it is not asked again before its time"
    assert len([one for one in planner.asked if isinstance(one, RequestWindowV1)]) == 1


async def test_there_is_one_agent_at_a_time(machine: AgentMachine, planner: FakePlanner) -> None:
    machine.activity("10-firmware", "sleep 1000")
    first = await machine.start()
    await eventually(lambda: machine.ran)
    second = await machine.agent()
    first.terminate()
    await first.communicate()

    assert (second.exit_code, second.out) == (75, "")
    assert "another agent is at work" in second.err


async def test_daemon_stays_and_takes_up_what_comes(machine: AgentMachine, planner: FakePlanner) -> None:
    process = await machine.start("--daemon", "--every", "1")
    await eventually(lambda: planner.asked)
    machine.activity("10-firmware", "true")
    await eventually(lambda: planner.left)
    process.terminate()

    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert machine.ran == ["10-firmware"]


async def test_simulation_takes_the_time_and_does_nothing(machine: AgentMachine, planner: FakePlanner) -> None:
    machine.activity("10-firmware", "true")
    (machine.folder / "reboot-required").touch()
    machine.program("drain.d/10-gateway", "echo drained >> $LOG")
    typed = await machine.agent("--simulate", "--speed", "3000", "--reboot-command", "false")

    assert (typed.exit_code, machine.ran) == (0, [])
    [left] = planner.left
    assert (left.result, left.facts["simulated"]) == (LeaveResult.DONE, "yes")


async def test_wrong_estimate_is_named_by_file_and_field_and_the_others_go_on(
    machine: AgentMachine, planner: FakePlanner
) -> None:
    machine.activity("10-firmware", "true", '{"name": "x", "kind": "rebot", "minutes": 5}')
    machine.activity("20-database", "true")
    typed = await machine.agent()

    assert (typed.exit_code, machine.ran) == (1, ["20-database"])
    assert f"file={machine.config}/activities.d/10-firmware" in typed.err
    assert "kind: " in typed.err
    assert "minutes: " in typed.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--machine", "Acme 03"), "--machine: 'Acme 03' is not a name for the bus"),
        (("--creds", "/nowhere"), "/nowhere: there is no such file"),
        (("--state-dir", "/proc/mweek"), "/proc/mweek: cannot be used"),
    ],
)
async def test_mistake_is_named(machine: AgentMachine, arguments: tuple[str, str], said: str) -> None:
    typed = await machine.agent(*arguments)

    assert (typed.exit_code, typed.out) == (1, "")
    assert said in typed.err


async def test_state_of_another_machine_or_of_nobody_is_not_touched(
    machine: AgentMachine, planner: FakePlanner
) -> None:
    machine.activity("10-firmware", "true")
    planner.notice = timedelta(hours=12)
    await machine.agent()
    cloned = await machine.agent("--machine", "acme04")
    (machine.folder / "state" / "state.json").write_text('{"location": 3}')
    broken = await machine.agent()

    assert (cloned.exit_code, broken.exit_code) == (1, 1)
    assert "is of rzob/acme03, and this is rzob/acme04: was the machine cloned?" in cloned.err
    assert "location: " in broken.err
