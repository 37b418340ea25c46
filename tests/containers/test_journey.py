"""The reference week against a NATS and a PostgreSQL in containers: the bus and the databases are somewhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from mweek_contracts.documents import read_fleet
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from tests.support.engine import REPOSITORY, Images
from tests.support.eventually import wait_for
from tests.support.house import MONDAY_BEFORE
from tests.support.mailbox import read_maildir
from tests.support.service_process import ServiceProcess

PASSWORD: Final = "only4tests"
RZOB: Final = REPOSITORY / "deploy/reference/rzob.yaml"
SERVICES: Final = ("inventory", "planner", "notifier", "auditor")


@pytest.fixture(scope="module", autouse=True)
def _no_reaper() -> None:
    """Let the tests themselves remove their containers: the image of testcontainers' own helper may not be there."""
    testcontainers_config.ryuk_disabled = True


@pytest.fixture(scope="module")
def nats_url(images: Images) -> Iterator[str]:
    """A NATS in a container, with the configuration that we ship, and all streams."""
    container = (
        DockerContainer(images.nats)
        .with_volume_mapping(str(REPOSITORY / "deploy/nats/nats.conf"), "/etc/nats/mweek.conf", "ro")
        .with_command(["-c", "/etc/nats/mweek.conf"])
        .with_exposed_ports(4222)
        .waiting_for(LogMessageWaitStrategy("Server is ready"))
    )
    with container as running:
        url = f"nats://{running.get_container_host_ip()}:{running.get_exposed_port(4222)}"
        applied = _python("mweek_messaging", "apply", "--nats-url", url)
        assert applied.returncode == 0, applied.stderr
        yield url


@pytest.fixture(scope="module")
def postgres_address(images: Images) -> Iterator[str]:
    """A PostgreSQL in a container, with an empty database for each service."""
    container = (
        DockerContainer(images.postgres)
        .with_envs(POSTGRES_USER="mweek", POSTGRES_PASSWORD=PASSWORD)
        .with_exposed_ports(5432)
    )
    with container as running:
        address = f"{running.get_container_host_ip()}:{running.get_exposed_port(5432)}"
        wait_for(lambda: _answers(address), within=90, every=0.2)
        with psycopg.connect(_url(address, "mweek"), autocommit=True) as connection:
            for service in SERVICES:
                connection.execute(f"CREATE DATABASE {service}".encode())
        yield address


@pytest.fixture(scope="module")
def maildir(nats_url: str, postgres_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the notifier delivers while all services run."""
    folder = tmp_path_factory.mktemp("services")
    mail = folder / "mail"
    common = {"MWEEK_CLOCK": MONDAY_BEFORE, "MWEEK_NOTIFIER_MAIL_URL": f"maildir:{mail}"}
    with ExitStack() as ending:
        for service in SERVICES:
            database = {f"MWEEK_{service.upper()}_DATABASE_URL": _url(postgres_address, service)}
            process = ServiceProcess(service, folder, nats_url=nats_url, environment=common | database)
            ending.callback(process.stop)
            process.start()
        yield mail


def test_reference_week_is_planned_mailed_and_audited(nats_url: str, maildir: Path) -> None:
    imported = _mweek(nats_url, "fleet", "import", str(RZOB))
    scheduled = _mweek(nats_url, "week", "schedule", "rzob/2026-W49")

    contacts = [contact.email for customer in read_fleet(RZOB).customers for contact in customer.contacts]
    assert imported["machines_put"] == 236
    assert [phase["machines"] for phase in scheduled["phases"]] == [11, 2, 9, 44, 47, 102, 20, 1]
    assert scheduled["audit"]["verdict"] == "passed"
    assert sorted(mail.recipient for mail in read_maildir(maildir)) == sorted(contacts)


def test_what_was_planned_lies_in_postgresql(postgres_address: str, maildir: Path) -> None:
    with psycopg.connect(_url(postgres_address, "planner")) as connection:
        windows = connection.execute("SELECT count(*) FROM outbox WHERE sent_at IS NULL").fetchone()

    assert windows == (0,)


def _mweek(nats_url: str, *arguments: str) -> dict[str, Any]:
    done = _python("mweek", *arguments, "--json", environment={"MWEEK_NATS_URL": nats_url})
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def _python(
    module: str, *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command: Sequence[str] = [sys.executable, "-m", module, *arguments]
    inherited = {**os.environ, **(environment or {})}
    return subprocess.run(command, env=inherited, capture_output=True, text=True, timeout=120, check=False)


def _answers(address: str) -> bool:
    try:
        psycopg.connect(_url(address, "mweek"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _url(address: str, database: str) -> str:
    return f"postgresql://mweek:{PASSWORD}@{address}/{database}"
