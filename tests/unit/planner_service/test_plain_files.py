"""The reader of columns beside the reader of documents: what the one takes the other takes too, and for the same fleet.

Where a value is odd it is one that somebody could take for good; the pools below are what the two could disagree about.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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

TOKEN_CELLS = (
    "a",
    "kyle07",
    "b-1",
    "x" * 63,
    "x" * 64,
    "-a",
    "a-",
    "A",
    "ä",
    "a b",
    "a_b",
    "٣",
    "a.b",
    "a\n",
    "\n",
    " a",
)
TEXT_CELLS = (
    "25.11", "r640", "Müller & Söhne", "x" * 500, "x" * 501, " ", "\u2028", "a\x00b", "=?utf-8?q?a?=", "a,b", 'a"b',
    "a\nb", "\u00a0", "\ud7ff", "😀", "'", "\ufeff", "\x1c", "\x85",
)  # fmt: skip
NUMBER_CELLS = ("0", "15", "10080", "10081", "015", "-1", "+1", "1.0", "1e1", "٣", "¹", " 1", "99999999999", "true")
TRUTH_CELLS = ("true", "false", "True", "1", "no", " true")
GOOD = {"name": "kyle07", "kind": "physical", "role": "router", "environment": "internal"}
CELLS: dict[str, Sequence[str]] = {
    "name": TOKEN_CELLS,
    "kind": ("physical", "virtual", "Physical", "x"),
    "environment": ("production", "test", "internal", "INTERNAL"),
    **dict.fromkeys(("role", "customer", "redundancy_group"), TOKEN_CELLS),
    "host": ("kyle07", "a", "b-1", "nobody", "-"),
    **dict.fromkeys(TEXTS, TEXT_CELLS),
    "downtime_minutes": NUMBER_CELLS,
    "in_service": TRUTH_CELLS,
    "label:tier": TEXT_CELLS,
    "label:rack": TEXT_CELLS,
    "label:-": ("a",),
    "labels": ("a",),
    "nmae": ("a",),
}


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


def mostly(good: str, cells: Sequence[str]) -> st.SearchStrategy[str]:
    """Return a strategy for a cell that is mostly good: in a row of odd cells each would hide the others."""
    return st.integers(0, 7).flatmap(lambda dice: st.sampled_from(cells) if dice == 0 else st.just(good))


@st.composite
def csv_text(draw: st.DrawFn) -> str:
    """Draw a table of machines, odd here and there."""
    columns = draw(st.lists(st.sampled_from(sorted(CELLS)), unique=True, min_size=3, max_size=6))
    header = list(dict.fromkeys([*GOOD, *columns])) if draw(st.integers(0, 9)) else columns
    out = io.StringIO()
    quoting = draw(st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONE)))
    end = draw(st.sampled_from(("\n", "\n", "\r\n", "\r", "\n\n")))
    writer = csv.writer(out, quoting=quoting, lineterminator=end, escapechar="\\", quotechar='"')
    writer.writerow(header)
    for number in range(draw(st.integers(0, 4))):
        name = f"vm{number}" if number else "kyle07"
        row = {**dict.fromkeys(header, ""), **GOOD, "kind": "virtual" if number else "physical", "name": name}
        cells = [draw(mostly(row[column], CELLS[column])) for column in header]
        writer.writerow(cells[: draw(st.sampled_from((len(cells),) * 9 + (len(cells) - 1,)))])
    text = out.getvalue()
    return draw(st.sampled_from(("", "", "", "\ufeff", "\n"))) + (text if draw(st.booleans()) else text.rstrip("\r\n"))


@given(text=csv_text())
def test_csv_is_read_as_the_reader_of_documents_reads_it(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "plain.csv"
    file.write_bytes(text.encode(errors="surrogatepass"))
    agree(file)


ODD_VALUES = (
    None,
    True,
    False,
    0,
    1,
    15,
    1.0,
    15.0,
    -1,
    10_081,
    10**30,
    "",
    "a",
    "15",
    "true",
    [],
    {},
    ["a"],
    {"a": "b"},
)
STRINGS = {
    name: cells for name, cells in CELLS.items() if not name.startswith("label") and name in MachineFields.model_fields
}
LABELS = (
    {},
    {"tier": "front"},
    {"tier": "front", "rack": "7"},
    {"Tier": "a"},
    {"a": ""},
    {"a": 1},
    {"a": "x" * 501},
    None,
)
CUSTOMERS: tuple[Any, ...] = (
    {"customer": "acme", "contacts": [{"name": "Ops", "email": "ops@acme.example"}]},
    {
        "customer": "acme",
        "contacts": [{"name": "Ops", "email": "ops@acme.example", "language": "de"}],
        "notice_hours": 0,
    },
    {"customer": "beta", "contacts": [{"name": "Ops", "email": "ops@beta.example"}], "timezone": "Asia/Tokyo"},
    {"customer": "beta", "contacts": [{"name": "Ops", "email": "ops@beta.example"}], "timezone": "Asia"},
    {"customer": "beta", "contacts": [{"name": "Ops", "email": "a@b.test"}]},
    {"customer": "beta", "contacts": []},
    {"customer": "Beta", "contacts": [{"name": "Ops", "email": "ops@beta.example"}]},
    {"customer": "gamma", "contacts": [{"name": "Ops", "email": "ops@gamma.example"}], "notice_hours": True},
    {"customer": "gamma", "contacts": [{"name": "Ops", "email": "ops@gamma.example"}], "notice_hours": 12.0},
    {"customer": 7, "contacts": [{"name": "Ops", "email": "ops@gamma.example"}]},
    "acme",
)
FIRST_LINES = ('{"location": "rzob"}', '{"location":"rzob"}', '{"location": "elsewhere"}', '{"location": 1}', "", " ")
ODD_LINES = (
    '{"machine": {"name": "a", "kind": "virtual", "role": "r", "environment": "test", "name": "b"}}',
    '{"machine": {"name": "a", "kind": "virtual", "role": "r", "environment": "test", "role": "r"}}',
    '{"machine": {"name": "a", "kind": "virtual", "role": "r", "environment": "test"}, "machine": {}}',
    '{"machine": {"name": "a", "kind": "virtual", "role": "r", "environment": "test", "labels": {"a": "b", "a": "c"}}}',
    r'{"machine": {"name": "\u0061", "kind": "virtual", "role": "r", "environment": "test", "name": "b"}}',
    r'{"machine": {"name": "a", "kind": "virtual", "role": "r", "environment": "test", "profile": "\ud800"}}',
    r'{"machine": {"name": "\u0061", "kind": "virtual", "role": "r", "environment": "test", "profile": "\""}}',
    '{"machine": {"name": "a", "kind": "virtual", "role": "r", "environment": "test", "downtime_minutes": NaN}}',
    '{"customer": {"customer": "b", "contacts": [{"name": "b", "name": "b", "email": "ops@b.example"}]}}',
    '{"customer": {"customer": "b", "contacts": [{"name": "b", "email": "ops@b.example"}], "notice_hours": Infinity}}',
    '{"machine": {"name": "a", "kind": "virtual", "role": "r", "environment": "test"}} ',
    ' {"machine": {"name": "a", "kind": "virtual", "role": "r", "environment": "test"}}',
    '{"machine": {"name": "a", "kind": "virtual", "role": "r", "environment": "test"}}, {"machine": {}}',
    '{"machine": ' + "[" * 30 + "]" * 30 + "}",
    '{"location": "rzob"}', "", " ", "\x0b", "\u2028", "7", "[]", "null", "{",
)  # fmt: skip


@st.composite
def json_lines(draw: st.DrawFn) -> str:
    """Draw machines and customers, odd here and there."""
    lines = [draw(st.sampled_from(FIRST_LINES[:2] * 4 + FIRST_LINES))] if draw(st.booleans()) else []
    ascii_only = draw(st.booleans())
    for number in range(draw(st.integers(0, 4))):
        machine: dict[str, Any] = dict(GOOD) if not number else {**GOOD, "name": f"vm{number}", "kind": "virtual"}
        for field in draw(st.lists(st.sampled_from(sorted(MachineFields.model_fields)), max_size=3)):
            odd = st.sampled_from(ODD_VALUES)
            machine[field] = draw(
                st.sampled_from(LABELS) if field == "labels" else st.sampled_from(STRINGS[field]) | odd
            )
        if not draw(st.integers(0, 9)):
            machine["nmae"] = "a"
        lines.append(json.dumps({"machine": machine}, ensure_ascii=ascii_only))
    owners = draw(st.lists(st.sampled_from(CUSTOMERS), max_size=3))
    lines += [json.dumps({"customer": owner}, ensure_ascii=ascii_only) for owner in owners]
    if not draw(st.integers(0, 3)):
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(ODD_LINES)))
    return draw(st.sampled_from(("\n", "\n", "\r\n"))).join(lines) + draw(st.sampled_from(("", "\n", "\n\n")))


@given(text=json_lines())
def test_json_lines_are_read_as_the_reader_of_documents_reads_them(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "plain.jsonl"
    file.write_bytes(text.encode(errors="surrogatepass"))
    agree(file)


def test_large_fleets_are_plain(tmp_path: Path) -> None:
    """What they are read as columns for."""
    fleet = synthetic_fleet(700)
    assert agree(fleet.write_csv(tmp_path / "fleet.csv"))
    assert agree(fleet.write_json_lines(tmp_path / "fleet.jsonl"))


PLAIN_FILES = {
    "quoted.csv": 'name,kind,role,environment,profile\na,virtual,r,test,"x, y"\n"b",virtual,r,test,"a ""b"""\n',
    "windows.csv": "\ufeffname,kind,role,environment\r\na,virtual,r,test\r\n",
    "empty-lines.csv": "\n\nname,kind,role,environment\n\na,virtual,r,test\n\n",
    "labels.csv": "label:tier,name,kind,role,environment,label:rack\nfront,a,virtual,r,test,\n,b,virtual,r,test,7\n",
    "numbers.csv": "name,role,kind,environment,in_service,downtime_minutes\na,r,virtual,test,false,0\n",
    "no-end.CSV": "name,kind,role,environment\na,virtual,r,test",
    "customers.jsonl": "\n".join(json.dumps({"customer": owner}) for owner in (CUSTOMERS[0], CUSTOMERS[2]))
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
