"""Reads and writes the policies of locations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from mweek_outbox.upsert import upsert
from sqlmodel import Session

from mweek_inventory.domain.change import FleetChange
from mweek_inventory.domain.fleet import KnownPolicy, Policy
from mweek_inventory.storage.rows import POLICY
from mweek_inventory.storage.stock import Stored


def known_policy(session: Session, location: str) -> KnownPolicy | None:
    """Return the policy that a location has, or had; None where it never had one."""
    found = sa.select(POLICY.c.digest, POLICY.c.revision, POLICY.c.removed).where(POLICY.c.location == location)
    row = session.connection().execute(found).one_or_none()
    return None if row is None else KnownPolicy(Policy(digest=row.digest), row.revision, row.removed)


def stored_policy(session: Session, location: str) -> Stored | None:
    """Return the policy of a location as it is stored, removed or not; None where it never had one."""
    found = sa.select(POLICY.c.revision, POLICY.c.removed, POLICY.c.content).where(POLICY.c.location == location)
    row = session.connection().execute(found).one_or_none()
    return None if row is None else Stored(location, row.revision, row.removed, row.content)


def write_policy_change(
    session: Session, change: FleetChange, contents: Mapping[str, str], changed_at: datetime
) -> None:
    """Write what an import changes of a policy; `contents` has the whole of it as JSON, under `policy`."""
    if (put := change.policy_put) is not None:
        row = {"location": change.location, "revision": put.revision, "removed": False, "digest": put.policy.digest}
        upsert(session, POLICY, [row | {"content": contents["policy"], "changed_at": changed_at}])
    if (gone := change.policy_removed) is not None:
        here = sa.update(POLICY).where(POLICY.c.location == change.location)
        session.connection().execute(here.values(removed=True, revision=gone.revision, changed_at=changed_at))
