"""`mweek` as somebody uses it who has only its help: what it prints where, and how it exits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.house import RunningHouse
from tests.support.small_fleet import write_fleet

pytestmark = pytest.mark.xdist_group("house")

MACHINES = ("acme-test01", "acme-prod01", "globex-prod01")


@pytest.fixture(scope="module")
def fleet_file(house: RunningHouse) -> Path:
    """The fleet of the location `desk`, imported and scheduled for week 49."""
    path = write_fleet(house.var / "desk.yaml", "desk", machines=MACHINES)
    house.mweek_json("fleet", "import", str(path))
    house.mweek_json("week", "schedule", "desk/2026-W49")
    return path


def test_data_goes_to_stdout_and_talk_to_stderr(house: RunningHouse, fleet_file: Path) -> None:
    shown = house.mweek("week", "preview", "2026-W51", "--location", "desk")

    assert shown.returncode == 0
    assert "3 to add, 0 to move, 0 to cancel, 0 cannot be placed. 2 customers would be mailed." in shown.stdout
    assert "Audit passed: 3 machines, 3 windows." in shown.stdout
    assert "Planning desk/2026-W51" in shown.stderr
    assert "Planning" not in shown.stdout


def test_output_in_a_file_has_neither_colours_nor_blanks_at_the_end(house: RunningHouse, fleet_file: Path) -> None:
    shown = house.mweek("week", "show", "desk/2026-W49", "--machines").stdout

    assert "\x1b" not in shown
    assert [line for line in shown.splitlines() if line != line.rstrip()] == []


def test_colours_can_be_forced_and_forbidden(house: RunningHouse, fleet_file: Path) -> None:
    forced = house.mweek("audit", "desk/2026-W49", FORCE_COLOR="1").stdout
    forbidden = house.mweek("audit", "desk/2026-W49", NO_COLOR="1").stdout

    assert "\x1b[1;32m" in forced
    assert "\x1b" not in forbidden


def test_lines_of_a_narrow_terminal_are_not_longer_than_it(house: RunningHouse, fleet_file: Path) -> None:
    shown = house.mweek("week", "show", "desk/2026-W49", "--machines", COLUMNS="80").stdout

    assert max(len(line) for line in shown.splitlines()) <= 80
    assert all(name in shown for name in MACHINES)


def test_why_says_window_phase_and_reason_in_both_zones(house: RunningHouse, fleet_file: Path) -> None:
    shown = house.mweek("why", "acme-prod01", "--location", "desk")

    assert shown.returncode == 0
    assert "acme-prod01: customer, production, virtual, customer acme-desk, in desk" in shown.stdout
    assert "UTC" in shown.stdout
    assert "Europe/Berlin" in shown.stdout
    assert "because" in shown.stdout


def test_machine_that_nobody_knows_is_an_error(house: RunningHouse, fleet_file: Path) -> None:
    shown = house.mweek("why", "acme-prod99")

    assert (shown.returncode, shown.stdout) == (1, "")
    assert "there is no machine acme-prod99 in any location" in shown.stderr


def test_week_that_was_not_scheduled_names_those_that_were(house: RunningHouse, fleet_file: Path) -> None:
    shown = house.mweek("week", "show", "desk/2026-W50")

    assert (shown.returncode, shown.stdout) == (1, "")
    assert "desk/2026-W50 has not been scheduled (scheduled weeks: 2026-W49)" in shown.stderr


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("week", "show"), 2, "Missing argument 'WEEK'"),
        (("week", "show", "desk/2026-W49", "--jsn"), 2, "No such option: --jsn"),
        (("week", "show", "desk/2026-W60"), 1, "the year 2026 has no ISO week 60"),
        (("week", "show", "next week"), 1, "'next week' is not an ISO week such as 2026-W49"),
        (("week", "show", "desk/2026-W49", "--location", "whq"), 1, "name two locations"),
        (("week", "diff", "desk/2026-W49", "--to", "7"), 1, "has no revision 7 (there are 1)"),
        (("week", "schedule", "desk/2026-W49", "--pattern", "missing.yaml"), 1, "missing.yaml: cannot be read"),
        (("week", "cancel", "desk/2026-W49"), 2, "Missing option '--reason'"),
        (("fleet", "show", "--location", "nowhere"), 1, "nowhere has no machines; import a fleet with"),
        (("dead", "replay"), 2, "give numbers (see: mweek dead list), or --all"),
        (("dead", "replay", "7"), 1, "there is no dead letter 7"),
    ],
)
def test_mistake_is_named_and_nothing_is_printed_as_data(
    house: RunningHouse, fleet_file: Path, arguments: tuple[str, ...], exit_code: int, said: str
) -> None:
    shown = house.mweek(*arguments)

    assert (shown.returncode, shown.stdout) == (exit_code, "")
    assert said in " ".join(shown.stderr.split())


def test_fleet_file_with_mistakes_names_them_all_and_imports_nothing(house: RunningHouse, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        "location: mistaken\n"
        "machines:\n"
        "  - {name: Web01, kind: virtual, role: customer, environment: test}\n"
        "  - {name: web02, kind: vitrual, role: customer, environment: test}\n"
    )

    shown = house.mweek("fleet", "import", str(bad))
    data = house.mweek_json("fleet", "import", str(bad), exit_code=1)

    assert (shown.returncode, shown.stdout) == (1, "")
    assert f"{bad}:3: machines[0].name: 'Web01' is not a name for the bus" in shown.stderr
    assert f"{bad}:4: machines[1].kind:" in shown.stderr
    assert "nothing was done: 2 problems" in shown.stderr
    assert [(one["line"], one["field"]) for one in data["problems"]] == [
        (3, "machines[0].name"),
        (4, "machines[1].kind"),
    ]
    assert house.mweek("fleet", "show", "--location", "mistaken").returncode == 1


def test_import_counts_what_changed_and_what_did_not(house: RunningHouse) -> None:
    path = write_fleet(house.var / "counted.yaml", "counted", machines=MACHINES)
    first = house.mweek_json("fleet", "import", str(path))
    write_fleet(path, "counted", machines=MACHINES[1:])
    kept = house.mweek_json("fleet", "import", str(path), "--keep-missing")
    second = house.mweek_json("fleet", "import", str(path))
    left = house.mweek_json("fleet", "show", "--location", "counted")

    assert (first["machines_put"], first["machines_removed"]) == (3, 0)
    assert (kept["machines_unchanged"], kept["machines_removed"]) == (2, 0)
    assert (second["machines_unchanged"], second["machines_removed"]) == (2, 1)
    assert [machine["name"] for machine in left["machines"]] == sorted(MACHINES[1:])


def test_watch_tells_a_week_as_lines_of_json_until_it_is_audited(house: RunningHouse, fleet_file: Path) -> None:
    done = house.mweek("week", "watch", "desk/2026-W49", "--until-audited", "--timeout", "60", "--json")

    events = [json.loads(line) for line in done.stdout.splitlines()]
    types = [event["type"] for event in events]
    assert done.returncode == 0
    assert types[:2] == ["windows-assigned.v1", "week-scheduled.v1"]
    assert types.count("notice-sent.v1") == 2
    assert types[-1] == "audit-passed.v1"
    assert {event["format_version"] for event in events} == {1}


def test_watch_ends_by_itself_after_its_time(house: RunningHouse, fleet_file: Path) -> None:
    shown = house.mweek("week", "watch", "desk/2027-W01", "--timeout", "0.5")

    assert (shown.returncode, shown.stdout) == (12, "")


def test_audit_shows_the_verdict_and_exits_by_it(house: RunningHouse, fleet_file: Path) -> None:
    verdict = house.mweek_json("audit", "desk/2026-W49")

    assert (verdict["verdict"], verdict["findings"], verdict["revision"]) == ("passed", [], 1)


def test_no_dead_letters_is_good_news(house: RunningHouse) -> None:
    assert house.mweek("dead", "list").stdout == "No dead letters.\n"
    assert house.mweek_json("dead", "list") == {"dead_letters": []}


def test_location_may_be_left_out_only_where_there_is_one(house: RunningHouse, fleet_file: Path) -> None:
    write_fleet(house.var / "other.yaml", "other", machines=MACHINES)
    house.mweek_json("fleet", "import", str(house.var / "other.yaml"))

    shown = house.mweek("week", "show", "2026-W49")

    assert shown.returncode == 1
    assert "which location? Give --location (one of " in shown.stderr
    assert house.mweek("week", "show", "2026-W49", MWEEK_LOCATION="desk").returncode == 0


def test_house_that_is_up_is_found_without_being_named(house: RunningHouse, fleet_file: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MWEEK_")}
    here = house.var.parent
    assert house.var.name == "var"

    found = subprocess.run(
        [sys.executable, "-m", "mweek", "audit", "desk/2026-W49"],
        cwd=here,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (found.returncode, found.stderr) == (0, "")


def test_help_names_every_command_and_exit_code(house: RunningHouse) -> None:
    shown = house.mweek("--help").stdout

    assert all(name in shown for name in ("up", "fleet", "week", "why", "audit", "dead"))
    assert "11 refused" in shown


def test_completion_knows_the_commands(house: RunningHouse) -> None:
    shown = house.mweek(
        _TYPER_COMPLETE_ARGS="mweek we", _MWEEK_COMPLETE="complete_bash", COMP_WORDS="mweek we", COMP_CWORD="1"
    )

    assert shown.stdout.split() == ["week"]
