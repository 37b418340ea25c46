"""Quotas, recomputed from the records with arithmetic of the audit's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from mweek_contracts.events import FindingCode
from mweek_contracts.reasons import CompromiseCode

from mweek_auditor.domain.attribution import Attribution, Source
from mweek_auditor.domain.census import NumberedEntry, Target
from mweek_auditor.domain.evidence import Evidence
from mweek_auditor.domain.finding import Finding
from mweek_auditor.domain.fleet import Machine
from mweek_auditor.domain.place import Places
from mweek_auditor.domain.plan import Compromise
from mweek_auditor.domain.shortage import Shortages

_NOTHING_GAVE_WAY = frozenset({CompromiseCode.KEPT.value, CompromiseCode.OPENED.value})


class Quotas:
    """What each bounded entry took against what it had to take."""

    def __init__(self, evidence: Evidence, places: Places) -> None:
        """Take what is known of the fleet and of the plan."""
        self._case = evidence.case
        self._census = evidence.census
        self._layout = evidence.layout
        self._places = places
        self._shortages = Shortages(evidence)
        self._compromises = {(said.phase, said.entry): said for said in self._case.plan.compromises or ()}

    def findings(self, *, doubted: frozenset[str], astray: frozenset[str]) -> Iterator[Finding]:
        """Yield quota findings.

        Args:
            doubted: machines that the plan perhaps did not count as these records do.
            astray: machines whose place is a finding already. They are in nobody's quota, and one of them may be what
                an entry is missing.
        """
        targets = self._census.targets(doubted)
        for phase in range(len(self._case.frame.phases)):
            entries = [e for e in self._census.entries if e.phase == phase and e.entry.is_bounded]
            if entries:
                sources = self._sources(phase, doubted, astray)
                most = {e.number: self._room(e, targets[e.number].most) for e in entries}
                yield from self._above(phase, entries, Attribution(sources, most), most)
                least = {e.number: self._room(e, targets[e.number].least) for e in entries}
                division = Attribution(sources, least)
                for entry in entries:
                    yield from self._at(entry, targets[entry.number], division.taken(entry.number), doubted | astray)

    def _sources(self, phase: int, doubted: frozenset[str], astray: frozenset[str]) -> Mapping[Source, int]:
        everything = self._census.in_phase[phase]
        bounded = everything & ~self._census.unbounded
        sources: Counter[Source] = Counter()
        for name in self._layout.in_phase[phase]:
            if name in doubted:
                sources[Source(bounded, flexible=True)] += 1
            elif name not in astray:
                machine = self._case.planned_from.in_service[name]
                entries = self._census.selecting(machine) & everything
                flexible = bool(entries & ~bounded) or self._is_here_anyway(machine, phase)
                kept = name in self._case.kept
                sources[Source(entries & bounded if kept else self._in_reach(entries), flexible, kept)] += 1
        return sources

    def _in_reach(self, entries: int) -> int:
        """Return the bounded entries before the first unbounded one of the phase: that takes all it finds."""
        unbounded = entries & self._census.unbounded
        first = unbounded & -unbounded
        return entries & (first - 1) if first else entries

    def _is_here_anyway(self, machine: Machine, phase: int) -> bool:
        """Return whether the machine may be in the phase although no entry there takes it."""
        return self._places.is_remainder(machine, phase) or self._case.is_settled(self._layout.window[machine.name])

    def _above(
        self, phase: int, entries: list[NumberedEntry], division: Attribution, room: Mapping[int, int]
    ) -> Iterator[Finding]:
        """Yield a finding where machines are in the phase that no quota of it has room for."""
        name = self._case.frame.phases[phase].name
        crowded = [entry for entry in entries if entry.number in division.crowded()]
        quotas = " and ".join(f"{room[e.number]} for {e.entry} of {e.entry.select}" for e in crowded)
        if too_many := division.homeless(kept=False):
            text = f"{name} takes {too_many} more than its quota allows: {quotas}."
            yield Finding(FindingCode.QUOTA, None, text)
            return
        too_many, said = division.homeless(kept=True), self._said_kept(name)
        if said is not None and too_many > said:
            text = (
                f"{name} has {too_many} more than its quota allows ({quotas}); the plan says that it kept {said} more."
            )
            yield Finding(FindingCode.QUOTA, None, text)

    def _at(self, entry: NumberedEntry, target: Target, taken: int, unclear: frozenset[str]) -> Iterator[Finding]:
        """Yield findings where an entry took fewer than its target without a good reason, or says it did."""
        phase = self._case.frame.phases[entry.phase].name
        quota = f"{entry.entry} of the {target.population} machines with {entry.entry.select}"
        said = self._said(entry)
        if said is not None and not target.least <= said.planned <= target.most:
            text = f"{phase} declares a target of {said.planned} for {quota}; it is {target}."
            yield Finding(FindingCode.QUOTA, None, text)
        expected = said.actual if said is not None and said.actual < said.planned else target.least
        if taken < expected and self._astray_of(entry, unclear) < expected - taken:
            missed = self._shortages.overlooked(entry, expected - taken, unclear)
            could = f", and {missed.name} could have been taken" if missed else ", and the plan does not say why"
            if missed is not None or said is not None or not self._is_excused(entry):
                yield Finding(
                    FindingCode.QUOTA, None, f"{phase} takes {taken} instead of {expected} for {quota}{could}."
                )
        elif said is not None and taken < target.least:
            yield from self._confirmed(entry, said, quota, unclear)

    def _confirmed(
        self, entry: NumberedEntry, said: Compromise, quota: str, unclear: frozenset[str]
    ) -> Iterator[Finding]:
        missed = self._shortages.overlooked(entry, said.planned - said.actual, unclear)
        start = f"{said.phase} takes {said.actual} instead of {said.planned} for {quota} because of {said.code}"
        if missed is not None:
            text = f"{start}; but {missed.name} could have been taken."
            yield Finding(FindingCode.QUOTA, None, text)
        elif not self._shortages.is_confirmed(said.code, entry):
            yield Finding(FindingCode.QUOTA, None, f"{start}; the records do not confirm that cause.")

    def _is_excused(self, entry: NumberedEntry) -> bool:
        """Return whether a shortage that no machine could have filled may go without a declared compromise."""
        if self._case.plan.compromises is None:
            return True
        causes = self._shortages.causes(entry)
        return self._case.plan.revision > 1 and causes <= _NOTHING_GAVE_WAY

    def _astray_of(self, entry: NumberedEntry, unclear: frozenset[str]) -> int:
        known = self._case.planned_from.by_name
        return sum(name not in known or bool(self._census.selecting(known[name]) & entry.bit) for name in unclear)

    def _said(self, entry: NumberedEntry) -> Compromise | None:
        return self._compromises.get((self._case.frame.phases[entry.phase].name, entry.index))

    def _room(self, entry: NumberedEntry, target: int) -> int:
        """Return how many an entry may take: what the plan declares, never above the target."""
        said = self._said(entry)
        return target if said is None else min(target, said.actual)

    def _said_kept(self, phase: str) -> int | None:
        """Return how many above its quotas the plan says that the phase has kept; None where it tells nothing."""
        said = self._case.plan.compromises
        return None if said is None else sum(max(0, c.actual - c.planned) for c in said if c.phase == phase)
