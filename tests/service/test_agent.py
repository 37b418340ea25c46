"""`mweek agent` as systemd starts it: a process, a real bus, real files, and a planner that the tests can spoil."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from mweek_contracts.replies import Refusal
from mweek_contracts.request_codes import LeaveResult, RequestRefusalCode
from mweek_contracts.requests import RequestWindowV1

from tests.support.eventually import eventually
from tests.support.fake_planner import FakePlanner, serving
from tests.support.house import is_running
from tests.support.ids import at
from tests.support.nats_server import NatsServer
from tests.support.typed_command import Typed, type_command

ESTIMATE = '{"name": "database 17.7", "kind": "restart", "estimated_minutes": 5}'


class Machine:
    """One machine's directories, and its agent."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.config = folder / "etc"
        self.log = folder / "log"
        self.boot_id = folder / "boot_id"
        self.boot_id.write_text("boot-1\n")
        self.environment = {
            "MWEEK_NATS_URL": url,
            "MWEEK_AGENT_LOCATION": "rzob",
            "MWEEK_AGENT_MACHINE": "acme03",
            "MWEEK_AGENT_STATE_DIR": str(folder / "state"),
            "MWEEK_AGENT_CONFIG_DIR": str(self.config),
            "MWEEK_AGENT_REBOOT_REQUIRED": str(folder / "reboot-required"),
            "MWEEK_AGENT_BOOT_ID": str(self.boot_id),
            "MWEEK_AGENT_LINGER": "2",
            "MWEEK_AGENT_TIMEOUT": "0.5",
            "LOG": str(self.log),
        }

    def program(self, name: str, text: str) -> Path:
        """Write an executable, e.g. `drain.d/10-gateway`."""
        path = self.config / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    def activity(self, name: str, run: str, estimate: str = ESTIMATE) -> None:
        """Write an activity that has something to do until it has run without an error."""
        done = self.folder / f"{name}.done"
        self.program(
            f"activities.d/{name}",
            f"if [ $1 = estimate ]; then test -e {done} || echo '{estimate}'; exit; fi\n"
            f"echo {name} >> $LOG\n{run}\ntouch {done}",
        )

    def start(self, *arguments: str) -> Any:
        return asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "mweek",
            "agent",
            *arguments,
            env={**os.environ, **self.environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def agent(self, *arguments: str) -> Typed:
        """Let the agent look once."""
        return await type_command("agent", *arguments, environment=self.environment)

    async def killed(self, *arguments: str) -> int:
        """Start the agent as a process that does not survive, and return what became of it."""
        process = await self.start(*arguments)
        await asyncio.wait_for(process.communicate(), 60)
        return process.returncode or 0

    @property
    def ran(self) -> list[str]:
        """What ran, in order."""
        return self.log.read_text().split() if self.log.exists() else []


@pytest.fixture
def machine(nats_server: NatsServer, tmp_path: Path) -> Machine:
    return Machine(tmp_path, nats_server.url)


@pytest.fixture
async def planner(nats_server: NatsServer) -> AsyncIterator[FakePlanner]:
    fake = FakePlanner()
    async with serving(nats_server.url, fake):
        yield fake


async def test_work_is_done_between_drain_and_health_in_the_order_of_the_files(
    machine: Machine, planner: FakePlanner
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


async def test_reboot_is_survived_and_health_is_checked_afterwards(machine: Machine, planner: FakePlanner) -> None:
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
    machine: Machine, planner: FakePlanner
) -> None:
    machine.activity("10-firmware", "kill -9 $PPID")

    killed, typed = await machine.killed(), await machine.agent()

    assert (killed, typed.exit_code, machine.ran) == (-9, 1, ["10-firmware"])
    assert [(one.result, one.text) for one in planner.left] == [(LeaveResult.FAILED, "database 17.7 was interrupted")]


async def test_stopped_agent_ends_what_it_runs(machine: Machine, planner: FakePlanner) -> None:
    machine.activity("10-firmware", "echo $$ >> $LOG; sleep 1000")
    process = await machine.start()
    await eventually(lambda: len(machine.ran) == 2)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 1

    await eventually(lambda: not is_running(int(machine.ran[1])))


async def test_lost_replies_change_nothing(machine: Machine, planner: FakePlanner) -> None:
    machine.activity("10-firmware", "true")
    planner.replies_to_lose = 2
    typed = await machine.agent()

    assert typed.exit_code == 0
    assert [one.result for one in planner.left] == [LeaveResult.DONE]
    assert len(planner.windows) == 1


async def test_without_a_planner_the_agent_says_so_and_comes_back(machine: Machine, nats_server: NatsServer) -> None:
    machine.activity("10-firmware", "true")
    silent = await machine.agent()
    nats_server.stop()
    away = await machine.agent()

    assert (silent.exit_code, away.exit_code) == (12, 12)
    assert "nobody answers there" in silent.err
    assert "no NATS server can be used at" in away.err


async def test_refusal_is_shown_with_its_alternative(machine: Machine, planner: FakePlanner) -> None:
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


async def test_there_is_one_agent_at_a_time(machine: Machine, planner: FakePlanner) -> None:
    machine.activity("10-firmware", "sleep 1000")
    first = await machine.start()
    await eventually(lambda: machine.ran)
    second = await machine.agent()
    first.terminate()
    await first.communicate()

    assert (second.exit_code, second.out) == (75, "")
    assert "another agent is at work" in second.err


async def test_daemon_stays_and_takes_up_what_comes(machine: Machine, planner: FakePlanner) -> None:
    process = await machine.start("--daemon", "--every", "1")
    await eventually(lambda: planner.asked)
    machine.activity("10-firmware", "true")
    await eventually(lambda: planner.left)
    process.terminate()

    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert machine.ran == ["10-firmware"]


async def test_simulation_takes_the_time_and_does_nothing(machine: Machine, planner: FakePlanner) -> None:
    machine.activity("10-firmware", "true")
    (machine.folder / "reboot-required").touch()
    machine.program("drain.d/10-gateway", "echo drained >> $LOG")
    typed = await machine.agent("--simulate", "--speed", "3000", "--reboot-command", "false")

    assert (typed.exit_code, machine.ran) == (0, [])
    [left] = planner.left
    assert (left.result, left.facts["simulated"]) == (LeaveResult.DONE, "yes")


async def test_wrong_estimate_is_named_by_file_and_field_and_the_others_go_on(
    machine: Machine, planner: FakePlanner
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
async def test_mistake_is_named(machine: Machine, arguments: tuple[str, str], said: str) -> None:
    typed = await machine.agent(*arguments)

    assert (typed.exit_code, typed.out) == (1, "")
    assert said in typed.err


async def test_state_of_another_machine_or_of_nobody_is_not_touched(machine: Machine, planner: FakePlanner) -> None:
    machine.activity("10-firmware", "true")
    planner.notice = timedelta(hours=12)
    await machine.agent()
    cloned = await machine.agent("--machine", "acme04")
    (machine.folder / "state" / "state.json").write_text('{"location": 3}')
    broken = await machine.agent()

    assert (cloned.exit_code, broken.exit_code) == (1, 1)
    assert "is of rzob/acme03, and this is rzob/acme04: was the machine cloned?" in cloned.err
    assert "location: " in broken.err
