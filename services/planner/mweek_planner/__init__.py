"""Decides when: one window per machine."""
