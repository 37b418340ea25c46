"""The planning desk: carries out the steps of a story one after the other and says what a planner would see.

A story is a text file: prose, then steps that begin with `> `, each with the lines that belong to it (`| …`) and below
what came of it. A step changes what is known (fleet, clock, blackouts) or asks for something (plan, diff, why).
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mweek_contracts.documents import built_in_pattern, read_pattern
from mweek_contracts.pattern import Pattern as PatternDocument
from mweek_contracts.reasons import explain_placement, explain_unplaced
from mweek_planner.domain.cancellation import cancel
from mweek_planner.domain.customer import Blackout
from mweek_planner.domain.diff import diff
from mweek_planner.domain.fairness import went_early
from mweek_planner.domain.machine import Fleet
from mweek_planner.domain.outcome import Refused
from mweek_planner.domain.plan import Overrides, Plan
from mweek_planner.domain.planning import PlanningInput, plan
from mweek_planner.rendering.plan_text import diff_text, plan_text, refusal_text
from mweek_planner.translation import pattern_from

from tests.support.fleets import changed, fields_from, fleet_from_text, reference_fleet, with_customer, without
from tests.support.ids import at


def play(story: str) -> str:
    """Return the story with what comes of its steps today; prose and steps stay as they are."""
    desk = Desk()
    return "".join(_played(desk, step) for step in _steps(story))


@dataclass(frozen=True, slots=True)
class _Step:
    """What stands before a step, the step itself, and the lines that belong to it."""

    prose: tuple[str, ...]
    command: str
    lines: tuple[str, ...]


def _played(desk: Desk, step: _Step) -> str:
    said = desk.do(step.command, [line.removeprefix("|").removeprefix(" ") for line in step.lines])
    told = "".join(f"{line}\n" for line in (*step.prose, f"> {step.command}", *step.lines))
    return f"{told}{said.rstrip()}\n\n" if said else f"{told}\n"


def _steps(story: str) -> Iterator[_Step]:
    """Cut a story into steps; prose begins with `#`, all other lines are what came of a step once."""
    prose: list[str] = []
    command, lines = "", []
    for line in story.splitlines():
        if line.startswith(("# ", "> ")) and command:
            yield _Step(tuple(prose), command, tuple(lines))
            prose, command, lines = [], "", []
        if line.startswith("#"):
            prose.append(line)
        elif line.startswith("> "):
            command = line.removeprefix("> ").strip()
        elif line.startswith("|"):
            lines.append(line)
    if command:
        yield _Step(tuple(prose), command, tuple(lines))


class Desk:
    """What is known at one point of a story, and the steps that change it."""

    def __init__(self) -> None:
        """Begin on a Friday, a week and a half before the week of the stories, with an empty fleet."""
        self._asked = PlanningInput(
            location="rzob",
            week="2026-W49",
            now=at("2026-11-20T08:00Z"),
            fleet=Fleet(()),
            pattern=pattern_from(_built_in("one-few-many")),
        )
        self._before: Plan | None = None
        self._steps: Mapping[str, Callable[[Sequence[str], Sequence[str]], str]] = {
            "fleet": self._fleet,
            "pattern": self._pattern,
            "now": self._now,
            "week": self._week,
            "add": self._add,
            "retire": self._retire,
            "remove": self._remove,
            "change": self._change,
            "blackout": self._blackout,
            "notice": self._notice,
            "plan": self._plan,
            "diff": self._diff,
            "why": self._why,
            "cancel": self._cancel,
        }

    def do(self, command: str, lines: Sequence[str]) -> str:
        """Carry out a step; returns what is said, nothing for a step that only changes what is known."""
        name, *words = shlex.split(command)
        return self._steps[name](words, lines)

    def _fleet(self, words: Sequence[str], lines: Sequence[str]) -> str:
        self._know(reference_fleet() if words == ["reference"] else fleet_from_text(lines))
        return ""

    def _pattern(self, words: Sequence[str], lines: Sequence[str]) -> str:
        text = "\n".join(lines)
        document = read_pattern(("story.yaml", text)) if lines else _built_in(words[0])
        self._asked = replace(self._asked, pattern=pattern_from(document))
        return ""

    def _now(self, words: Sequence[str], _lines: Sequence[str]) -> str:
        self._asked = replace(self._asked, now=at(words[0]))
        return ""

    def _week(self, words: Sequence[str], _lines: Sequence[str]) -> str:
        """Go on to a later week; who went early in the one before is remembered."""
        parent = self._asked.parent
        early = Counter(self._asked.history) + Counter(went_early(parent) if parent else ())
        self._asked = replace(self._asked, week=words[0], parent=None, history=early)
        return ""

    def _add(self, words: Sequence[str], lines: Sequence[str]) -> str:
        text = [shlex.join(words)] if words else lines
        more = fleet_from_text(text).machines
        self._know(replace(self._asked.fleet, machines=(*self._asked.fleet.machines, *more)))
        return ""

    def _retire(self, words: Sequence[str], _lines: Sequence[str]) -> str:
        for name in words:
            self._know(changed(self._asked.fleet, name, in_service=False))
        return ""

    def _remove(self, words: Sequence[str], _lines: Sequence[str]) -> str:
        self._know(without(self._asked.fleet, *words))
        return ""

    def _change(self, words: Sequence[str], _lines: Sequence[str]) -> str:
        name, *fields = words
        self._know(changed(self._asked.fleet, name, **fields_from(fields)))
        return ""

    def _blackout(self, words: Sequence[str], _lines: Sequence[str]) -> str:
        customer, starts_at, ends_at, *reason = words
        blackout = Blackout(at(starts_at), at(ends_at), " ".join(reason) or "blackout")
        known = next((c.blackouts for c in self._asked.fleet.customers if c.name == customer), ())
        self._know(with_customer(self._asked.fleet, customer, blackouts=(*known, blackout)))
        return ""

    def _notice(self, words: Sequence[str], _lines: Sequence[str]) -> str:
        self._know(with_customer(self._asked.fleet, words[0], notice_hours=int(words[1])))
        return ""

    def _plan(self, words: Sequence[str], _lines: Sequence[str]) -> str:
        given = dict(word.split("=", 1) for word in words)
        overrides = Overrides(blackouts=given.get("override-blackouts"), notice=given.get("override-notice"))
        outcome = plan(replace(self._asked, overrides=overrides))
        if isinstance(outcome, Refused):
            return refusal_text(outcome)
        self._stands(outcome.plan)
        return plan_text(outcome)

    def _diff(self, _words: Sequence[str], _lines: Sequence[str]) -> str:
        return diff_text(diff(self._before, self._standing()))

    def _why(self, words: Sequence[str], _lines: Sequence[str]) -> str:
        standing = self._standing()
        if words[0] in (windows := standing.by_machine()):
            one = windows[words[0]]
            return f"{one.machine} is in {one.phase}: {explain_placement(one.reason, dict(one.facts))}"
        without = next(one for one in standing.unplaced if one.machine == words[0])
        return f"{without.machine} has no window: {explain_unplaced(without.reason, dict(without.facts))}"

    def _cancel(self, _words: Sequence[str], _lines: Sequence[str]) -> str:
        outcome = cancel(self._standing(), now=self._asked.now)
        if isinstance(outcome, Refused):
            return refusal_text(outcome)
        self._stands(outcome)
        return diff_text(diff(self._before, outcome))

    def _know(self, fleet: Fleet) -> None:
        self._asked = replace(self._asked, fleet=fleet)

    def _stands(self, plan: Plan) -> None:
        self._before, self._asked = self._asked.parent, replace(self._asked, parent=plan)

    def _standing(self) -> Plan:
        assert self._asked.parent is not None, "nothing is planned yet in this story"
        return self._asked.parent


def _built_in(name: str) -> PatternDocument:
    pattern = built_in_pattern(name)
    assert pattern is not None, f"no pattern is built in as {name}"
    return pattern
