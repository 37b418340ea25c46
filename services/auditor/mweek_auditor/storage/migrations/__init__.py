"""Alembic migrations of the auditor's tables."""
