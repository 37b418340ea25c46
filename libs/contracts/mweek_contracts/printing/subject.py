"""Spells out the subject of a message for people: the fields that its varying tokens come from."""

from __future__ import annotations

from mweek_contracts.catalogue import CatalogueEntry


def spelled_subject(entry: CatalogueEntry) -> str:
    """Return the subject with a field for each token that varies, e.g. `evt.<location>.<week>.audit-passed.v1`."""
    example = entry.message.model_validate_json(entry.example())
    fields = {str(getattr(example, name)): f"<{name}>" for name in reversed(type(example).model_fields)}
    tokens = zip(entry.subject.split("."), example.subject.split("."), strict=True)
    return ".".join(fields[spoken] if token == "*" else token for token, spoken in tokens)  # noqa: S105  a wildcard
