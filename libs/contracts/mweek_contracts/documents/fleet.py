"""Reads a fleet file: the policy, customers and machines of a location, from YAML, JSON, JSON Lines or CSV."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mweek_contracts.documents.csv_text import read_csv
from mweek_contracts.documents.entry import Contents, Entry, EntryModel, Spot
from mweek_contracts.documents.json_lines import read_json_lines
from mweek_contracts.documents.json_text import read_json
from mweek_contracts.documents.located import Located
from mweek_contracts.documents.problem import ProblemLog
from mweek_contracts.documents.references import Placed, Surroundings, check_references
from mweek_contracts.documents.scalars import typed
from mweek_contracts.documents.schema import read_value
from mweek_contracts.documents.source import Source, SourceText, read_source
from mweek_contracts.documents.yaml_text import read_yaml
from mweek_contracts.fields import TOKEN_PATTERN
from mweek_contracts.fleet import CustomerFields, MachineFields
from mweek_contracts.policy import LocationPolicyFields
from mweek_contracts.rules import LARGEST_FLEET_FILE
from mweek_contracts.strictness import unknown_field
from mweek_contracts.wording import shown

_SECTIONS: Final = ("location", "policy", "customers", "machines")
_LISTS: Final[Mapping[str, EntryModel]] = {"customers": CustomerFields, "machines": MachineFields}


@dataclass(frozen=True, slots=True)
class FleetDocument:
    """The customers and machines of one location, in the order of the document, and its policy where it has one."""

    location: str
    customers: tuple[CustomerFields, ...]
    machines: tuple[MachineFields, ...]
    policy: LocationPolicyFields | None = None


def read_fleet(
    source: Source,
    *,
    location: str | None = None,
    known_customers: Collection[str] | None = None,
    known_hosts: Collection[str] = (),
) -> FleetDocument:
    """Read a fleet file and check all of it, references included.

    Args:
        source: a path, or (name, text); the suffix (.yaml, .yml, .json, .jsonl, .csv) says the format.
        location: for documents that name none; where one does, both must agree.
        known_customers: customers that machines may name beside those of the document. None: nothing is known of
            others, and a document without customers may name any.
        known_hosts: physical machines of the location that virtual ones may name as host beside those of the document.

    Raises:
        DocumentError: with everything that is wrong.
    """
    text = read_source(source, LARGEST_FLEET_FILE)
    log = text.log()
    contents = _contents(text, log)
    customers: list[Placed[CustomerFields]] = []
    machines: list[Placed[MachineFields]] = []
    policy: LocationPolicyFields | None = None
    broken: set[str] = set()
    for entry in contents.entries:
        fields = _fields(entry, log)
        if isinstance(fields, MachineFields):
            machines.append(Placed(fields, entry.spot))
        elif isinstance(fields, CustomerFields):
            customers.append(Placed(fields, entry.spot))
        elif isinstance(fields, LocationPolicyFields):
            if policy is not None:
                log.add(
                    "stands twice: a location has one policy", line=entry.spot.line_of(), field=entry.spot.name_of()
                )
            policy = fields
        else:
            broken.update(entry.names())
    check_references(customers, machines, Surroundings(known_customers, known_hosts, broken), log)
    chosen = _location(contents, location, log)
    log.raise_if_any()
    return FleetDocument(chosen, tuple(c.fields for c in customers), tuple(m.fields for m in machines), policy)


def _contents(text: SourceText, log: ProblemLog) -> Contents:
    if text.suffix == ".csv":
        return read_csv(text, log)
    if text.suffix == ".jsonl":
        return read_json_lines(text, log)
    if text.suffix == ".json":
        return _sections(read_json(text), log, textual=False)
    return _sections(read_yaml(text), log, textual=True)


def _sections(document: Located, log: ProblemLog, *, textual: bool) -> Contents:
    """Return the contents of a document that is one mapping; `textual`: its scalars are not typed yet."""
    data = document.data
    if not isinstance(data, dict):
        log.add("is not a mapping with location, policy, customers and machines", line=document.line_of(()))
        raise log.error()
    for key in data:
        if key not in _SECTIONS:
            log.add(unknown_field(key, _SECTIONS), line=document.line_of((key,)), place=(key,))
    entries = _listed(document, data, log, textual=textual)
    return Contents(data.get("location"), lambda: document.line_of(("location",)), entries)


def _listed(document: Located, data: dict[str, object], log: ProblemLog, *, textual: bool) -> Iterator[Entry]:
    if (policy := data.get("policy")) is not None:
        fields = typed(LocationPolicyFields, policy) if textual else policy
        yield Entry(LocationPolicyFields, fields, Spot(("policy",), document.line_of))
    for key, model in _LISTS.items():
        items = data.get(key)
        if items is None:
            continue
        if not isinstance(items, list):
            log.add("is not a list", line=document.line_of((key,)), place=(key,))
            continue
        for index, item in enumerate(items):
            yield Entry(model, typed(model, item) if textual else item, Spot((key, index), document.line_of))


def _fields(entry: Entry, log: ProblemLog) -> MachineFields | CustomerFields | LocationPolicyFields | None:
    fields, problems = read_value(entry.model, entry.data)
    for inner, text in problems:
        log.add(text, line=entry.spot.line_of(*inner), field=entry.spot.name_of(*inner))
    return fields


def _location(contents: Contents, given: str | None, log: ProblemLog) -> str:
    """Return the location of a document, after adding to the log what is wrong with it."""
    location = given if contents.location is None else contents.location
    if location is None:
        log.add("names no location, and none was given with it")
        return ""
    text = ""
    if not isinstance(location, str):
        text = "is not text"
    elif not re.fullmatch(TOKEN_PATTERN, location):
        text = f"{shown(location)} is not a name for the bus: lower-case letters, digits and inner hyphens"
    elif given is not None and location != given:
        text = f"is {location}, but {given} was given"
    if text:
        log.add(text, line=None if contents.location is None else contents.location_line(), place=("location",))
    return str(location)
