"""Databases and streams of earlier releases, and what becomes of them today. `freeze` makes those of a release."""
