"""The reader of columns beside the reader of documents: what the one takes the other takes too, and for the same fleet.

What the one does not take is no matter here: the other reads it, or says what is wrong with it.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mweek_contracts.columns.column import CHOICES, REQUIRED, TEXTS, TOKENS
from mweek_contracts.columns.customer import NO_PLACES, plain_customer
from mweek_contracts.documents import built_in_pattern, built_in_patterns, read_pattern
from mweek_contracts.documents.schema import read_value
from mweek_contracts.fleet import CustomerFields, Environment, Kind, MachineFields
from mweek_contracts.patterns.plain import PLAIN
from mweek_planner.domain.machine import Fleet
from mweek_planner.offline.documents import documented_fleet
from mweek_planner.offline.plain import pattern_from_plain, plain_fleet
from mweek_planner.offline.request import OfflineRequest, UnusableFileError
from mweek_planner.translation import pattern_from

from tests.benchmarks.synthetic import synthetic_fleet
from tests.support.odd_fleets import (
    CELLS,
    CUSTOMERS,
    FIELDS,
    FIRST_LINES,
    LABELS,
    LINES,
    OPS,
    VALUES,
    Oddity,
    as_csv,
    as_json_lines,
    oddities,
)

UNLIKE = tuple(field for field in FIELDS if field not in TEXTS[1:])
"""One field of each kind is enough for texts."""


def fleet_of(file: Path) -> tuple[Fleet | None, Fleet | None]:
    """Return what the reader of columns and the reader of documents make of a file; None: it does not take it."""
    asked = OfflineRequest(fleet=str(file), location="rzob", week="2026-W49", now=datetime(2026, 11, 23, tzinfo=UTC))
    try:
        documented = documented_fleet(asked)
    except UnusableFileError:
        documented = None
    return plain_fleet(asked), documented


def agree(file: Path) -> bool:
    """Assert that both readers agree wherever the reader of columns takes a file; return whether it does."""
    plain, documented = fleet_of(file)
    if plain is None:
        return False
    assert documented is not None
    assert plain.machines == documented.machines
    assert sorted(plain.customers, key=lambda c: c.name) == sorted(documented.customers, key=lambda c: c.name)
    return True


def write(file: Path, text: str) -> Path:
    """Write a text, lone surrogates and line ends as they are."""
    file.write_bytes(text.encode(errors="surrogatepass"))
    return file


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("field", UNLIKE)
def test_odd_cell_is_read_as_the_reader_of_documents_reads_it(field: str, quoting: int, tmp_path: Path) -> None:
    for odd in oddities(field, CELLS[field]):
        agree(write(tmp_path / "fleet.csv", as_csv([odd], quoting=quoting)))


@pytest.mark.parametrize("column", ["", "label:tier", "label:-", "label:", "labels", "nmae", "name ", "name", "host"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n", "\r\r\n", ",\n"])
def test_odd_header_is_read_as_the_reader_of_documents_reads_it(column: str, end: str, tmp_path: Path) -> None:
    """A column more, which may be there already, and one less."""
    for header in ([*FIELDS, column], [name for name in FIELDS if name != column]):
        for begin in ("", "\ufeff", "\n", "\ufeff\ufeff"):
            agree(write(tmp_path / "fleet.csv", begin + as_csv([], end=end, header=header)))


@pytest.mark.parametrize("field", [*UNLIKE, "labels", "nmae"])
def test_odd_value_is_read_as_the_reader_of_documents_reads_it(field: str, tmp_path: Path) -> None:
    for odd in oddities(field, (*VALUES, *CELLS.get(field, LABELS))):
        for ascii_only in {True, str(odd.value).isascii()}:
            agree(write(tmp_path / "fleet.jsonl", as_json_lines([odd], ascii_only=ascii_only)))


def test_odd_customer_is_read_as_the_reader_of_documents_reads_it(tmp_path: Path) -> None:
    """Alone, beside another one, twice."""
    for customer in CUSTOMERS:
        for customers in ([customer], [customer, customer], [{"customer": "beta", "contacts": [OPS]}, customer]):
            agree(write(tmp_path / "fleet.jsonl", as_json_lines([], customers=customers)))


def test_odd_line_is_read_as_the_reader_of_documents_reads_it(tmp_path: Path) -> None:
    """At the end, at the beginning, and with a customer in the file."""
    for line in (*LINES, *FIRST_LINES):
        for customers in ([], [CUSTOMERS[0]]):
            text = as_json_lines([], customers=customers)
            for together in (f"{text}\n{line}", f"{line}\r\n{text}\r\n", f"{line}{text}"):
                agree(write(tmp_path / "fleet.jsonl", together))


CSV_ODDITIES = st.sampled_from([odd for field, cells in CELLS.items() for odd in oddities(field, cells)])
JSON_ODDITIES = st.sampled_from(
    [odd for field in (*FIELDS, "labels") for odd in oddities(field, (*VALUES, *CELLS.get(field, LABELS)))]
)


@given(odd=st.lists(CSV_ODDITIES, max_size=3), cut=st.integers(0, 200))
def test_odd_table_is_read_as_the_reader_of_documents_reads_it(
    odd: list[Oddity], cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Several odd cells; a piece lost at the end."""
    text = as_csv(odd)
    agree(write(tmp_path_factory.getbasetemp() / "fleet.csv", text[: len(text) - max(0, cut - 100)]))


