"""Checks what the entries of a fleet file say of each other: names once, hosts and customers that exist."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Generic, TypeVar

from mweek_contracts.documents.entry import Spot
from mweek_contracts.documents.problem import ProblemLog
from mweek_contracts.fleet import CustomerFields, Kind, MachineFields

Fields = TypeVar("Fields", MachineFields, CustomerFields)

MOST_COMPARED: Final = 2_000
"""Names that a wrong one is compared with for a suggestion: more would make a file of wrong names slow to refuse."""


@dataclass(frozen=True, slots=True)
class Placed(Generic[Fields]):
    """A machine or customer and where it stands."""

    fields: Fields
    spot: Spot


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What exists beside the entries that could be read; customers None: nobody knows."""

    customers: Collection[str] | None
    hosts: Collection[str]
    broken: Collection[str]
    """Names in entries that have errors of their own: who refers to them need not hear of it."""


def check_references(
    customers: list[Placed[CustomerFields]],
    machines: list[Placed[MachineFields]],
    known: Surroundings,
    log: ProblemLog,
) -> None:
    """Add to the log each name that is given twice, and each host and customer that does not exist."""
    _check_unique(((placed, "customer", placed.fields.customer) for placed in customers), log)
    _check_unique(((placed, "name", placed.fields.name) for placed in machines), log)
    _check_hosts(machines, {*known.hosts, *known.broken}, log)
    if customers or known.customers is not None:
        names = {placed.fields.customer for placed in customers}.union(known.customers or (), known.broken)
        _check_customers(machines, names, log)


def _check_unique(named: Iterable[tuple[Placed[Fields], str, str]], log: ProblemLog) -> None:
    first: dict[str, Placed[Fields]] = {}
    for placed, field, name in named:
        if name in first:
            _complain(placed, field, f"{name} is named twice, first on line {first[name].spot.line_of(field)}", log)
        else:
            first[name] = placed


def _check_hosts(machines: list[Placed[MachineFields]], known: Collection[str], log: ProblemLog) -> None:
    kinds = {placed.fields.name: placed.fields.kind for placed in machines}
    hosts = [name for name, kind in kinds.items() if kind is Kind.PHYSICAL]
    for placed in machines:
        host = placed.fields.host
        if host is None or kinds.get(host) is Kind.PHYSICAL:
            continue
        if kinds.get(host) is Kind.VIRTUAL:
            _complain(placed, "host", f"{host} is virtual: a KVM host is physical", log)
        elif host not in known:
            _complain(placed, "host", f"no machine is named {host}{_suggestion(host, hosts)}", log)


def _check_customers(machines: list[Placed[MachineFields]], names: Collection[str], log: ProblemLog) -> None:
    for placed in machines:
        customer = placed.fields.customer
        if customer is not None and customer not in names:
            _complain(placed, "customer", f"no customer is named {customer}{_suggestion(customer, names)}", log)


def _complain(placed: Placed[Fields], field: str, text: str, log: ProblemLog) -> None:
    log.add(text, line=placed.spot.line_of(field), field=placed.spot.name_of(field))


def _suggestion(name: str, names: Collection[str]) -> str:
    close = get_close_matches(name, names, n=1, cutoff=0.8) if len(names) <= MOST_COMPARED else []
    return f"; did you mean {close[0]}?" if close else ""
