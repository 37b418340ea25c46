"""A planner of the tests: follows docs/planning.md the slow way and chooses by name, to have good plans to spoil.

It is no oracle for who is chosen, only for plans that the rules allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mweek_auditor.domain.fleet import Fleet, Machine
from mweek_auditor.domain.pattern import Entry, Pattern, Phase, Quota
from mweek_auditor.domain.plan import Compromise, Parent, PhaseSummary, Plan, Unplaced, Window

LOCATION, WEEK = "rzob", "2026-W49"


def plan_by_hand(
    fleet: Fleet,
    pattern: Pattern,
    *,
    planned_at: datetime | None = None,
    parent: Plan | None = None,
    override_blackouts: str | None = None,
) -> Plan:
    """Return a plan of the fleet; with a parent, its next revision.

    Raises:
        LookupError: the pattern does not cover the fleet.
    """
    return _Hand(fleet, pattern, planned_at, parent, override_blackouts).plan()


def parent_of(plan: Plan) -> Parent:
    """Return a plan as the parent of the next revision."""
    return Parent(plan.phases, plan.windows)


def with_window(plan: Plan, machine: str, window: Window | None) -> Plan:
    """Return the plan with another window for one machine, or with none."""
    others = tuple(w for w in plan.windows if w.machine != machine)
    return replace(plan, windows=others if window is None else (*others, window))


def moved(plan: Plan, machine: str, phase: Phase) -> Plan:
    """Return the plan with the machine in another phase, the whole of it."""
    window = Window(machine=machine, phase=phase.name, opens_at=phase.opens_at, closes_at=phase.closes_at)
    return with_window(plan, machine, window)


def window_of(plan: Plan, machine: str) -> Window:
    """Return the window of a machine."""
    return next(w for w in plan.windows if w.machine == machine)


def machines_in(plan: Plan, phase: str) -> list[str]:
    """Return the machines of a phase, sorted."""
    return sorted(w.machine for w in plan.windows if w.phase == phase)


def as_document(plan: Plan, pattern: str) -> dict[str, object]:
    """Return the plan as `mweek-planner plan --json` prints it."""
    document: dict[str, object] = {
        "location": plan.location,
        "week": plan.week,
        "pattern": pattern,
        "phases": [{"name": p.name, **_times(p)} for p in plan.phases],
        "assignments": [
            {"machine": w.machine, "phase": w.phase, **_times(w), "reason": "by hand"} for w in plan.windows
        ],
        "unplaced": [{"machine": u.machine, "reason": u.reason} for u in plan.unplaced],
    }
    if plan.compromises is not None:
        document["compromises"] = [
            {"code": c.code, "phase": c.phase, "entry": c.entry, "planned": c.planned, "actual": c.actual}
            for c in plan.compromises
        ]
    if plan.planned_at is not None:
        document["planned_at"] = plan.planned_at.isoformat()
    return document


def _times(item: PhaseSummary | Window) -> dict[str, str]:
    return {"opens_at": f"{item.opens_at:%Y-%m-%dT%H:%M:%SZ}", "closes_at": f"{item.closes_at:%Y-%m-%dT%H:%M:%SZ}"}


@dataclass
class _Hand:
    fleet: Fleet
    pattern: Pattern
    planned_at: datetime | None
    parent: Plan | None
    override_blackouts: str | None
    place: dict[str, int] = field(default_factory=dict)
    window: dict[str, Window] = field(default_factory=dict)
    taker: dict[str, tuple[int, int]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    sent_on: dict[str, int] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    awaited: dict[str, set[int]] = field(default_factory=dict)
    unplaced: list[Unplaced] = field(default_factory=list)
    compromises: list[Compromise] = field(default_factory=list)

    def plan(self) -> Plan:
        self._keep()
        for index, phase in enumerate(self.pattern.phases):
            self.waiting, self.awaited = set(), {}
            left = {number: self._target(index, number) for number, e in enumerate(phase.entries) if e.is_bounded}
            self._use_up(index, left)
            for number, entry in enumerate(phase.entries):
                if entry.is_bounded:
                    self._bounded(index, number, entry, left[number])
                else:
                    self._unbounded(index, entry)
            self._cut(index)
            for number, room in left.items():
                self._report(index, number, room)
        self._remainder()
        return self._result()

    def _machines(self) -> list[Machine]:
        return sorted(self.fleet.in_service.values(), key=lambda machine: machine.name)

    def _selects(self, entry: Entry, machine: Machine) -> bool:
        tested = None if machine.customer is None else machine.customer in self.fleet.tested_customers
        return entry.select.selects(machine, tested=tested)

    def _away(self, machine: Machine, index: int) -> str | None:
        phase, customer = self.pattern.phases[index], self.fleet.customer_of(machine)
        if self.planned_at and phase.opens_at <= self.planned_at:
            return "opened"
        notice = timedelta(hours=customer.notice_hours if customer else 0)
        if self.planned_at and self.parent and phase.opens_at < self.planned_at + notice:
            return "notice"
        blackouts = customer.blackouts if customer and not self.override_blackouts else ()
        if any(b.overlaps(phase.opens_at, phase.closes_at) for b in blackouts):
            return "blackout"
        return "too-long" if phase.closes_at - phase.opens_at < timedelta(minutes=machine.need_minutes) else None

    def _peers(self, machine: Machine) -> list[Machine]:
        group = self.fleet.groups.get(machine.redundancy_group or "", ())
        return [peer for peer in group if peer.name != machine.name]

    def _put(self, machine: Machine, index: int) -> None:
        self.place[machine.name] = index
        phase = self.pattern.phases[index]
        self.window[machine.name] = _whole(machine, phase)

    def _keep(self) -> None:
        def opened(window: Window) -> bool:
            return self.planned_at is not None and window.opens_at <= self.planned_at

        for window in sorted(self.parent.windows if self.parent else (), key=lambda w: (not opened(w), w.machine)):
            index = next((i for i, p in enumerate(self.pattern.phases) if p.name == window.phase), None)
            machine = self.fleet.in_service.get(window.machine)
            if index is not None and (opened(window) or (machine and self._may_stay(machine, window, index))):
                self.place[window.machine], self.window[window.machine] = index, window
                self.kept.add(window.machine)

    def _may_stay(self, machine: Machine, window: Window, index: int) -> bool:
        phase, customer = self.pattern.phases[index], self.fleet.customer_of(machine)
        takes = index == self.pattern.remainder or any(self._selects(e, machine) for e in phase.entries)
        blackouts = customer.blackouts if customer and not self.override_blackouts else ()
        return (
            takes
            and phase.opens_at <= window.opens_at
            and window.closes_at <= phase.closes_at
            and window.closes_at - window.opens_at >= timedelta(minutes=machine.need_minutes)
            and not any(b.overlaps(window.opens_at, window.closes_at) for b in blackouts)
            and not any(self.window[p.name].overlaps(window) for p in self._peers(machine) if p.name in self.window)
        )

    def _use_up(self, index: int, left: dict[int, int]) -> None:
        over: dict[int, int] = {}
        entries = self.pattern.phases[index].entries
        selected = {m.name: [n for n, e in enumerate(entries) if self._selects(e, m)] for m in self._machines()}
        for machine in sorted(self._machines(), key=lambda m: (len(selected[m.name]), m.name)):
            if machine.name in self.kept and self.place[machine.name] == index:
                mine = selected[machine.name]
                free = next((n for n in mine if n not in left or left[n]), None)
                if free is None and mine:
                    over[mine[0]] = over.get(mine[0], 0) + 1
                elif free in left:
                    left[free] -= 1
        for number, extra in over.items():
            target = self._target(index, number)
            self._give_way("kept", index, number, (target, target + extra))

    def _target(self, index: int, number: int) -> int:
        entry = self.pattern.phases[index].entries[number]
        population = sum(self._selects(entry, machine) for machine in self._machines())
        if entry.quota is Quota.COUNT:
            return min(entry.amount, population)
        if entry.quota is Quota.AT_MOST:
            return population * entry.amount // 10_000
        if entry.quota is Quota.SAMPLE:
            return -(-population * entry.amount // 10_000)
        earlier = [e for phase in self.pattern.phases[:index] for e in phase.entries]
        earlier += self.pattern.phases[index].entries[:number]
        before = sum(e.amount for e in earlier if e.quota is Quota.SHARE and e.select == entry.select)
        return -(-population * (before + entry.amount) // 10_000) - -(-population * before // 10_000)

    def _bounded(self, index: int, number: int, entry: Entry, room: int) -> None:
        welcome = [m for m in self._free(entry) if self._away(m, index) is None]
        for machine in sorted(welcome, key=lambda m: (not self._must_go_now(m, index), m.name)):
            if room and not self._has_peer_in(machine, index):
                self._put(machine, index)
                self.taker[machine.name] = (index, number)
                room -= 1

    def _free(self, entry: Entry) -> list[Machine]:
        gone = self.place.keys() | (self.sent_on.keys() if entry.is_bounded else self.waiting)
        return [m for m in self._machines() if m.name not in gone and self._selects(entry, m)]

    def _report(self, index: int, number: int, room: int) -> None:
        taken = sum(taker == (index, number) for taker in self.taker.values())
        target = self._target(index, number)
        if taken < room:
            cause = self._cause(index, self.pattern.phases[index].entries[number])
            self._give_way(cause, index, number, (target, target - room + taken))

    def _must_go_now(self, machine: Machine, index: int) -> bool:
        later = self._takers(machine, index)
        left = [p for p in (machine, *self._peers(machine)) if p.name not in self.place]
        return not later or len(left) > len(later)

    def _takers(self, machine: Machine, index: int, *, unbounded: bool = False) -> list[int]:
        return [
            later
            for later in range(index + 1, len(self.pattern.phases))
            if self._away(machine, later) is None
            and any(
                self._selects(e, machine) and not (unbounded and e.is_bounded)
                for e in self.pattern.phases[later].entries
            )
        ]

    def _has_peer_in(self, machine: Machine, index: int) -> bool:
        return any(self.place.get(peer.name) == index for peer in self._peers(machine))

    def _cause(self, index: int, entry: Entry) -> str:
        """Return what kept most of the machines away that an entry was left without."""
        if self._away(self._any_machine, index) == "opened":
            return "opened"
        population = [m for m in self._machines() if self._selects(entry, m)]
        left = [m for m in population if m.name not in self.place]
        if not left and any(self.place[m.name] == index and self._has_peer_in(m, index) for m in population):
            return "redundancy"
        causes = [self._away(m, index) or "redundancy" for m in left]
        return max(sorted(set(causes)), key=causes.count) if causes else "too-few"

    @property
    def _any_machine(self) -> Machine:
        return self._machines()[0]

    def _give_way(self, code: str, index: int, number: int, planned_and_actual: tuple[int, int]) -> None:
        planned, actual = planned_and_actual
        phase = self.pattern.phases[index].name
        self.compromises.append(Compromise(code=code, phase=phase, entry=number, planned=planned, actual=actual))

    def _unbounded(self, index: int, entry: Entry) -> None:
        found = [m for m in self._free(entry) if self._away(m, index) is None]
        for machine in found:
            if not self._peers(machine):
                self._put(machine, index)
        groups = {m.redundancy_group for m in found if self._peers(m)}
        for group in sorted(groups - {None}, key=str):
            self._group(index, [m for m in found if m.redundancy_group == group], str(group))

    def _group(self, index: int, members: list[Machine], group: str) -> None:
        """Keep one member for each later phase that takes them, is free of peers and is not waited for."""
        peers = self.fleet.groups[group]
        taken = {self.place[peer.name] for peer in peers if peer.name in self.place}
        awaited = self.awaited.setdefault(group, set())
        later = {phase for m in members for phase in self._takers(m, index, unbounded=True)} - taken - awaited
        keep = min(len(later), len(members) - (index not in taken))
        awaited |= set(sorted(later)[:keep])
        for number, machine in enumerate(members):
            if number < len(members) - keep:
                self._put(machine, index)
            else:
                self.waiting.add(machine.name)

    def _cut(self, index: int) -> None:
        """Cut the phase for the new windows of peers; whom no part is left for loses the place again."""
        phase = self.pattern.phases[index]
        for group in sorted(self.fleet.groups):
            here = [m for m in self._members(group) if self.place.get(m.name) == index]
            fresh = [m for m in here if m.name not in self.kept]
            if len(here) < 2 or not fresh:
                continue
            opens_at, closes_at = self._longest_free([m for m in here if m.name in self.kept], phase)
            stay = _those_who_fit(fresh, closes_at - opens_at)
            for machine in fresh:
                if machine not in stay:
                    del self.place[machine.name], self.window[machine.name]
                    self.taker.pop(machine.name, None)
                    self.sent_on[machine.name] = index
            for machine, window in zip(stay, _parts(stay, phase, opens_at, closes_at), strict=True):
                self.window[machine.name] = window

    def _members(self, group: str) -> list[Machine]:
        return list(self.fleet.groups[group])

    def _longest_free(self, kept: list[Machine], phase: Phase) -> tuple[datetime, datetime]:
        gaps, opens_at = [], phase.opens_at
        for window in sorted((self.window[m.name] for m in kept), key=lambda w: w.opens_at):
            gaps.append((opens_at, max(opens_at, window.opens_at)))
            opens_at = max(opens_at, window.closes_at)
        gaps.append((opens_at, max(opens_at, phase.closes_at)))
        return max(gaps, key=lambda gap: gap[1] - gap[0])

    def _remainder(self) -> None:
        home = self.pattern.remainder
        for machine in self._machines():
            if machine.name in self.place:
                continue
            unbounded = [i for i in range(len(self.pattern.phases)) if self._is_taken_whole(machine, i)]
            if home is None and not unbounded:
                raise LookupError(f"{machine.name} is not covered")
            last = max([*unbounded, self.sent_on.get(machine.name, -1)], default=-1)
            is_late = home is not None and home > last and self._away(machine, home) is None
            if is_late and home is not None and self._has_room(machine, home):
                self._put(machine, home)
        if home is not None:
            self._cut(home)
        missing = [m for m in self._machines() if m.name not in self.place]
        self.unplaced += [Unplaced(machine.name, "nothing is left for it") for machine in missing]

    def _has_room(self, machine: Machine, index: int) -> bool:
        """Return whether the machine and its peers in the phase all get a slot."""
        here = [peer for peer in self._peers(machine) if self.place.get(peer.name) == index]
        fresh = [machine, *(peer for peer in here if peer.name not in self.kept)]
        opens_at, closes_at = self._longest_free([p for p in here if p.name in self.kept], self.pattern.phases[index])
        return len(_those_who_fit(fresh, closes_at - opens_at)) == len(fresh)

    def _is_taken_whole(self, machine: Machine, index: int) -> bool:
        return any(not e.is_bounded and self._selects(e, machine) for e in self.pattern.phases[index].entries)

    def _result(self) -> Plan:
        windows = tuple(self.window[name] for name in sorted(self.window))
        # Without counts: they would give away every spoiled window, whatever the other checks see.
        summaries = tuple(PhaseSummary(p.name, p.opens_at, p.closes_at) for p in self.pattern.phases)
        return Plan(
            location=LOCATION,
            week=WEEK,
            revision=self.parent.revision + 1 if self.parent else 1,
            planned_at=self.planned_at,
            phases=summaries,
            windows=windows,
            unplaced=tuple(self.unplaced),
            compromises=tuple(self.compromises),
            blackouts_overridden=self.override_blackouts,
        )


def _whole(machine: Machine, phase: Phase) -> Window:
    return Window(machine=machine.name, phase=phase.name, opens_at=phase.opens_at, closes_at=phase.closes_at)


def _those_who_fit(members: Sequence[Machine], length: timedelta) -> list[Machine]:
    """Return as many as there are long enough equal parts for, those who need least."""
    by_need = sorted(members, key=lambda machine: (machine.need_minutes, machine.name))
    step = timedelta(minutes=5)
    counts = range(len(by_need), 0, -1)
    fits = (n for n in counts if length // n // step * step >= timedelta(minutes=by_need[n - 1].need_minutes))
    return sorted(by_need[: next(fits, 0)], key=lambda machine: machine.name)


def _parts(members: Sequence[Machine], phase: Phase, opens_at: datetime, closes_at: datetime) -> Iterable[Window]:
    """Yield equal parts on steps of 5 minutes that fill the time; some are a step longer than others."""
    steps = (closes_at - opens_at) // timedelta(minutes=5)
    for number, machine in enumerate(members):
        starts = opens_at + number * steps // len(members) * timedelta(minutes=5)
        ends = opens_at + (number + 1) * steps // len(members) * timedelta(minutes=5)
        if number == len(members) - 1:
            ends = closes_at
        yield replace(_whole(machine, phase), opens_at=starts, closes_at=ends)
