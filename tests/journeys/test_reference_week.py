"""The article's week, end to end: a fleet file goes in, mailed slots and a passed audit come out."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from mweek_contracts.documents import read_fleet

from tests.support.house import REPOSITORY, RunningHouse

pytestmark = pytest.mark.xdist_group("house")

RZOB = REPOSITORY / "deploy/reference/rzob.yaml"
WHQ = REPOSITORY / "deploy/reference/whq.yaml"


@pytest.fixture(scope="module")
def imported(house: RunningHouse) -> dict[str, Any]:
    """What the import of the reference fleet said."""
    return house.mweek_json("fleet", "import", str(RZOB))


@pytest.fixture(scope="module")
def scheduled(house: RunningHouse, imported: dict[str, Any]) -> dict[str, Any]:
    """What scheduling week 49 said, verdict included."""
    assert imported["outcome"] == "imported"
    return house.mweek_json("week", "schedule", "rzob/2026-W49")


@pytest.fixture(scope="module")
def week(house: RunningHouse, scheduled: dict[str, Any]) -> dict[str, Any]:
    """The week as it stands after the audit."""
    assert scheduled["outcome"] == "scheduled"
    return house.mweek_json("week", "show", "rzob/2026-W49")


def test_fleet_is_imported_whole(imported: dict[str, Any]) -> None:
    fleet = read_fleet(RZOB)

    assert (imported["machines_put"], imported["customers_put"]) == (236, len(fleet.customers))


def test_phases_hold_as_many_machines_as_in_the_article(week: dict[str, Any]) -> None:
    assert [phase["machines"] for phase in week["phases"]] == [11, 2, 9, 44, 47, 102, 20, 1]
    assert [phase["opens_at"] for phase in week["phases"]] == [
        "2026-11-30T09:00:00Z",
        "2026-11-30T13:00:00Z",
        "2026-11-30T17:00:00Z",
        "2026-12-01T17:00:00Z",
        "2026-12-02T17:00:00Z",
        "2026-12-03T17:00:00Z",
        "2026-12-05T09:00:00Z",
        "2026-12-05T13:00:00Z",
    ]


def test_every_machine_has_one_window(week: dict[str, Any]) -> None:
    assigned = [window["machine"] for window in week["assignments"]]

    assert (week["windows"], week["unplaced"], week["complete"]) == (236, 0, True)
    assert sorted(assigned) == sorted(machine.name for machine in read_fleet(RZOB).machines)


def test_audit_passed_and_knows_that_all_customers_were_told(week: dict[str, Any]) -> None:
    assert week["audit"]["verdict"] == "passed"
    assert week["audit"]["findings"] == []
    assert week["audit"]["customers_told"] == len(read_fleet(RZOB).customers)


def test_each_contact_is_mailed_exactly_once(house: RunningHouse, week: dict[str, Any]) -> None:
    contacts = [contact.email for customer in read_fleet(RZOB).customers for contact in customer.contacts]

    mailed = Counter(str(mail["To"].addresses[0].addr_spec) for mail in house.mails_to(*_domains(contacts)))

    assert mailed == Counter(contacts)
    assert week["notices"] == {"sent": len(contacts), "skipped": 0, "failed": 0}


def test_mail_names_all_machines_of_its_customer(house: RunningHouse, week: dict[str, Any]) -> None:
    owned = [one["machine"] for one in week["assignments"] if one["customer"] == "acme"]

    (mail,) = house.mails_to("acme.example")

    body = mail.get_body(("plain",))
    assert body is not None
    assert [name for name in owned if name not in body.get_content()] == []


def test_scheduling_again_without_a_change_moves_and_mails_nobody(house: RunningHouse, week: dict[str, Any]) -> None:
    before = len(house.mails())

    again = house.mweek_json("week", "schedule", "rzob/2026-W49")

    assert (again["revision"], again["parent_revision"]) == (week["revision"] + 1, week["revision"])
    assert (again["added"], again["moved"], again["withdrawn"], again["customers_mailed"]) == ([], [], [], [])
    assert again["windows"] == 236
    assert again["audit"]["verdict"] == "passed"
    assert len(house.mails()) == before


def test_second_location_and_second_week_do_not_touch_the_first(house: RunningHouse, week: dict[str, Any]) -> None:
    house.mweek_json("fleet", "import", str(WHQ))
    there = house.mweek_json("week", "schedule", "whq/2026-W49")
    later = house.mweek_json("week", "schedule", "rzob/2026-W51")

    here = house.mweek_json("week", "show", "rzob/2026-W49")

    assert there["windows"] == len(read_fleet(WHQ).machines)
    assert (later["windows"], later["revision"]) == (236, 1)
    assert [there["audit"]["verdict"], later["audit"]["verdict"]] == ["passed", "passed"]
    assert here["assignments"] == week["assignments"]


def test_program_of_the_readme_runs_as_it_stands(house: RunningHouse, week: dict[str, Any]) -> None:
    readme = (REPOSITORY / "libs/client/README.md").read_text()
    program = readme.partition("```python\n")[2].partition("```")[0]

    done = subprocess.run(
        [sys.executable, "-c", program.replace("nats://127.0.0.1:4222", house.nats_url)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "236 windows; audit-passed.v1\n", "")


def _domains(addresses: list[str]) -> set[str]:
    return {address.rpartition("@")[2] for address in addresses}
