"""The one answer to whatever is not plainly right."""

from __future__ import annotations


class Doubt(Exception):  # noqa: N818  no error: somebody else reads the file
    """The file is wrong, or right in a way that only the other reader knows."""
