"""The phases of the plan are those of the pattern, in their order, and every window lies in its phase."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mweek_contracts.events import FindingCode

from mweek_auditor.domain.finding import Finding, span
from mweek_auditor.domain.plan import Case, Window


class Phases:
    """The frame of the week."""

    def __init__(self, case: Case) -> None:
        """Take the case."""
        self._case = case
        self._place = {phase.name: index for index, phase in enumerate(case.frame.phases)}
        self._opened = {(phase.name, phase.opens_at, phase.closes_at) for phase in case.opened_before}

    def findings(self) -> Iterator[Finding]:
        """Yield unknown-phase, phase-order and outside-phase."""
        yield from self._listed()
        yield from self._unlisted()
        for window in self._case.plan.windows:
            yield from self._window(window)

    def _listed(self) -> Iterator[Finding]:
        """Yield what is wrong with the plan's list of phases. One without machines may be missing in it."""
        latest = -1
        before = ""
        for phase in self._case.plan.phases:
            place = self._place.get(phase.name)
            if (phase.name, phase.opens_at, phase.closes_at) in self._opened:
                continue
            if place is None:
                text = f"The plan has a phase {phase.name}; the pattern {self._case.pattern.name} has none."
                yield Finding(FindingCode.UNKNOWN_PHASE, None, text)
                continue
            wanted = self._case.frame.phases[place]
            if (phase.opens_at, phase.closes_at) != (wanted.opens_at, wanted.closes_at):
                text = (
                    f"The plan has {phase.name} {span(phase.opens_at, phase.closes_at)}; "
                    f"the pattern says {span(wanted.opens_at, wanted.closes_at)}."
                )
                yield Finding(FindingCode.PHASE_ORDER, None, text)
            if place <= latest:
                text = f"The plan has {phase.name} after {before}; the pattern has it before."
                yield Finding(FindingCode.PHASE_ORDER, None, text)
            latest, before = max((latest, before), (place, phase.name))

    def _unlisted(self) -> Iterator[Finding]:
        listed = {phase.name for phase in self._case.plan.phases}
        used = Counter(window.phase for window in self._case.plan.windows)
        for phase in self._case.frame.phases:
            if used[phase.name] and phase.name not in listed:
                text = f"{used[phase.name]} machines are in {phase.name}, which the plan's list of phases leaves out."
                yield Finding(FindingCode.PHASE_ORDER, None, text)

    def _window(self, window: Window) -> Iterator[Finding]:
        place = self._place.get(window.phase)
        if self._case.is_settled(window):
            return
        if place is None:
            text = f"{window.machine} is in {window.phase}; the pattern {self._case.pattern.name} has no such phase."
            yield Finding(FindingCode.UNKNOWN_PHASE, window.machine, text)
            return
        phase = self._case.frame.phases[place]
        if not (phase.opens_at <= window.opens_at and window.closes_at <= phase.closes_at):
            text = (
                f"{window.machine} has {span(window.opens_at, window.closes_at)}, outside of its phase "
                f"{phase.name} ({span(phase.opens_at, phase.closes_at)})."
            )
            yield Finding(FindingCode.OUTSIDE_PHASE, window.machine, text)
