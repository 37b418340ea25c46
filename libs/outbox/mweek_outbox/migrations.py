"""Brings a service's database to the schema of its code, with the Alembic migrations inside of its package."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from mweek_outbox.database import Database, open_database


class SchemaOutOfDateError(RuntimeError):
    """The database is not at the schema that the code was written for."""

    def __init__(self, *, current: str | None, head: str, service: str) -> None:
        """Name both revisions and the command that helps."""
        super().__init__(
            f"the database is at schema {current or '(empty)'}, this {service} needs {head}: "
            f"run `mweek-{service} migrate` (or start the version that the database belongs to)"
        )


class SchemaTooNewError(RuntimeError):
    """The database was migrated by a later version; there is no way back but a copy."""

    def __init__(self, *, current: str, service: str) -> None:
        """Name the revision and what helps."""
        super().__init__(
            f"the database is at schema {current}, which this {service} does not know: start the version that the "
            f"database belongs to, or restore the copy from before its upgrade"
        )


def migrate(url: str, package: str) -> None:
    """Bring the database at `url` to the newest schema of a service, in one transaction; creates an absent file.

    Args:
        package: e.g. `mweek_planner`; its migrations are `storage/migrations/versions/*.py` (no `env.py` is needed).

    Raises:
        SchemaTooNewError: a later version was here.
    """
    script = _script_of(package)
    database = open_database(url)
    try:
        current = _current_revision(database)
        if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
            raise SchemaTooNewError(current=current, service=package.removeprefix("mweek_"))
        with database.migrating() as connection:
            _upgrade(connection, script)
    finally:
        database.close()


def schema_revision(url: str, package: str) -> tuple[str | None, str]:
    """Return (the database's revision or None when it has none, the newest revision of the package)."""
    database = open_database(url)
    try:
        return _current_revision(database), newest_revision(package)
    finally:
        database.close()


def newest_revision(package: str) -> str:
    """Return the revision that the migrations of a package lead to."""
    script = _script_of(package)
    head = script.get_current_head()
    if head is None:
        raise RuntimeError(f"{script.dir} has no migrations in its folder 'versions'")
    return head


def require_current_schema(url: str, package: str) -> None:
    """Refuse to work on a database of another schema.

    Raises:
        SchemaOutOfDateError: names both revisions and `mweek-<service> migrate`.
    """
    current, head = schema_revision(url, package)
    if current != head:
        raise SchemaOutOfDateError(current=current, head=head, service=package.removeprefix("mweek_"))


def _script_of(package: str) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", f"{package}.storage:migrations")
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def _current_revision(database: Database) -> str | None:
    with database.read() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def _upgrade(connection: sa.Connection, script: ScriptDirectory) -> None:
    def steps(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs("head", revision)  # noqa: SLF001  as Alembic's own `upgrade`, without an env.py

    config = Config()
    with EnvironmentContext(config, script, fn=steps) as environment:
        # The connection is in a transaction that covers all steps, on SQLite too: half a migration never stands.
        environment.configure(connection=connection, render_as_batch=connection.dialect.name == "sqlite")
        environment.run_migrations()
