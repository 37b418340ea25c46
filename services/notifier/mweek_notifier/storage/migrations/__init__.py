"""Alembic migrations of the notifier's tables."""
