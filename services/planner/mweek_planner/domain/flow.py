"""The greatest flow through a small network, by augmenting paths: as many nodes as kinds of groups, not as machines."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable
from typing import Final

Node = Hashable
SOURCE: Final = "source"
SINK: Final = "sink"


class Flow:
    """A flow from `SOURCE` to `SINK` that can be increased when capacity is added; what flowed before keeps flowing."""

    def __init__(self) -> None:
        """Begin without edges."""
        self._residual: defaultdict[Node, dict[Node, int]] = defaultdict(dict)
        self._flow: defaultdict[tuple[Node, Node], int] = defaultdict(int)

    def add(self, start: Node, end: Node, capacity: int) -> None:
        """Let more flow along an edge."""
        self._residual[start][end] = self._residual[start].get(end, 0) + capacity
        self._residual[end].setdefault(start, 0)

    def along(self, start: Node, end: Node) -> int:
        """Return how much flows along an edge."""
        return self._flow[start, end] - self._flow[end, start]

    def increase(self) -> None:
        """Let as much flow as can. No node takes in less afterwards than before."""
        while path := self._path():
            amount = min(self._residual[start][end] for start, end in path)
            for start, end in path:
                self._residual[start][end] -= amount
                self._residual[end][start] += amount
                self._flow[start, end] += amount

    def _path(self) -> list[tuple[Node, Node]]:
        """Return the edges of a shortest path with capacity left, nothing where there is none."""
        came_from: dict[Node, Node] = {}
        waiting: deque[Node] = deque([SOURCE])
        while waiting and SINK not in came_from:
            reached = waiting.popleft()
            for following, capacity in self._residual[reached].items():
                if capacity > 0 and following not in came_from and following != SOURCE:
                    came_from[following] = reached
                    waiting.append(following)
        path: list[tuple[Node, Node]] = []
        node: Node = SINK
        while node in came_from:
            path.append((came_from[node], node))
            node = came_from[node]
        return path
