"""Spells out the subjects of a message for people: the fields that their varying tokens come from."""

from __future__ import annotations

from typing import Final

from mweek_contracts.catalogue import CatalogueEntry, RequestEntry

_FIELDS: Final = {
    "rec.customer": ("customer",),
    "rec": ("location", "name"),
    "req": ("location", "machine"),
    "dead": ("service", "handler"),
}
_OF_EVENTS: Final = {"adhoc": ("location", "machine")}
_OF_COMMANDS_AND_WEEKS: Final = ("location", "week")


def spelled_subjects(entry: CatalogueEntry | RequestEntry) -> tuple[str, ...]:
    """Return each subject with a field for each token that varies, e.g. `evt.<location>.<week>.audit-passed.v1`."""
    return tuple(map(_spelled, entry.subjects))


def _spelled(subject: str) -> str:
    tokens = subject.split(".")
    fields = iter(varying_fields(subject))
    return ".".join(f"<{next(fields)}>" if token == "*" else token for token in tokens)  # noqa: S105  a wildcard


def varying_fields(subject: str) -> tuple[str, ...]:
    """Return the names of the fields that the varying tokens of a subject come from, in their order."""
    kind, second, *rest = subject.split(".")
    named = _FIELDS.get(f"{kind}.{second}") or _FIELDS.get(kind) or _OF_EVENTS.get(rest[0]) or _OF_COMMANDS_AND_WEEKS
    return named[: subject.split(".").count("*")]
