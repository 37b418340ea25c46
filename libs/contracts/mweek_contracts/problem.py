"""What is wrong with a command, an import or a body, and where."""

from __future__ import annotations

from mweek_contracts.fields import Sentence
from mweek_contracts.message import Value


class Problem(Value):
    """One thing that is wrong with a command or a document, and where."""

    place: str
    """The field, e.g. `machines[3].downtime_minutes`; empty for the whole."""
    text: Sentence
    """What is wrong, and what would be right."""
