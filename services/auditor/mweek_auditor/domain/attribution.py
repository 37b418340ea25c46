"""Divides the machines of one phase among its bounded entries: a small flow between kinds of machines and entries.

Which entry took which machine is not told, and need not be: the quotas are kept when there is a division that keeps
them. Machines that the same entries select are one source, so that the flow is as small as the pattern, whatever the
number of machines.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Machines of one kind in a phase.

    `entries` is the set of bounded entries that select them; `flexible` ones may be there without any of these;
    `kept` ones have kept their windows from the parent revision.
    """

    entries: int
    flexible: bool = False
    kept: bool = False

    def may_use(self, entry: int) -> bool:
        """Return whether the entry of that number selects them."""
        return bool(self.entries >> entry & 1)


class Attribution:
    """A division that finds room for as many machines as any division can, and fills earlier entries first."""

    def __init__(self, sources: Mapping[Source, int], room: Mapping[int, int]) -> None:
        """Divide.

        Args:
            sources: number of machines of each kind.
            room: how many machines each entry may take, by its number.
        """
        self.left: dict[Source, int] = dict(sources)
        self.room: dict[int, int] = dict(room)
        self._flow: defaultdict[Source, dict[int, int]] = defaultdict(dict)
        # Which target a kept window uses up is not told: in favour of the plan, the others are given room first.
        # Machines that have another reason to be here come last.
        for source in sorted(sources, key=lambda s: (s.flexible, s.kept, s.entries)):
            if not source.flexible:
                while self.left[source] and self._admit(source):
                    pass
        for entry in sorted(room):
            while self.room[entry] and self._fill(entry):
                pass

    def taken(self, entry: int) -> int:
        """Return how many machines the entry has."""
        return sum(flow.get(entry, 0) for flow in self._flow.values())

    def homeless(self, *, kept: bool) -> int:
        """Return how many machines found no room although they need it, among the kept ones or the others."""
        return sum(count for source, count in self.left.items() if source.kept is kept and not source.flexible)

    def crowded(self) -> frozenset[int]:
        """Return the entries whose room the homeless ones would need: theirs, and those that could make way."""
        found = {e for s, count in self.left.items() if count and not s.flexible for e in self.room if s.may_use(e)}
        waiting = deque(found)
        while waiting:
            entry = waiting.popleft()
            for source in self._users(entry):
                for other in self.room:
                    if source.may_use(other) and other not in found:
                        found.add(other)
                        waiting.append(other)
        return frozenset(found)

    def _admit(self, source: Source) -> bool:
        """Give machines of the source room, moving others between entries where that makes some."""
        first = [entry for entry in sorted(self.room) if source.may_use(entry)]
        came_from: dict[int, tuple[Source, int] | None] = dict.fromkeys(first)
        waiting = deque(first)
        while waiting:
            entry = waiting.popleft()
            if self.room[entry]:
                self._push(source, entry, came_from)
                return True
            for user in self._users(entry):
                for other in sorted(self.room):
                    if user.may_use(other) and other not in came_from:
                        came_from[other] = (user, entry)
                        waiting.append(other)
        return False

    def _push(self, source: Source, entry: int, came_from: Mapping[int, tuple[Source, int] | None]) -> None:
        path = []
        here = entry
        while (step := came_from[here]) is not None:
            path.append((step[0], step[1], here))
            here = step[1]
        count = min([self.left[source], self.room[entry], *(self._flow[s][old] for s, old, _ in path)])
        for user, old, new in path:
            self._move(user, old, new, count)
        self._flow[source][here] = self._flow[source].get(here, 0) + count
        self.left[source] -= count
        self.room[entry] -= count

    def _fill(self, entry: int) -> bool:
        """Fill room of an entry with machines that have none yet, else from an entry that comes later."""
        leads_to: dict[int, tuple[Source, int] | None] = {entry: None}
        waiting = deque([entry])
        donors: list[tuple[int, Source, int]] = []
        while waiting:
            here = waiting.popleft()
            for source in sorted(self.left):
                if not source.may_use(here):
                    continue
                if self.left[source]:
                    self._pull(entry, here, leads_to, source)
                    return True
                for other, count in self._flow[source].items():
                    if count and other not in leads_to:
                        leads_to[other] = (source, here)
                        waiting.append(other)
                        if other > entry:
                            donors.append((other, source, here))
        if donors:
            self._pull(entry, max(donors)[0], leads_to, None)
        return bool(donors)

    def _pull(
        self, entry: int, start: int, leads_to: Mapping[int, tuple[Source, int] | None], source: Source | None
    ) -> None:
        """Move one place at a time along the way from `start` to `entry`; `source` refills `start`, if given."""
        path = []
        here = start
        while (step := leads_to[here]) is not None:
            path.append((step[0], here, step[1]))
            here = step[1]
        supply = [self.left[source]] if source else []
        count = min([self.room[entry], *supply, *(self._flow[s][old] for s, old, _ in path)])
        for user, old, new in path:
            self._move(user, old, new, count)
        if source:
            self._flow[source][start] = self._flow[source].get(start, 0) + count
            self.left[source] -= count
        else:
            self.room[start] += count
        self.room[entry] -= count

    def _move(self, source: Source, old: int, new: int, count: int) -> None:
        self._flow[source][old] -= count
        self._flow[source][new] = self._flow[source].get(new, 0) + count

    def _users(self, entry: int) -> Iterable[Source]:
        return sorted(source for source, flow in self._flow.items() if flow.get(entry))
