"""Proves that no machine was forgotten."""
