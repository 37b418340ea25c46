"""The words that a story may use, and what each does. `{name}` is one word, `{name*}` the rest of the line.

A step that ends with a colon takes the indented lines below it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from mweek_auditor.domain.audit import audit
from mweek_auditor.domain.cancellation import audit_cancellation
from mweek_auditor.domain.told import not_told
from mweek_auditor.rendering import Figures, figures_of, report_lines

from tests.support.audit_story import aftermath, setting, tampering
from tests.support.audit_story.stage import Stage, instant

Step = Callable[..., str | None]


def report(stage: Stage) -> str:
    """Return the report as `mweek-auditor check` prints it, on the plan or on its cancellation."""
    if stage.cancelled is not None:
        return _cancellation_report(stage)
    return "\n".join(report_lines(figures_of(stage.case), audit(stage.case)))


def report_with_notices(stage: Stage, at: str) -> str:
    """Return the report on the plan and on what became of its notices by this time."""
    waiting = aftermath.contacts(stage)
    missed = not_told(waiting, stage.notices, aftermath.terms(stage), now=instant(at))
    findings = (*audit(stage.case), *missed)
    return "\n".join(report_lines(figures_of(stage.case, contacts_told=len(waiting)), findings))


def show(stage: Stage, phase: str) -> str:
    """Return who is in a phase."""
    stage.whole("", phase)
    return ", ".join(sorted(w.machine for w in stage.plan.windows if w.phase == phase)) or "nobody"


def _cancellation_report(stage: Stage) -> str:
    assert stage.cancelled is not None
    figures = Figures(
        location=stage.location,
        week=stage.week,
        revision=stage.plan.revision + 1,
        machines=len(stage.fleet.in_service),
        windows=len(stage.cancelled.windows),
        phases=0,
    )
    return "\n".join(report_lines(figures, audit_cancellation(stage.cancelled)))


_WORDS: Final[dict[str, Step]] = {
    "the reference fleet": setting.take_reference_fleet,
    "fleet:": setting.take_fleet,
    "pattern {name}": setting.name_pattern,
    "pattern:": setting.take_pattern,
    "week {week}": setting.name_week,
    "planner plans at {at}": setting.ask_planner,
    "plan at {at}:": setting.take_plan,
    "restore": setting.restore,
    "drop {machine}": tampering.drop,
    "move {machine} to {phase}": tampering.move,
    "give {machine} {opens} to {closes}": tampering.retime,
    "swap {one} {other}": tampering.swap,
    "duplicate {machine} in {phase}": tampering.duplicate,
    "place {machine} in {phase}": tampering.place,
    "foreign machine {machine} in {phase}": tampering.let_in,
    "leave out {machine}: {reason*}": tampering.leave_out,
    "declare {phase} entry {entry} planned {planned} actual {actual} because {code}": tampering.declare,
    "override blackouts: {reason*}": tampering.override_blackouts,
    "override notice: {reason*}": tampering.override_notice,
    "planned at {at}": tampering.date,
    "revise at {at}": tampering.revise,
    "look at {at}": tampering.look,
    "retire {machine}": tampering.retire,
    "remove {machine}": tampering.remove,
    "join {machine} like {like}": tampering.join,
    "blackout of {customer} from {starts} to {ends}: {reason*}": tampering.black_out,
    "announce": aftermath.announce,
    "announce with {outside} outside of acceptable times": aftermath.announce_with,
    "lose the message": aftermath.lose_message,
    "announce {machine} as of {customer}": aftermath.misattribute,
    "announce {host} without {guest}": aftermath.hide_guest,
    "grace until {at}": aftermath.give_grace,
    "everybody is told at {at}": aftermath.tell_everybody,
    "{contact} of {customer} is told at {at}": aftermath.tell,
    "notice to {contact} of {customer} fails at {at}: {reason*}": aftermath.fail_to_tell,
    "notice to {contact} of {customer} is skipped at {at}: {reason*}": aftermath.skip,
    "forget {contact} of {customer}": aftermath.forget_to_tell,
    "cancel at {at}": aftermath.cancel,
    "forget to withdraw {machine}": aftermath.forget_to_withdraw,
    "close with {withdrawn} withdrawn": aftermath.close_with,
    "show {phase}": show,
    "audit": report,
    "audit with notices at {at}": report_with_notices,
}


def _compiled(words: str) -> re.Pattern[str]:
    escaped = re.escape(words).replace(r"\ ", " ")
    rest = re.sub(r"\\\{(\w+)\\\*\\\}", r"(?P<\1>\\S.*)", escaped)
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^\\s:]+(?::[^\\s:]+)*)", rest))


STEPS: Final[tuple[tuple[re.Pattern[str], Step], ...]] = tuple((_compiled(words), do) for words, do in _WORDS.items())
