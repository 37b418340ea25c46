"""The next release of a service, for tests: the package as it is today, with one more migration."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from mweek_outbox.migrations import newest_revision

REVISION = "the_next"

_MIGRATION = '''"""A remark in every table that another refers to, and a new table."""

import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {before!r}


def upgrade() -> None:
    inspector = sa.inspect(op.get_bind())
    rebuild = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    names = [name for name in inspector.get_table_names() if name != "alembic_version"]
    referred = {{key["referred_table"] for name in names for key in inspector.get_foreign_keys(name)}}
    for name in sorted(referred | {{"inbox"}}):
        with op.batch_alter_table(name, recreate=rebuild) as table:
            table.add_column(sa.Column("remark", sa.String(), nullable=True))
    op.create_table("later", sa.Column("name", sa.String(), primary_key=True))
'''


@dataclass(frozen=True, slots=True)
class NextRelease:
    """A package in a folder."""

    package: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """In which the service's commands are those of the next release."""
        return {"PYTHONPATH": os.pathsep.join(filter(None, (str(self.folder), os.environ.get("PYTHONPATH"))))}


def next_release(service: str, folder: Path, *, package: str | None = None) -> NextRelease:
    """Make the release in a folder, under the package's own name or another.

    On SQLite the migration rebuilds the tables that others refer to, which is all that SQLite has for most changes.
    """
    today = f"mweek_{service}"
    package = package or today
    spec = find_spec(today)
    assert spec is not None
    assert spec.origin is not None
    copy = folder / package
    shutil.copytree(Path(spec.origin).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    migration = _MIGRATION.format(revision=REVISION, before=newest_revision(today))
    (copy / "storage/migrations/versions/v9999_the_next.py").write_text(migration, encoding="utf-8")
    return NextRelease(package, folder)
