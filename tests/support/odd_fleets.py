"""A small fleet file with something odd in it, that one reader could take and another refuse, or read otherwise."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mweek_contracts.columns.column import TEXTS

MACHINES: Final[tuple[Mapping[str, str], ...]] = (
    {"name": "kyle07", "kind": "physical", "role": "kvm-host", "environment": "internal", "hardware_model": "r650"},
    {
        "name": "vm1", "kind": "virtual", "role": "customer", "environment": "test", "customer": "acme",
        "host": "kyle07", "redundancy_group": "acme-web", "profile": "web", "os_release": "25.11",
        "downtime_minutes": "20", "in_service": "false",
    },
    {"name": "vm2", "kind": "virtual", "role": "litmus", "environment": "production"},
)  # fmt: skip
FIELDS: Final = (
    "name", "kind", "role", "environment", "customer", "host", "redundancy_group", *TEXTS, "downtime_minutes",
    "in_service",
)  # fmt: skip

TOKENS: Final = (
    "a", "b-1", "x" * 63, "x" * 64, "-a", "a-", "-", "A", "ä", "a b", "a_b", "٣", "a.b", "a\n", "\n", " a", "a ", "*",
    "", "a\nb", "\ufeffa", "acme",
)  # fmt: skip
WORDS: Final = (
    "25.11", "Müller & Söhne", "x" * 500, "x" * 501, "ä" * 500, " ", "", " x ",
    "\u2028", "a\x00b", "=?utf-8?q?a?=", "a=?",
    "a,b", 'a"b', '"', "a\nb", "a\r\nb", "\r", "\u00a0", "\ud7ff", "😀", "'", "\ufeff", "\x1c", "\x7f",
    "\x85", "\u202e", "a:b",
    '":', "\\", "\\u0061",
)  # fmt: skip
NUMBERS: Final = (
    "0", "15", "10080", "10081", "015", "00", "-0", "-1", "+1", "1.0", "1e1", "1_0", "٣", "¹", " 1", "1 ", "9" * 101,
    "true", "",
)  # fmt: skip
TRUTHS: Final = ("true", "false", "True", "TRUE", "1", "0", "no", " true", "")
CELLS: Final[Mapping[str, Sequence[str]]] = {
    "name": (*TOKENS, "kyle07", "vm1", "vm2"),
    "kind": ("physical", "virtual", "Physical", "physical ", "x", ""),
    "environment": ("production", "test", "internal", "INTERNAL", "x", ""),
    **dict.fromkeys(("role", "customer", "redundancy_group"), TOKENS),
    "host": ("kyle07", "vm1", "vm2", "nobody", "-", "kyle07 ", ""),
    **dict.fromkeys(TEXTS, WORDS),
    "downtime_minutes": NUMBERS,
    "in_service": TRUTHS,
}
"""Cells of a table by field; all of them but the empty one are values of JSON too."""
MANY_LABELS: Final = {f"l{number}": "x" for number in range(51)}
VALUES: Final[Sequence[Any]] = (
    None, True, False, 0, 1, 15, 10_080, 10_081, -1, 1.0, 15.0, 1e30, 10**30, [], {}, ["a"], {"a": "b"}, [[]],
    {"a": {}}, float("nan"), float("inf"), "\ud800",
)  # fmt: skip
LABELS: Final[Sequence[Any]] = (
    {"tier": "front"}, {"tier": "front", "rack": "7"}, {"Tier": "a"}, {"": "a"}, {"a": ""}, {"a": 1}, {"a": None},
    {"a": "x" * 501}, {"a": ["b"]}, MANY_LABELS, dict(list(MANY_LABELS.items())[:50]), {"a": '":'},
)  # fmt: skip

OPS: Final = {"name": "Ops", "email": "ops@acme.example"}
CUSTOMERS: Final[Sequence[Any]] = (
    {"customer": "acme", "contacts": [OPS]},
    {"customer": "acme", "contacts": [{**OPS, "language": "de", "delivery": "per-slot"}], "notice_hours": 0},
    {"customer": "acme", "contacts": [OPS], "timezone": "Asia/Tokyo", "max_parallel": 2},
    {"customer": "acme", "contacts": [OPS], "name": "Müller"},
    {"customer": "acme", "contacts": [OPS], "name": None},
    {"customer": "acme", "contacts": [OPS], "name": "\x00"},
    {"customer": "acme", "contacts": [OPS], "name": 7},
    {"customer": "acme", "contacts": [OPS], "timezone": "Asia"},
    {"customer": "acme", "contacts": [OPS, OPS]},
    {"customer": "acme", "contacts": [OPS, {**OPS, "email": "OPS@acme.example"}]},
    {"customer": "acme", "contacts": [{**OPS, "email": "ops@acme.test"}]},
    {"customer": "acme", "contacts": [{**OPS, "email": "ops@acme"}]},
    {"customer": "acme", "contacts": [{**OPS, "email": None}]},
    {"customer": "acme", "contacts": [{**OPS, "language": "fr"}]},
    {"customer": "acme", "contacts": [{**OPS, "language": ["de"]}]},
    {"customer": "acme", "contacts": [{**OPS, "delivery": None}]},
    {"customer": "acme", "contacts": [{**OPS, "phone": "1"}]},
    {"customer": "acme", "contacts": [{"email": "ops@acme.example"}]},
    {"customer": "acme", "contacts": [OPS] * 51},
    {"customer": "acme", "contacts": []},
    {"customer": "acme", "contacts": OPS},
    {"customer": "acme", "contacts": None},
    {"customer": "acme"},
    {"customer": "Acme", "contacts": [OPS]},
    {"customer": 7, "contacts": [OPS]},
    {"customer": ["acme"], "contacts": [OPS]},
    {"contacts": [OPS]},
    *({"customer": "acme", "contacts": [OPS], "notice_hours": hours} for hours in (True, 12.0, -1, 1_441, "12", None)),
    {"customer": "nobody", "contacts": [OPS]},
    "acme",
    None,
)
FIRST_LINES: Final = (
    '{"location": "rzob"}', '{"location":"rzob"}', '{"location": "rzob"} ', '{"location": "elsewhere"}',
    '{"location": 1}', '{"location": null}', '{"location": "rzob", "location": "rzob"}',
    '{"location": "elsewhere", "location": "rzob"}', " ", "\ufeff", "\ufeff\ufeff",
)  # fmt: skip
REST: Final = '"kind": "virtual", "role": "r", "environment": "test"'
LINES: Final = (
    f'{{"machine": {{"name": "a", {REST}}}}}',
    f'{{"machine": {{"name": "a", {REST}, "name": "b"}}}}',
    f'{{"machine": {{"name": "a", {REST}, "role": "r"}}}}',
    f'{{"machine": {{"name": "a", {REST}, "downtime_minutes": 1, "downtime_minutes": 2}}}}',
    f'{{"machine": {{"name": "a", {REST}}}, "machine": {{}}}}',
    f'{{"machine": {{"name": "a", {REST}}}, "customer": {{}}}}',
    f'{{"machine": {{"name": "a", {REST}, "labels": {{"a": "b", "a": "c"}}}}}}',
    f'{{"machine": {{"name": "a", {REST}, "name" : "b", "profile": ":x"}}}}',
    rf'{{"machine": {{"name": "\u0061", {REST}, "name": "b"}}}}',
    rf'{{"machine": {{"name": "\u0061", {REST}, "profile": "\""}}}}',
    rf'{{"machine": {{"name": "a", {REST}, "profile": "\ud800"}}}}',
    rf'{{"machine": {{"name": "a", {REST}, "profile": "\ud83d\ude00"}}}}',
    f'{{"machine": {{"name": "a", {REST}, "downtime_minutes": -0}}}}',
    f'{{"machine": {{"name": "a", {REST}, "downtime_minutes": {"1" * 5_000}}}}}',
    f'{{"machine": {{"name": "a", {REST}, "nmae": "a"}}}}',
    '{"customer": {"customer": "b", "contacts": [{"name": "b", "name": "b", "email": "ops@b.example"}]}}',
    f'{{"machine": {{"name": "a", {REST}}}}} ',
    f' {{"machine": {{"name": "a", {REST}}}}}',
    f'{{"machine": {{"name": "a", {REST}}}}}\r',
    f'{{"machine": {{"name": "a", {REST}}}}},',
    f'{{"machine": {{"name": "a", {REST}}}}} {{"machine": {{"name": "b", {REST}}}}}',
    '{"machine": ' + "[" * 30 + "]" * 30 + "}",
    "[" * 100_000,
    '{"location": "rzob"}', "", " ", "\x0b", "\u2028", "7", "[]", "null", "{", "{}", '{"machine": {}}',
    '{"machine": []}',
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Oddity:
    """Another value in a field of a machine."""

    row: int
    field: str
    value: Any


def oddities(field: str, values: Iterable[Any]) -> Iterator[Oddity]:
    """Yield each value, in a physical machine and in a virtual one."""
    for value in values:
        yield from (Oddity(row, field, value) for row in (0, 1))


def as_csv(
    odd: Iterable[Oddity], *, quoting: Any = csv.QUOTE_MINIMAL, end: str = "\n", header: Sequence[str] = FIELDS
) -> str:
    """Return the fleet with these oddities as CSV."""
    rows = [dict(machine) for machine in MACHINES]
    for one in odd:
        rows[one.row][one.field] = one.value
    out = io.StringIO()
    writer = csv.writer(out, quoting=quoting, lineterminator=end, escapechar="\\")
    writer.writerow(header)
    writer.writerows([row.get(field, "") for field in header] for row in rows)
    return out.getvalue()


def as_json_lines(
    odd: Iterable[Oddity], *, customers: Iterable[Any] = (), lines: Sequence[str] = (), ascii_only: bool = True
) -> str:
    """Return the fleet with these oddities as JSON Lines, further lines at its end."""
    rows: list[dict[str, Any]] = [dict(machine) for machine in MACHINES]
    rows[1] |= {"downtime_minutes": 20, "in_service": False}
    for one in odd:
        rows[one.row][one.field] = one.value
    entries = [{"machine": row} for row in rows] + [{"customer": customer} for customer in customers]
    return "\n".join([*(json.dumps(entry, ensure_ascii=ascii_only) for entry in entries), *lines])
