"""How many windows are open in each step: counters of all steps at once, written one binary digit an integer.

Adding a window to, taking it from, and comparing all of the counters costs a handful of operations on integers for each
digit of the highest count, however many windows there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import NamedTuple

from mweek_timewindows import Window

from mweek_planner.domain.requests.steps import Steps, begins_at, between, is_on_grid, step_at, step_from


class Marks(NamedTuple):
    """A window as steps that it covers wholly, and its parts that lie in other steps, by step."""

    whole: Steps
    parts: tuple[tuple[int, Window], ...]


def marks_of(window: Window, first: int) -> Marks:
    """Return what a window covers, counted from the step `first`; what lies before it is left out."""
    end = step_at(window.closes_at)
    if is_on_grid(window.opens_at) and is_on_grid(window.closes_at):
        return Marks(between(step_at(window.opens_at) - first, end - first), ())
    start = step_from(window.opens_at)
    whole = between(start - first, end - first)
    steps = range(step_at(window.opens_at), step_from(window.closes_at))
    edges = [step for step in sorted({steps[0], steps[-1]}) if step >= first and not start <= step < end]
    return Marks(whole, tuple((step - first, _part_in(step, window)) for step in edges))


class Tally:
    """Counts windows by step. What covers a step in part counts for the greatest number of it that are open at once."""

    def __init__(self) -> None:
        """Count none anywhere."""
        self._digits: list[Steps] = []  # the lowest first
        self._parts: defaultdict[int, Counter[Window]] = defaultdict(Counter)

    def add(self, marks: Marks) -> None:
        """Count a window."""
        self._increase(marks.whole)
        for step, part in marks.parts:
            self._change_part(step, part, 1)

    def remove(self, marks: Marks) -> None:
        """No longer count a window that was added."""
        self._decrease(marks.whole)
        for step, part in marks.parts:
            self._change_part(step, part, -1)

    def at_least(self, number: int) -> Steps:
        """Return the steps in which so many windows are open at once; the number is 1 or more."""
        below = number - 1
        if below >> len(self._digits):
            return 0
        more: Steps = 0
        for digit in self._digits:
            more = digit & more if below & 1 else digit | more
            below >>= 1
        return more

    def _increase(self, carry: Steps) -> None:
        for place, digit in enumerate(self._digits):
            if not carry:
                return
            self._digits[place] = digit ^ carry
            carry &= digit
        if carry:
            self._digits.append(carry)

    def _decrease(self, borrow: Steps) -> None:
        for place, digit in enumerate(self._digits):
            if not borrow:
                break
            self._digits[place] = digit ^ borrow
            borrow ^= borrow & digit
        while self._digits and not self._digits[-1]:
            self._digits.pop()

    def _change_part(self, step: int, part: Window, change: int) -> None:
        parts = self._parts[step]
        before = _most_at_once(parts)
        parts[part] += change
        if not parts[part]:
            del parts[part]
        after = _most_at_once(parts)
        if after > before:
            self._increase(1 << step)
        elif after < before:
            self._decrease(1 << step)


def _part_in(step: int, window: Window) -> Window:
    begins, ends = begins_at(step), begins_at(step + 1)
    return Window(max(window.opens_at, begins), min(window.closes_at, ends))


def _most_at_once(parts: Counter[Window]) -> int:
    return max((sum(n for other, n in parts.items() if other.contains(part.opens_at)) for part in parts), default=0)
