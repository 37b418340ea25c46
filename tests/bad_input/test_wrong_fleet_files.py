"""Fleet files that are wrong, each with the errors that it gets. `pytest --accept` writes the errors anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from mweek_contracts.columns.fleet import read_columns
from mweek_contracts.documents import DocumentError, read_fleet
from mweek_inventory.bootstrap import FRAME, desk
from mweek_inventory.offline import Desk
from mweek_inventory.settings import InventorySettings
from mweek_outbox import migrate, open_database
from mweek_outbox.rows import OutboxRow
from sqlmodel import select

from tests.support.golden import Golden

FOLDER = Path(__file__).parent / "fleets"
FILES = sorted(path.name for path in FOLDER.iterdir() if path.suffix != ".expected")


def location_for(name: str) -> str | None:
    """Return what is said beside the file: the location of a CSV file, which has no place for it."""
    return "rzob" if name.endswith(".csv") and not name.startswith("no-location") else None


@pytest.mark.parametrize("name", FILES)
def test_wrong_fleet_file_gets_its_errors(name: str, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them at once, each with its line; nothing but a DocumentError leaves the reader."""
    monkeypatch.chdir(FOLDER)
    with pytest.raises(DocumentError) as caught:
        read_fleet(name, location=location_for(name))
    assert all(problem.file == name for problem in caught.value.problems)
    golden.check(FOLDER / f"{name}.expected", f"{caught.value}\n")


@pytest.fixture(scope="module")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An inventory's database that holds nothing."""
    url = f"sqlite:///{tmp_path_factory.mktemp('inventory') / 'inventory.sqlite3'}"
    migrate(url, FRAME.package)
    return url


@pytest.fixture(scope="module")
def inventory_desk(database_url: str) -> Iterator[Desk]:
    """The inventory, as a person uses it."""
    with desk(InventorySettings(database_url=database_url)) as opened:
        yield opened


@pytest.mark.parametrize("name", FILES)
def test_nothing_of_a_wrong_fleet_file_is_imported(name: str, inventory_desk: Desk, database_url: str) -> None:
    """The good entries of the file are not known, and nobody is told of them."""
    with pytest.raises(DocumentError):
        inventory_desk.import_file(FOLDER / name, location=location_for(name), keep_missing=True)
    database = open_database(database_url)
    with database.read() as session:
        assert session.exec(select(OutboxRow)).all() == []
    database.close()
    with pytest.raises(LookupError):
        inventory_desk.export("rzob")


@pytest.mark.parametrize("name", FILES)
def test_reader_of_columns_takes_no_wrong_fleet_file(name: str) -> None:
    """It leaves each to the reader that says what is wrong."""
    assert read_columns(str(FOLDER / name), location=location_for(name) or "rzob") is None or name.startswith("no-loc")


def test_corpus_is_as_large_as_promised() -> None:
    """At least 35 files over all four formats."""
    assert len(FILES) >= 35
    assert {Path(name).suffix for name in FILES} >= {".yaml", ".json", ".jsonl", ".csv"}
