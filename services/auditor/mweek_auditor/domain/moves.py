"""Windows that need not move do not, and those that have opened never do (docs/planning.md, Revisions)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from mweek_contracts.events import FindingCode

from mweek_auditor.domain.evidence import Evidence
from mweek_auditor.domain.finding import Finding, clock, span
from mweek_auditor.domain.fleet import Machine
from mweek_auditor.domain.plan import Parent, Window


class Moves:
    """The windows of the parent against those of the revision."""

    def __init__(self, evidence: Evidence) -> None:
        """Take what is known of the fleet and of the plan."""
        self._case = evidence.case
        self._census = evidence.census
        self._layout = evidence.layout

    def findings(self) -> Iterator[Finding]:
        """Yield needless-move, and already-open where it was too late.

        A machine that lost its window altogether is a finding of coverage.
        """
        parent = self._case.parent
        if parent is None:
            return
        before = self._single_windows(parent)
        for name, window in before.items():
            machine = self._case.planned_from.in_service.get(name)
            now = self._layout.window.get(name)
            if machine is None or now is None or name in self._case.doubtful or now == window:
                continue
            if self._had_opened(window):
                text = f"{name} has a new window, although its old one had opened {clock(window.opens_at)}."
                yield Finding(FindingCode.ALREADY_OPEN, name, text)
            elif not self._is_cut_anew(machine, window, now) and not self._must_move(machine, window, parent, before):
                text = (
                    f"{name} was moved from {window.phase} ({span(window.opens_at, window.closes_at)}) to {now.phase} "
                    f"({span(now.opens_at, now.closes_at)}), and nothing required it."
                )
                yield Finding(FindingCode.NEEDLESS_MOVE, name, text)

    def _single_windows(self, parent: Parent) -> dict[str, Window]:
        times = Counter(window.machine for window in parent.windows)
        return {window.machine: window for window in parent.windows if times[window.machine] == 1}

    def _is_cut_anew(self, machine: Machine, window: Window, now: Window) -> bool:
        """Return whether the machine made way in its phase for a peer that is new there (Placing 4)."""
        kept = self._case.kept
        return window.phase == now.phase and any(
            peer.name not in kept and self._layout.window[peer.name].phase == now.phase
            for peer in self._layout.peers(machine)
            if peer.name in self._layout.window
        )

    def _had_opened(self, window: Window) -> bool:
        planned_at = self._case.plan.planned_at
        return planned_at is not None and window.opens_at <= planned_at

    def _must_move(self, machine: Machine, window: Window, parent: Parent, before: dict[str, Window]) -> bool:
        found = self._case.pattern.phase_named(window.phase)
        if found is None:
            return True
        index, phase = found
        old = next((p for p in parent.phases if p.name == phase.name), None)
        if old is None or (old.opens_at, old.closes_at) != (phase.opens_at, phase.closes_at):
            return True
        takes = self._census.selecting(machine) & self._census.in_phase[index]
        if not takes and index != self._case.pattern.remainder:
            return True
        return self._asks_more(machine, window, before)

    def _asks_more(self, machine: Machine, window: Window, before: dict[str, Window]) -> bool:
        """Return whether the machine, its customer or a peer needs another time than the window has."""
        if window.closes_at - window.opens_at < timedelta(minutes=machine.need_minutes):
            return True
        customer = self._case.planned_from.customer_of(machine)
        blackouts = customer.blackouts if customer and not self._case.plan.blackouts_overridden else ()
        if any(blackout.overlaps(window.opens_at, window.closes_at) for blackout in blackouts):
            return True
        # Of two peers that now overlap one has to move; which one is the planner's choice.
        peers = (before[p.name] for p in self._layout.peers(machine) if p.name in before)
        return self._layout.is_group_in_doubt(machine) or any(window.overlaps(peer) for peer in peers)
