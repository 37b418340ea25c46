"""A fleet file as columns: which reader it needs, and what its entries say of each other."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mweek_contracts.columns.column import Columns, Doubt, are_tokens, ensure
from mweek_contracts.rules import LARGEST_FLEET_FILE

if TYPE_CHECKING:
    from mweek_contracts.columns.customer import PlainCustomer

CSV: Final = ".csv"
JSON_LINES: Final = ".jsonl"


class FleetColumns(NamedTuple):
    """The machines of a fleet file, at least one, and its customers, in the order of the file.

    `machines` has a column for each field of a machine, empty or left out where every machine has the default; labels
    are sorted pairs.
    """

    machines: Mapping[str, Sequence[Any]]
    customers: Sequence[PlainCustomer]
    other_customers: Sequence[object]
    """Customers that say more than `PlainCustomer` has room for, as they stand in the file: nobody has checked more of
    them than their names. The file is right when `CustomerFields` takes each."""


def read_columns(path: str, *, location: str) -> FleetColumns | None:
    """Return a fleet that is plainly right, None for one that `mweek_contracts.documents` has to read.

    Args:
        path: a file; others than CSV and JSON Lines are None.
        location: whose fleet it is; where the file names one too, both must agree.
    """
    try:
        return _read(path, location)
    # An unreadable file, text that is not UTF-8 or not JSON, nested too deep; values of kinds that no column can hold.
    except (Doubt, OSError, ValueError, RecursionError, TypeError):
        return None


def _read(path: str, location: str) -> FleetColumns:
    suffix = os.path.splitext(path)[1].lower()
    ensure(suffix in (CSV, JSON_LINES) and are_tokens([location]))
    status = os.stat(path)
    # What is no file can be read once only, and that is for the other reader.
    ensure(stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST_FLEET_FILE[suffix])
    machines, owners = _contents(suffix, path, location)
    ensure(len(machines["name"]) > 0)
    plain, others = _customers(owners) if owners else ([], [])
    _check_references(machines, [*(customer.name for customer in plain), *map(_name, others)])
    return FleetColumns(machines, plain, others)


def _customers(owners: list[object]) -> tuple[list[PlainCustomer], list[object]]:
    from mweek_contracts.columns.customer import plain_customer

    customers = list(map(plain_customer, owners))
    others = [owner for owner, customer in zip(owners, customers, strict=True) if customer is None]
    return [customer for customer in customers if customer is not None], others


def _contents(suffix: str, path: str, location: str) -> tuple[Columns, list[object]]:
    if suffix == CSV:
        from mweek_contracts.columns.csv_text import read_csv

        return read_csv(path), []
    from mweek_contracts.columns.json_lines import read_json_lines

    return read_json_lines(path, location)


def _name(customer: object) -> str:
    ensure(isinstance(customer, dict))
    name = customer.get("customer") if isinstance(customer, dict) else None
    ensure(are_tokens([name]))
    return str(name)


def _check_references(machines: Columns, customers: Sequence[str]) -> None:
    hosts = machines.get("host")
    if hosts:
        ensure("physical" not in set(compress(machines["kind"], hosts)))
        physical = compress(machines["name"], map("physical".__eq__, machines["kind"]))
        ensure((set(hosts) - {None}).issubset(physical))
    names = set(customers)
    ensure(len(names) == len(customers))
    if customers and "customer" in machines:
        ensure(set(machines["customer"]) - {None} <= names)
