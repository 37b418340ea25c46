"""Tells customers their slots."""
