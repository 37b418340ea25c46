"""What a selection in progress still owes its owners, each of whom is to get its share rounded down."""

from __future__ import annotations

from mweek_planner.domain.selection import Selection


class Floors:
    """What owners lack of their floors, counted once for all; whoever has got more since is to be looked at again."""

    def __init__(self, selection: Selection) -> None:
        """Count what every owner lacks."""
        self._selection = selection
        self._lacking = {owner: self._lack(owner) for owner in selection.weights}
        self._owed = sum(self._lacking.values())

    def look_again(self, owner: int) -> None:
        """Count what an owner lacks now."""
        self._owed -= self._lacking[owner]
        self._lacking[owner] = self._lack(owner)
        self._owed += self._lacking[owner]

    def most_now(self, owner: int) -> int:
        """Return how many more machines of an owner can be taken within its ceiling and without cost to a floor."""
        selection = self._selection
        ceiling = -(-selection.target * selection.weights[owner] // selection.population)
        return min(ceiling - selection.taken[owner], selection.left - (self._owed - self._lacking[owner]))

    def _lack(self, owner: int) -> int:
        selection = self._selection
        floor = selection.target * selection.weights[owner] // selection.population
        return max(0, floor - selection.taken[owner])
