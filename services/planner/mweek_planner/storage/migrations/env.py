"""Runs the migrations on the connection that `mweek_outbox.migrate` gives."""

from __future__ import annotations

from alembic import context

from mweek_planner.storage.rows import PlannerRow

context.configure(connection=context.config.attributes["connection"], target_metadata=PlannerRow.metadata)
with context.begin_transaction():
    context.run_migrations()
