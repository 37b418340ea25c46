"""Reads files with everything that may be wrong or special in them; brings pydantic and YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from mweek_contracts.documents import DocumentError, DocumentProblem, built_in_pattern, read_fleet, read_pattern
from mweek_contracts.documents.schema import read_value
from mweek_contracts.fleet import CustomerFields

from mweek_planner.domain.customer import Customer
from mweek_planner.domain.machine import Fleet
from mweek_planner.offline.history import read_history
from mweek_planner.offline.request import OfflineRequest, UnusableFileError, WrittenPattern
from mweek_planner.translation import customer_from, machine_from, pattern_from

_UNNAMED: Final = "unnamed"


def documented_pattern(request: OfflineRequest) -> WrittenPattern:
    """Return the pattern of a file; where there is no such file, the built-in one of that name.

    Raises:
        UnusableFileError: there is neither, or something is wrong with it.
    """
    name = request.pattern
    with _told():
        built_in = None if Path(name).exists() else built_in_pattern(name)
        pattern = built_in or read_pattern(name)
    return WrittenPattern(pattern_from(pattern), pattern.model_dump(mode="json", exclude_none=True))


def documented_fleet(request: OfflineRequest) -> Fleet:
    """Return the fleet of a file; raises UnusableFileError."""
    with _told():
        return _read_fleet(Path(request.fleet), request.location)


def fleet_of(file: str, location: str | None) -> Fleet:
    """Return the fleet of a file that need not say of which location it is; raises UnusableFileError."""
    path = Path(file)
    with _told():
        try:
            return _read_fleet(path, location)
        except DocumentError:
            if location is not None:
                raise
            # With a name to go by it may be right; otherwise the first error is the one to hear of.
            with suppress(DocumentError):
                return _read_fleet(path, _UNNAMED)
            raise


def _read_fleet(path: Path, location: str | None) -> Fleet:
    document = read_fleet(path, location=location)
    if not document.machines:
        raise DocumentError([DocumentProblem(str(path), None, "machines", "there are none: nothing to plan")])
    return Fleet(tuple(map(machine_from, document.machines)), tuple(map(customer_from, document.customers)))


def documented_customers(entries: Sequence[object]) -> tuple[Customer, ...] | None:
    """Return customers that stand in a document by themselves, None where something is wrong with one."""
    values = [read_value(CustomerFields, entry)[0] for entry in entries]
    return None if None in values else tuple(customer_from(value) for value in values if value is not None)


def documented_history(request: OfflineRequest) -> Mapping[str, int]:
    """Return how often each machine was early in the past plans of a file; raises UnusableFileError."""
    if request.history is None:
        return {}
    with _told():
        return read_history(Path(request.history), location=request.location, before=request.week)


@contextmanager
def _told() -> Iterator[None]:
    """Let what is wrong with a document leave as what the caller knows."""
    try:
        yield
    except DocumentError as error:
        raise UnusableFileError(str(error)) from None
