"""Numbers for values: what machines have in common is looked at once for each number, not once for each machine."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

Value = TypeVar("Value", bound=Hashable)


class Numbering(dict[Value, int]):
    """The number of each value, in the order in which they are met; `numbering[value]` gives a new value the next one.

    `map(numbering.__getitem__, column)` numbers a column without a call in Python but for values not met before.
    """

    def __missing__(self, value: Value) -> int:
        """Give a value its number."""
        number = self[value] = len(self)
        return number
