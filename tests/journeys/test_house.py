"""`mweek-local`: everything starts together, stays up, ends together, and nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from mweek_contracts.documents import read_fleet

from tests.support.databases import Databases
from tests.support.eventually import wait_for
from tests.support.house import REPOSITORY, RunningHouse, is_running

pytestmark = pytest.mark.xdist_group("own-house")


@pytest.fixture(scope="module")
def own_house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHouse]:
    """A house that journeys here may hurt; the last one ends it."""
    running = RunningHouse(tmp_path_factory.mktemp("own") / "var", databases=databases)
    try:
        yield running.start()
    finally:
        running.stop()


def pids(house: RunningHouse) -> dict[str, int]:
    """Return the process id of each service."""
    return {name: service["pid"] for name, service in house.run["services"].items()}


def nats_pid(house: RunningHouse) -> int:
    """Return the process id of the server, which its ports file is named after."""
    (ports,) = (house.var / "nats").glob("nats-server_*.ports")
    return int(ports.stem.rpartition("_")[2])


def get(url: str) -> int:
    """Return the status of a page; 0 when nothing answers."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def test_every_service_is_ready_healthy_and_measured(own_house: RunningHouse) -> None:
    pages = [
        service[page] for service in own_house.run["services"].values() for page in ("readyz", "healthz", "metrics")
    ]

    assert list(own_house.run["services"]) == ["inventory", "planner", "notifier", "auditor"]
    assert [get(page) for page in pages] == [200] * 12
    assert get(f"{own_house.run['nats_monitoring_url']}/healthz") == 200


def test_run_file_says_what_clock_and_mailbox_are_used(own_house: RunningHouse) -> None:
    assert own_house.run["clock"].startswith("2026-11-23T08:00Z,from=")
    assert own_house.run["mail"] == f"maildir:{own_house.var}/mail"


def test_second_house_in_the_same_folder_is_refused(own_house: RunningHouse) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "mweek_local", "up", "--var", str(own_house.var)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert second.returncode == 1
    assert f"already up in {own_house.var} (process {own_house.run['pid']})" in second.stderr
    assert get(own_house.run["services"]["planner"]["readyz"]) == 200


def test_service_that_dies_is_started_again_at_its_address(own_house: RunningHouse) -> None:
    before = pids(own_house)["planner"]
    os.kill(before, signal.SIGKILL)

    wait_for(lambda: pids(own_house)["planner"] != before, within=60)
    wait_for(lambda: get(own_house.run["services"]["planner"]["readyz"]) == 200, within=60)

    assert "planner stopped with exit code -9; starting it again in 1 s" in own_house.said


def test_server_that_dies_comes_back_with_its_streams(own_house: RunningHouse) -> None:
    before, url = nats_pid(own_house), own_house.nats_url
    os.kill(before, signal.SIGKILL)

    wait_for(lambda: "nats-server stopped with exit code -9" in own_house.said, within=60)
    wait_for(lambda: own_house.mweek("dead", "list").returncode == 0, within=60)

    assert own_house.nats_url == url


def test_house_that_is_killed_leaves_no_process_and_can_start_again(databases: Databases, tmp_path: Path) -> None:
    house = RunningHouse(tmp_path / "var", databases=databases).start()
    everything = [*pids(house).values(), nats_pid(house)]

    assert house.end(signal.SIGKILL) == -signal.SIGKILL

    wait_for(lambda: not any(is_running(pid) for pid in everything), within=15)
    assert (house.var / "run.json").exists()  # nobody was left to remove it
    house.start()
    assert get(house.run["services"]["planner"]["readyz"]) == 200
    assert house.end(signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("database_url", "reason"),
    [
        pytest.param(
            "sqlite:///no-folder/planner.sqlite3", "no-folder", marks=pytest.mark.on_sqlite("it is about a file")
        ),
        ("postgresql://planner@127.0.0.1:1/planner", "connection to server at"),
    ],
    ids=["no-file", "no-server"],
)
def test_service_that_cannot_start_ends_the_house_with_the_reason(
    database_url: str, reason: str, databases: Databases, tmp_path: Path
) -> None:
    (tmp_path / "no-folder").write_text("a file where a folder is needed")
    refused = subprocess.run(
        [sys.executable, "-m", "mweek_local", "up", "--var", str(tmp_path / "var")],
        env={**os.environ, **databases.environment(tmp_path), "MWEEK_PLANNER_DATABASE_URL": database_url},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert refused.returncode == 1
    assert "mweek-local: planner migrate stopped with exit code" in refused.stderr
    assert reason in refused.stderr
    assert list((tmp_path / "var" / "nats").glob("*.ports")) == []  # the server has ended in order


def test_clock_that_is_none_is_refused_before_anything_starts(tmp_path: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "mweek_local", "up", "--var", str(tmp_path / "var")],
        env={**os.environ, "MWEEK_CLOCK": "tomorrow"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert refused.returncode == 1
    assert "MWEEK_CLOCK 'tomorrow' is not a clock" in refused.stderr


@pytest.mark.on_sqlite("a demo takes no settings: its databases are files of its own")
def test_demo_shows_the_week_one_mail_and_the_verdict_and_leaves_a_summary(tmp_path: Path) -> None:
    var = tmp_path / "demo"
    fleet = REPOSITORY / "deploy/reference/rzob.yaml"

    done = subprocess.run(
        [sys.executable, "-m", "mweek_local", "demo", "--var", str(var), "--fleet", str(fleet)],
        env={**os.environ, "MWEEK_NOTIFIER_MAIL_URL": "smtp://127.0.0.1:1"},  # a demo must not mail anybody
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    contacts = sum(len(customer.contacts) for customer in read_fleet(fleet).customers)
    summary = json.loads((var / "summary.json").read_text())
    assert done.returncode == 0, done.stderr
    assert "Audit passed: 236 machines, 236 windows" in done.stdout
    assert "Subject: " in done.stdout
    assert [phase["machines"] for phase in summary.pop("phases")] == [11, 2, 9, 44, 47, 102, 20, 1]
    assert summary == {
        "location": "rzob",
        "week": "2026-W49",
        "revision": 1,
        "windows": 236,
        "unplaced": 0,
        "notices_sent": contacts,
        "audit": "passed",
        "findings": [],
    }
    assert len(list((var / "mail" / "new").iterdir())) == contacts
    assert not (var / "run.json").exists()


def test_house_that_is_told_to_end_ends_everything(own_house: RunningHouse) -> None:
    everything = [*pids(own_house).values(), nats_pid(own_house)]

    assert own_house.end(signal.SIGINT) == 0

    assert [pid for pid in everything if is_running(pid)] == []
    assert not (own_house.var / "run.json").exists()
    assert own_house.said.endswith("Stopping …\nStopped.\n")