@given(
    odd=st.lists(JSON_ODDITIES, max_size=2),
    customers=st.lists(st.sampled_from(CUSTOMERS), max_size=1),
    lines=st.lists(st.sampled_from(LINES), max_size=2),
)
def test_odd_lines_are_read_as_the_reader_of_documents_reads_them(
    odd: list[Oddity], customers: list[object], lines: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = as_json_lines(odd, customers=customers, lines=lines)
    agree(write(tmp_path_factory.getbasetemp() / "fleet.jsonl", text))


def test_large_fleets_are_plain(tmp_path: Path) -> None:
    """What they are read as columns for."""
    fleet = synthetic_fleet(700)
    assert agree(fleet.write_csv(tmp_path / "fleet.csv"))
    assert agree(fleet.write_json_lines(tmp_path / "fleet.jsonl"))


BETA = {"customer": "beta", "contacts": [OPS], "timezone": "Asia/Tokyo"}
PLAIN_FILES = {
    "quoted.csv": 'name,kind,role,environment,profile\na,virtual,r,test,"x, y"\n"b",virtual,r,test,"a ""b"""\n',
    "windows.csv": "\ufeffname,kind,role,environment\r\na,virtual,r,test\r\n",
    "empty-lines.csv": "\n\nname,kind,role,environment\n\na,virtual,r,test\n\n",
    "labels.csv": "label:tier,name,kind,role,environment,label:rack\nfront,a,virtual,r,test,\n,b,virtual,r,test,7\n",
    "numbers.csv": "name,role,kind,environment,in_service,downtime_minutes\na,r,virtual,test,false,0\n",
    "no-end.CSV": "name,kind,role,environment\na,virtual,r,test",
    "customers.jsonl": "\n".join(json.dumps({"customer": owner}) for owner in (CUSTOMERS[0], BETA))
    + '\n{"machine": {"name": "a", "kind": "virtual", "role": "r", "environment": "test", "customer": "beta"}}\n',
    "escapes.jsonl": r'{"machine": {"name": "\u0061", "kind": "virtual", "role": "r", "environment": "test"}}',
    "labels.jsonl": '{"location": "rzob"}\n{"machine": {"name": "a", "kind": "virtual", "role": "r", '
    '"environment": "test", "labels": {"tier": "front", "rack": "7"}, "host": null, "in_service": false}}',
}


@pytest.mark.parametrize("name", PLAIN_FILES)
def test_what_is_right_in_an_everyday_way_is_plain(name: str, tmp_path: Path) -> None:
    """Quotes, the line ends of Windows, empty lines; a customer that only the model knows how to read."""
    file = tmp_path / name
    file.write_bytes(PLAIN_FILES[name].encode())
    assert agree(file)


PARTS = st.lists(st.sampled_from(("ops", "a", "7", "x" * 31, "xn", "-")), min_size=1, max_size=3)
ADDRESSES = st.builds(
    lambda local, joint, domain, place: f"{joint.join(local)}@{'.'.join([*domain, place])}",
    PARTS,
    st.sampled_from((".", "_", "-", "--", "+")),
    PARTS,
    st.sampled_from(("example", "de", "museum", "x", "com1", *sorted(NO_PLACES))),
)


@given(address=ADDRESSES)
def test_mail_address_of_a_plain_customer_is_one_for_the_model_too(address: str) -> None:
    customer = {"customer": "acme", "contacts": [{"name": "Ops", "email": address}]}
    if plain_customer(customer) is not None:
        assert read_value(CustomerFields, customer)[0] is not None


def test_columns_are_the_fields_of_the_model() -> None:
    """A new field, or a new kind of machine, has to be taught to the reader of columns."""
    fields = {name: field.is_required() for name, field in MachineFields.model_fields.items()}
    assert set(fields) == {"name", *CHOICES, *TOKENS, *TEXTS, "downtime_minutes", "in_service", "labels"}
    assert {name for name, required in fields.items() if required} == set(REQUIRED)
    assert {"kind": frozenset(map(str, Kind)), "environment": frozenset(map(str, Environment))} == CHOICES
    assert set(CustomerFields.model_fields) == {
        "customer", "name", "contacts", "timezone", "acceptable_windows", "blackouts", "notice_hours", "max_parallel",
    }  # fmt: skip


def test_built_in_patterns_are_kept_as_values() -> None:
    """`make documents` writes them anew; a pattern with all fields is read alike."""
    assert set(PLAIN) == set(built_in_patterns())
    for name, document in PLAIN.items():
        pattern = built_in_pattern(name)
        assert pattern is not None
        assert document == pattern.model_dump(mode="json", exclude_none=True)
        assert pattern_from_plain(document) == pattern_from(pattern)


def test_pattern_of_values_is_that_of_the_model() -> None:
    pattern = read_pattern(("all.yaml", ALL_OF_A_PATTERN))
    assert pattern_from_plain(pattern.model_dump(mode="json", exclude_none=True)) == pattern_from(pattern)


ALL_OF_A_PATTERN = """\
pattern: all
phases:
  - {name: one, opens: mon 00:00, lasts: 1h30m, takes: [
      {select: {role: [a, b], environment: test, kind: [virtual], customer: acme, profile: x, tested: true,
                labels: {tier: front, rack: "7"}}, share: 12.5%, prefer: untested},
      {select: {tested: false}, at_most: 5%}, {select: {}, sample: 1%}, {select: {kind: physical}, count: 3}]}
  - {name: two, opens: sun 22:45, lasts: 75m}
"""

HEAVY = (
    "pydantic",
    "yaml",
    "sqlalchemy",
    "sqlmodel",
    "faststream",
    "structlog",
    "asyncio",
    "email_validator",
    "csv",
    "json",
)
PLAN = ("plan", "--location", "rzob", "--week", "2026-W49", "--now", "2026-11-23T08:00Z")


def test_planning_from_a_plain_file_imports_nothing_heavy(tmp_path: Path) -> None:
    """A thousand machines are planned in less time than pydantic takes to import."""
    fleet = synthetic_fleet(100).write_csv(tmp_path / "fleet.csv")
    program = "import sys; from mweek_planner.__main__ import main; main(sys.argv[1:]); print(*sys.modules)"
    command = [sys.executable, "-c", program, *PLAN, "--fleet", str(fleet), "--format", "csv"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    *lines, modules = done.stdout.splitlines()
    assert len(lines) == 101
    assert set(HEAVY).isdisjoint(modules.split())
