"""Finds the databases of the services: as given, by environment variable, or where a house keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from mweek_contracts.streams import CONSUMERS
from mweek_outbox import Database, open_database
from sqlalchemy.exc import DBAPIError

SERVICES: Final = tuple(dict.fromkeys(spec.service for spec in CONSUMERS))


class UnusableDatabaseError(ValueError):
    """A database that was named cannot be used; the text says what to do."""


def find_databases(given: Mapping[str, str], environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the URL of each service's database that can be found.

    Args:
        given: by service, as on the command line.
        environment: may have `MWEEK_<SERVICE>_DATABASE_URL`.
        folder: has `<service>.sqlite3` where a service uses its default; a file that is not there is not created.

    Raises:
        UnusableDatabaseError: a service is named that there is not.
    """
    for service in given:
        if service not in SERVICES:
            raise UnusableDatabaseError(f"there is no service {service}; there are: {', '.join(SERVICES)}")
    found = {}
    for service in SERVICES:
        url = given.get(service) or environment.get(f"MWEEK_{service.upper()}_DATABASE_URL")
        file = folder / f"{service}.sqlite3"
        if url:
            found[service] = url
        elif file.exists():
            found[service] = f"sqlite:///{file}"
    return found


@contextmanager
def opened(urls: Mapping[str, str]) -> Iterator[dict[str, Database]]:
    """Open databases, and close them at the end.

    Raises:
        UnusableDatabaseError: one is not there, not reachable, or not at the schema of this version.
    """
    with ExitStack() as stack:
        databases = {}
        for service, url in urls.items():
            _require_file(service, url)
            try:
                database = open_database(url)
                stack.callback(database.close)
                _require_schema(service, database)
            except (DBAPIError, ValueError) as error:
                raise UnusableDatabaseError(f"the database of {service} cannot be used: {error}") from error
            databases[service] = database
        yield databases


def _require_file(service: str, url: str) -> None:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise UnusableDatabaseError(f"the database of {service} is not there: {parsed.database}")


def _require_schema(service: str, database: Database) -> None:
    with database.read() as session:
        inspector = sa.inspect(session.connection())
        columns = {column["name"] for column in inspector.get_columns("stream_seen")} if _has(inspector) else set()
    if "acceptances" not in columns:
        raise UnusableDatabaseError(
            f"the database of {service} is not at the schema of this version: run `mweek-{service} migrate`"
        )


def _has(inspector: sa.Inspector) -> bool:
    return inspector.has_table("stream_seen")
