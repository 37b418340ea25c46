"""The command `mweek-inventory` beside the service: what it prints, and its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from mweek_contracts.documents import read_fleet
from mweek_contracts.records import CustomerV1, MachineRemovedV1, MachineV1
from mweek_inventory.__main__ import main
from mweek_outbox import open_database

from tests.support.inventory import said

REFERENCE = Path(__file__).parents[2] / "deploy/reference"
HOSTS = "name,kind,role,environment\nkyle00,physical,kvm-host,internal\nkyle01,physical,kvm-host,internal\n"


@dataclass(frozen=True, slots=True)
class Result:
    """What a command came to."""

    code: int
    out: str
    talk: str


Command = Callable[..., Result]


@pytest.fixture
def command(
    empty_database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Command:
    """Gives commands on a database of its own, from a folder of its own."""
    monkeypatch.setenv("MWEEK_INVENTORY_DATABASE_URL", empty_database)
    monkeypatch.chdir(tmp_path)

    def give(*arguments: str) -> Result:
        code = main(arguments)
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err.strip())

    return give


@pytest.fixture
def migrated(command: Command) -> Command:
    """The same, after the database was brought to its schema."""
    assert command("migrate").code == 0
    return command


def write(name: str, text: str) -> str:
    """Write a file into the folder of the test."""
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_database_without_schema_is_refused_with_the_remedy(command: Command) -> None:
    """Nothing is created behind the operator's back."""
    result = command("import", write("hosts.csv", HOSTS), "--location", "rzob")
    assert result.code == 1
    assert "run `mweek-inventory migrate`" in result.talk


def test_migrating_twice_is_migrating_once(migrated: Command) -> None:
    """So that every start may begin with it."""
    assert migrated("migrate") == Result(0, "", "")


def test_file_is_imported_and_again_changes_nothing(migrated: Command) -> None:
    """The counts tell both."""
    file = write("hosts.csv", HOSTS)
    first = migrated("import", file, "--location", "rzob")
    assert first.talk == "rzob: machines 2 put, 0 removed, 0 unchanged; customers 0 put, 0 removed, 0 unchanged"
    again = migrated("import", file, "--location", "rzob")
    assert again.talk == "rzob: machines 0 put, 0 removed, 2 unchanged; customers 0 put, 0 removed, 0 unchanged"


def test_machines_that_the_file_does_not_name_are_removed_unless_they_are_kept(
    migrated: Command, empty_database: str
) -> None:
    """A fleet file is the whole location, unless it is said to be a part of it."""
    migrated("import", write("hosts.csv", HOSTS), "--location", "rzob")
    one = write("one.csv", "name,kind,role,environment,host\nvm00,virtual,litmus,test,kyle01\n")
    kept = migrated("import", one, "--location", "rzob", "--keep-missing")
    assert kept.talk == "rzob: machines 1 put, 0 removed, 0 unchanged; customers 0 put, 0 removed, 0 unchanged"
    alone = write("alone.csv", "name,kind,role,environment\nkyle01,physical,kvm-host,internal\n")
    replaced = migrated("import", alone, "--location", "rzob")
    assert replaced.talk == "rzob: machines 0 put, 2 removed, 1 unchanged; customers 0 put, 0 removed, 0 unchanged"
    database = open_database(empty_database)
    removed = [message.name for message in said(database) if isinstance(message, MachineRemovedV1)]
    database.close()
    assert removed == ["kyle00", "vm00"]


def test_host_that_would_be_removed_is_no_host(migrated: Command) -> None:
    """Without --keep-missing only the file counts."""
    migrated("import", write("hosts.csv", HOSTS), "--location", "rzob")
    one = write("one.csv", "name,kind,role,environment,host\nvm00,virtual,litmus,test,kyle01\n")
    result = migrated("import", one, "--location", "rzob")
    assert (result.code, result.talk) == (1, "one.csv:2: host: no machine is named kyle01")


def test_host_of_another_location_is_no_host(migrated: Command) -> None:
    """The file alone says which location it is about, so this is seen by the import itself."""
    migrated("import", write("hosts.csv", HOSTS), "--location", "whq")
    guest = {"name": "vm00", "kind": "virtual", "role": "litmus", "environment": "test", "host": "kyle01"}
    lines = json.dumps({"location": "rzob"}) + "\n" + json.dumps({"machine": guest})
    result = migrated("import", write("one.jsonl", lines), "--keep-missing")
    assert (result.code, result.talk) == (1, "one.jsonl: machines[0].host: no machine of rzob is named kyle01")


def test_customer_that_another_location_brought_is_known(migrated: Command) -> None:
    """A file of machines alone may name it."""
    migrated("import", str(REFERENCE / "whq.yaml"))
    rows = "name,kind,role,environment,customer\nvm00,virtual,customer,test,{}\n"
    good = migrated("import", write("good.csv", rows.format("seehafen")), "--location", "rzob")
    bad = migrated("import", write("bad.csv", rows.format("seehaven")), "--location", "rzob")
    assert good.code == 0
    assert bad.talk == "bad.csv:2: customer: no customer is named seehaven; did you mean seehafen?"


