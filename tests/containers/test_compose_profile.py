"""The profile that we ship for Docker Compose: the reference week in containers of our own image, on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from mweek_contracts.documents import read_fleet

from tests.support.compose_profile import ComposeProfile
from tests.support.engine import REPOSITORY, Images
from tests.support.eventually import wait_for
from tests.support.house import MONDAY_BEFORE

RZOB = REPOSITORY / "deploy/reference/rzob.yaml"
SERVICES = ("inventory", "planner", "notifier", "auditor")


@pytest.fixture(scope="module")
def profile(images: Images) -> Iterator[ComposeProfile]:
    """The profile, up."""
    running = ComposeProfile(images, clock=MONDAY_BEFORE)
    try:
        running.up()
        yield running
    finally:
        running.down()


@pytest.fixture(scope="module")
def scheduled(profile: ComposeProfile) -> dict[str, Any]:
    """What scheduling week 49 of the reference fleet said, verdict included."""
    profile.mweek("fleet", "import", "/fleet.yaml", file=RZOB)
    return profile.mweek_json("week", "schedule", "2026-W49")


def test_week_is_planned_and_audited(scheduled: dict[str, Any]) -> None:
    assert [phase["machines"] for phase in scheduled["phases"]] == [11, 2, 9, 44, 47, 102, 20, 1]
    assert (scheduled["windows"], scheduled["audit"]["verdict"]) == (236, "passed")


def test_each_contact_finds_one_mail_in_the_volume(profile: ComposeProfile, scheduled: dict[str, Any]) -> None:
    contacts = sum(len(customer.contacts) for customer in read_fleet(RZOB).customers)

    assert len(profile.inside("notifier", "ls", "/var/lib/mweek/mail/new").split()) == contacts


def test_every_service_is_healthy(profile: ComposeProfile) -> None:
    for service in SERVICES:
        wait_for(lambda name=service: _health(profile, name) == "healthy", within=90, every=1.0)


def test_services_run_without_rights(profile: ComposeProfile) -> None:
    for service in SERVICES:
        state = profile.state(service)

        assert state["Config"]["User"] == "10001"
        assert state["HostConfig"]["ReadonlyRootfs"]
        assert state["HostConfig"]["CapDrop"] == ["ALL"]


def test_services_tell_their_neighbours_how_they_are(profile: ComposeProfile) -> None:
    fetch = "import urllib.request as r; print(r.urlopen('http://planner:8080/readyz').status)"

    assert profile.inside("auditor", "python3", "-c", fetch).strip() == "200"


def test_server_writes_to_disk_before_it_acknowledges(profile: ComposeProfile) -> None:
    fetch = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8222/varz').read().decode())"

    varz = json.loads(profile.beside("nats", "python3", "-c", fetch))

    assert varz["jetstream"]["config"]["sync_always"] is True
    assert varz["jetstream"]["config"]["store_dir"].startswith("/data")


def test_service_that_is_stopped_ends_in_order(profile: ComposeProfile) -> None:
    profile.stop("planner")

    assert profile.state("planner")["State"]["ExitCode"] == 0


def _health(profile: ComposeProfile, service: str) -> str:
    health: str = profile.state(service)["State"]["Health"]["Status"]
    return health
