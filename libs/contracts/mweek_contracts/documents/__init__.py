"""Reads and writes the documents that people write: fleet files and patterns, with file, line and field in every error.

Nothing but `DocumentError` leaves these readers, whatever bytes they are given.
"""

from mweek_contracts.documents.fleet import FleetDocument, read_fleet
from mweek_contracts.documents.pattern import built_in_pattern, built_in_patterns, read_pattern
from mweek_contracts.documents.problem import DocumentError, DocumentProblem
from mweek_contracts.documents.rendering import render_json_lines, render_yaml

__all__ = [
    "DocumentError",
    "DocumentProblem",
    "FleetDocument",
    "built_in_pattern",
    "built_in_patterns",
    "read_fleet",
    "read_pattern",
    "render_json_lines",
    "render_yaml",
]
