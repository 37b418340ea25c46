"""What is left when all phases are filled: the declared remainder, then peers that have to move together."""

from __future__ import annotations

from collections import defaultdict

from mweek_planner.domain.census import NO_GROUP
from mweek_planner.domain.draft import Draft
from mweek_planner.domain.phase_set import each, phase_set
from mweek_planner.domain.welcome import Options


def place_remainder(draft: Draft, remainder: int) -> None:
    """Place in the declared remainder phase what no unbounded entry takes, or what all earlier ones turned away."""
    may_go = [_may_go(kind.options, remainder) for kind in draft.terms.kinds]
    groups: defaultdict[int, list[int]] = defaultdict(list)
    singles = []
    for machine in without_window(draft):
        if not may_go[draft.terms.kind_of[machine]] or not _turned_away_before(draft, machine, remainder):
            continue
        group = draft.peers.group(machine)
        if group == NO_GROUP:
            singles.append(machine)
        else:
            groups[group].append(machine)
    draft.place_singles(singles, remainder, None)
    for machines in groups.values():
        joining = draft.peers.room(machines, remainder)
        for machine in machines:
            if machine in joining:
                draft.place(machine, remainder, None)
            else:
                draft.turned_by_peers[machine] = remainder


def let_peers_share(draft: Draft) -> None:
    """Place machines that only the kept windows of their peers keep out, by cutting a phase anew for all of them."""
    for machine in sorted(machine for machine in draft.turned_by_peers if draft.waits(machine)):
        wanted = draft.terms.options(machine).unbounded_takes | phase_set((draft.turned_by_peers[machine],))
        for phase in each(wanted):
            line = next((line for line in draft.terms.lines_for(machine, phase) if line.target is None), None)
            if draft.peers.room((machine,), phase):
                draft.place(machine, phase, line)
                break
            if draft.recut(machine, phase, line):
                break


def uncovered(draft: Draft) -> tuple[int, ...]:
    """Return the machines without a window that no unbounded entry is about, in a pattern without a remainder."""
    if draft.terms.remainder is not None:
        return ()
    return tuple(machine for machine in without_window(draft) if not draft.terms.options(machine).unbounded)


def without_window(draft: Draft) -> list[int]:
    """Return the machines that have no window, in turn."""
    if None not in draft.phase_of:
        return []
    return [machine for machine, phase in enumerate(draft.phase_of) if phase is None]


def _may_go(options: Options, remainder: int) -> bool:
    """Tell whether a machine is welcome that nobody else takes, or that all others who would turned away before."""
    return options.welcome(remainder) and (not options.unbounded or options.unbounded >> remainder == 0)


def _turned_away_before(draft: Draft, machine: int, remainder: int) -> bool:
    """Tell whether a machine that others would take was left to its peers before the remainder phase, if at all."""
    return draft.turned_by_peers.get(machine, -1) < remainder or not draft.terms.options(machine).unbounded
