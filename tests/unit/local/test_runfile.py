"""Who uses a folder is known, and only one does."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from mweek_local.errors import AlreadyRunningError
from mweek_local.places import Places
from mweek_local.runfile import remove_run_file, sole_use, write_run_file
from mweek_local.server import Addresses
from mweek_local.services import ServiceAddress


def test_second_house_in_a_folder_is_refused_with_the_first_ones_pid(tmp_path: Path) -> None:
    places = Places.under(tmp_path / "var")

    with (
        sole_use(places),
        pytest.raises(AlreadyRunningError, match=rf"process {os.getpid()}.*kill {os.getpid()}.*--var"),
        sole_use(places),
    ):
        pass


def test_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    places = Places.under(tmp_path)

    with sole_use(places):
        pass
    with sole_use(places):
        assert places.lock_file.exists()


def test_houses_in_two_folders_do_not_meet(tmp_path: Path) -> None:
    with sole_use(Places.under(tmp_path / "one")), sole_use(Places.under(tmp_path / "two")):
        pass


def test_run_file_names_every_address(tmp_path: Path) -> None:
    places = Places.under(tmp_path)

    write_run_file(
        places,
        server=Addresses(4222, 8222),
        services={ServiceAddress(service="planner", port=9001): 77},
        mail="maildir:/srv/mail",
        clock="2026-11-23T08:00Z",
    )

    assert json.loads(places.run_file.read_text()) == {
        "pid": os.getpid(),
        "nats_url": "nats://127.0.0.1:4222",
        "nats_monitoring_url": "http://127.0.0.1:8222",
        "services": {
            "planner": {
                "pid": 77,
                "http_url": "http://127.0.0.1:9001",
                "healthz": "http://127.0.0.1:9001/healthz",
                "readyz": "http://127.0.0.1:9001/readyz",
                "metrics": "http://127.0.0.1:9001/metrics",
            }
        },
        "mail": "maildir:/srv/mail",
        "clock": "2026-11-23T08:00Z",
    }
    assert list(tmp_path.iterdir()) == [places.run_file]


def test_run_file_of_a_killed_house_can_be_removed_and_a_missing_one_too(tmp_path: Path) -> None:
    places = Places.under(tmp_path)
    places.run_file.write_text("{}")

    remove_run_file(places)
    remove_run_file(places)

    assert not places.run_file.exists()