def test_file_without_machines_does_not_empty_a_location(migrated: Command) -> None:
    """An export that failed half-way looks just so."""
    migrated("import", write("hosts.csv", HOSTS), "--location", "rzob")
    result = migrated("import", write("none.yaml", "location: rzob\nmachines: []\n"))
    assert (result.code, result.talk) == (
        1,
        "none.yaml: names no machine: all 2 of rzob would be removed; remove them by name instead",
    )


@pytest.mark.parametrize("form", ["yaml", "jsonl"])
def test_export_can_be_imported_and_changes_nothing(migrated: Command, form: str) -> None:
    """What comes out is what went in, in either form."""
    migrated("import", str(REFERENCE / "rzob.yaml"))
    exported = migrated("export", "rzob", "--format", form)
    again = migrated("import", write(f"again.{form}", exported.out))
    assert again.talk == "rzob: machines 0 put, 0 removed, 236 unchanged; customers 0 put, 0 removed, 30 unchanged"
    assert len(read_fleet(f"again.{form}").customers) == 30


@pytest.mark.parametrize("form", ["yaml", "jsonl"])
def test_policy_is_imported_exported_and_left_alone_by_files_that_say_nothing_of_it(
    migrated: Command, form: str
) -> None:
    """A CSV file has no place for it."""
    machines = "machines: [{name: kyle00, kind: physical, role: kvm-host, environment: internal}]"
    policy = "policy: {capacity: 40, padding_percent: 10}"
    first = migrated("import", write("fleet.yaml", f"location: rzob\n{policy}\n{machines}\n"))
    assert first.talk == (
        "rzob: machines 1 put, 0 removed, 0 unchanged; customers 0 put, 0 removed, 0 unchanged; policy put"
    )
    migrated("import", write("hosts.csv", HOSTS), "--location", "rzob")
    exported = migrated("export", "rzob", "--format", form)
    said = read_fleet((f"out.{form}", exported.out)).policy
    assert said is not None
    assert (said.capacity, said.padding_percent) == (40, 10)
    assert migrated("import", write(f"again.{form}", exported.out)).talk.endswith("; policy unchanged")


def test_unknown_location_cannot_be_exported_or_rebuilt(migrated: Command) -> None:
    """Those that are known are named."""
    migrated("import", write("hosts.csv", HOSTS), "--location", "rzob")
    sentence = "no machine of a location whq is known; known are: rzob"
    assert migrated("export", "whq") == Result(1, "", sentence)
    assert migrated("rebuild", "--location", "whq") == Result(1, "", sentence)


def test_rebuild_says_the_records_of_all_locations_and_customers_once(migrated: Command, empty_database: str) -> None:
    """Customers belong to no location."""
    migrated("import", str(REFERENCE / "whq.yaml"))
    migrated("import", write("hosts.csv", HOSTS), "--location", "rzob")
    assert migrated("rebuild").talk == "45 records will be published again"
    database = open_database(empty_database)
    everything = said(database)
    database.close()
    assert sum(isinstance(message, MachineV1) for message in everything) == 2 * 42
    assert sum(isinstance(message, CustomerV1) for message in everything) == 2 * 3


def test_wrong_setting_is_named(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the variable that it stands in."""
    monkeypatch.setenv("MWEEK_INVENTORY_HTTP_PORT", "99999")
    result = command("export", "rzob")
    assert (result.code, result.talk) == (1, "MWEEK_INVENTORY_HTTP_PORT: is 99999, more than 65535")


def test_wrong_call_is_exit_code_two(command: Command) -> None:
    """As every command line does."""
    with pytest.raises(SystemExit) as caught:
        command("import")
    assert caught.value.code == 2


def test_asyncapi_document_names_what_is_heard_and_said(command: Command) -> None:
    """From the very routes that the service runs."""
    document = json.loads(command("asyncapi").out)
    assert document["asyncapi"] == "3.0.0"
    assert set(document["components"]["messages"]) == {
        "PutRecordsV1",
        "RebuildRecordsV1",
        "MachineV1",
        "MachineRemovedV1",
        "CustomerV1",
        "CustomerRemovedV1",
        "LocationPolicyV1",
        "LocationPolicyRemovedV1",
        "FleetImportedV1",
        "FleetRefusedV1",
        "CommandRefusedV1",
        "DeadLetterV1",
    }


def test_start_on_a_database_that_cannot_be_used_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    (tmp_path / "inventory.sqlite3").mkdir()
    url = f"sqlite:///{tmp_path}/inventory.sqlite3"
    environment = {**os.environ, "MWEEK_INVENTORY_DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-m", "mweek_inventory", "run"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"{url}: its file cannot be opened. Look at the disk, the folder ")
    assert "Traceback" not in done.stderr
