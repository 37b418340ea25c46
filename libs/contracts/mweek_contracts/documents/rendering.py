"""Writes fleet documents: YAML for people, JSON Lines for large fleets; what is as it would be anyway is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from mweek_contracts.documents.fleet import FleetDocument
from mweek_contracts.fleet import CustomerFields, MachineFields
from mweek_contracts.policy import LocationPolicyFields

# Words that some reader of YAML takes for something else than text, and so are quoted although ours would not.
_WORDS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_PLAIN: Final = re.compile(r"[A-Za-zÄÖÜäöüß][\w .+/@()-]*[\w.+)]|[A-Za-zÄÖÜäöüß]")


def render_yaml(document: FleetDocument) -> Iterator[str]:
    """Yield the lines of a YAML document that `read_fleet` reads as the same."""
    yield f"location: {document.location}"
    if document.policy is not None:
        yield ""
        yield from _yaml_policy(document.policy)
    for name, entries in (("customers", document.customers), ("machines", document.machines)):
        yield ""
        yield f"{name}:" if entries else f"{name}: []"
        for entry in entries:
            yield from yaml_entry(entry)


def render_json_lines(document: FleetDocument) -> Iterator[str]:
    """Yield the lines of a JSON Lines document that `read_fleet` reads as the same."""
    yield json.dumps({"location": document.location})
    if document.policy is not None:
        yield f'{{"policy": {document.policy.model_dump_json(exclude_defaults=True)}}}'
    for key, entries in (("customer", document.customers), ("machine", document.machines)):
        for entry in entries:
            yield f'{{"{key}": {entry.model_dump_json(exclude_defaults=True)}}}'


def yaml_entry(entry: CustomerFields | MachineFields) -> Iterator[str]:
    """Yield the lines of one machine or customer, as an item of its list."""
    lead = "  - "
    for key, value in entry.model_dump(mode="json", exclude_defaults=True).items():
        if isinstance(value, list):
            yield f"{lead}{key}:"
            yield from (f"      - {_flow(item)}" for item in value)
        else:
            yield f"{lead}{key}: {_flow(value)}"
        lead = "    "


def _yaml_policy(policy: LocationPolicyFields) -> Iterator[str]:
    said = policy.model_dump(mode="json", exclude_defaults=True)
    yield "policy:" if said else "policy: {}"
    yield from (f"  {key}: {_flow(value)}" for key, value in said.items())


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and value.lower() not in _WORDS else _quoted(value)
    return json.dumps(value)


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08X}" for char in quoted)
