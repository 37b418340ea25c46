"""Where an entry holds another number of machines than its quota says: what gave way to what."""

from __future__ import annotations

from collections import Counter
from typing import Final

from mweek_contracts.reasons import CompromiseCode

from mweek_planner.domain.draft import Draft
from mweek_planner.domain.line import Line
from mweek_planner.domain.plan import facts
from mweek_planner.domain.report import Compromise
from mweek_planner.domain.welcome import Cause

_ORDER: Final = (Cause.OPENED, Cause.REDUNDANCY, Cause.BLACKOUT, Cause.TOO_LONG, Cause.NOTICE)
"""Which cause is named where several kept the same number of machines away."""


def compromises_of(draft: Draft, line: Line) -> tuple[Compromise, ...]:
    """Return what there is to say of a bounded line that is filled: nothing where it has what its quota says."""
    actual = len(draft.taken[line.number])
    if line.target is None or actual == line.target:
        return ()
    kept_away = _kept_away(draft, line)
    if actual > line.target:
        code = CompromiseCode.KEPT
    elif kept_away:
        code = CompromiseCode(max(kept_away, key=lambda cause: (kept_away[cause], -_ORDER.index(cause))).value)
    else:
        code = CompromiseCode.TOO_FEW
    named = {str(cause).replace("-", "_"): count for cause, count in kept_away.items()}
    phase = draft.terms.house.phases[line.phase].name
    described = facts(selector=str(line.entry.selector), population=len(line.population), **named)
    return (Compromise(code, phase, line.index, line.target, actual, described),)


def _kept_away(draft: Draft, line: Line) -> Counter[Cause]:
    """Return how many machines of the line without a window were kept away from its phase, by cause."""
    causes: Counter[Cause] = Counter()
    for machine in line.population.members:
        if draft.phase_of[machine] is None:
            causes[draft.terms.options(machine).causes[line.phase] or Cause.REDUNDANCY] += 1
    return causes
