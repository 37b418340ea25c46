"""Why a machine is where it is: codes with their facts, and the one renderer that makes sentences of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

Facts = dict[str, str | int | bool | list[str] | None]
"""Named facts of a reason; what each code carries stands in its sentence below."""


class PlacementCode(StrEnum):
    """Why a machine has the window that it has."""

    ALL = "all"
    COUNT = "count"
    SHARE = "share"
    AT_MOST = "at-most"
    SAMPLE = "sample"
    REMAINDER = "remainder"
    DECLARED_REMAINDER = "declared-remainder"
    REDUNDANCY = "redundancy"
    BLACKOUT = "blackout"
    KEPT = "kept"
    JOINED = "joined"
    NOTICE = "notice"
    TOO_LONG = "too-long"
    OPENED = "opened"


class UnplacedCode(StrEnum):
    """Why a machine has no window, or lost it."""

    BLACKOUT = "blackout"
    REDUNDANCY = "redundancy"
    NOTICE = "notice"
    NO_PHASE = "no-phase"
    TOO_LONG = "too-long"
    WEEK_OVER = "week-over"
    RETIRED = "retired"
    CANCELLED = "cancelled"


class CompromiseCode(StrEnum):
    """What a quota gave way to."""

    REDUNDANCY = "redundancy"
    """Peers of a redundancy group may not share a phase."""
    BLACKOUT = "blackout"
    """Customers have blackouts then."""
    TOO_FEW = "too-few"
    """Earlier entries took the machines."""
    TOO_LONG = "too-long"
    """The phase is too short for the machines' downtime."""
    KEPT = "kept"
    """More windows were kept from the parent revision than the quota asks for."""
    OPENED = "opened"
    """The phase had opened."""
    NOTICE = "notice"
    """Customers' notice hours were too long for it."""


class RefusalCode(StrEnum):
    """Why a command was not carried out."""

    INVALID_COMMAND = "invalid-command"
    """The command contradicts itself or the fleet; `problems` says where."""
    UNKNOWN_LOCATION = "unknown-location"
    """No machine of the location is known."""
    UNKNOWN_PATTERN = "unknown-pattern"
    """The planner has no pattern of that name."""
    NOT_COVERED = "not-covered"
    """The pattern names no phase for some machines and declares no remainder; `machines` says which."""
    NOTICE_TOO_SHORT = "notice-too-short"
    """A window would open before its customer's notice hours are over; `earliest_week` would do."""
    WEEK_OVER = "week-over"
    """Every phase of the week has opened."""
    WEEK_TOO_FAR = "week-too-far"
    """The week is more than 52 weeks ahead."""
    REVISION_CONFLICT = "revision-conflict"
    """The week's current revision is not the one that the command expected."""
    NOTHING_TO_CANCEL = "nothing-to-cancel"
    """The week has no windows that are still to open."""


PLACEMENT_SENTENCES: Final[Mapping[PlacementCode, str]] = {
    PlacementCode.ALL: "the phase takes all machines with {selector}",
    PlacementCode.COUNT: "one of {quota} chosen from {population} machines with {selector}",
    PlacementCode.SHARE: "one of {quota} ({share} of {population}) chosen from the machines with {selector}",
    PlacementCode.AT_MOST: "one of {quota} (at most {share} of {population}) chosen from the machines with {selector}",
    PlacementCode.SAMPLE: "one of {quota} in the representative sample ({share} of {population}) with {selector}",
    PlacementCode.REMAINDER: "the phase takes the remaining machines with {selector}",
    PlacementCode.DECLARED_REMAINDER: "no phase names it: the pattern's remainder phase takes it",
    PlacementCode.REDUNDANCY: "moved away from {avoided}: a peer of redundancy group {group} is there",
    PlacementCode.BLACKOUT: "moved away from {avoided}: its customer has a blackout then",
    PlacementCode.KEPT: "kept from revision {revision}",
    PlacementCode.JOINED: "joined after the week was scheduled: the next phase that takes its kind",
    PlacementCode.NOTICE: "moved away from {avoided}: too soon for its customer's notice hours",
    PlacementCode.TOO_LONG: "moved away from {avoided}: too short for its downtime of {downtime_minutes} minutes",
    PlacementCode.OPENED: "moved away from {avoided}: it had opened when the week was planned",
}

UNPLACED_SENTENCES: Final[Mapping[UnplacedCode, str]] = {
    UnplacedCode.BLACKOUT: "its customer's blackout leaves no phase that takes it",
    UnplacedCode.REDUNDANCY: "its peers of redundancy group {group} leave no time for it",
    UnplacedCode.NOTICE: "its customer's notice hours leave no phase that takes it",
    UnplacedCode.NO_PHASE: "no phase of the pattern takes it",
    UnplacedCode.TOO_LONG: "its downtime of {downtime_minutes} minutes fits no phase that takes it",
    UnplacedCode.WEEK_OVER: "no phase that takes it is still to open",
    UnplacedCode.RETIRED: "it is no longer in service",
    UnplacedCode.CANCELLED: "the week was cancelled",
}

COMPROMISE_SENTENCES: Final[Mapping[CompromiseCode, str]] = {
    CompromiseCode.REDUNDANCY: "a redundancy peer of {redundancy} of the others is in the phase already",
    CompromiseCode.BLACKOUT: "blackouts keep {blackout} of the others away",
    CompromiseCode.TOO_FEW: "other entries took the rest",
    CompromiseCode.TOO_LONG: "{too_long} of the others need longer than the phase lasts",
    CompromiseCode.KEPT: "windows that were told before stay",
    CompromiseCode.OPENED: "the phase had opened",
    CompromiseCode.NOTICE: "the customers of {notice} of the others would be told too late",
}


class _Missing(dict[str, object]):
    """Facts of a newer or older writer may lack a name: show which instead of failing."""

    def __missing__(self, key: str) -> str:
        return f"({key}?)"


def explain_placement(code: PlacementCode, facts: Mapping[str, object]) -> str:
    """Return the sentence, without full stop, that says why a machine has its window."""
    sentence = PLACEMENT_SENTENCES[code].format_map(_Missing(facts))
    originally = str(facts.get("originally"))
    if code is PlacementCode.KEPT and originally in PLACEMENT_SENTENCES:
        sentence += f": {PLACEMENT_SENTENCES[PlacementCode(originally)].format_map(_Missing(facts))}"
    return sentence + _consequence(facts)


def explain_unplaced(code: UnplacedCode, facts: Mapping[str, object]) -> str:
    """Return the sentence, without full stop, that says why a machine has no window."""
    return UNPLACED_SENTENCES[code].format_map(_Missing(facts))


def explain_compromise(code: CompromiseCode, *, planned: int, actual: int, facts: Mapping[str, object]) -> str:
    """Return the sentence, without full stop, that says what an entry of a phase holds and what it gave way to."""
    named = _Missing(facts)
    numbers = f"{actual} instead of {planned} machines with {named['selector']}"
    return f"{numbers}: {COMPROMISE_SENTENCES[code].format_map(named)}"


def _consequence(facts: Mapping[str, object]) -> str:
    """Return what holds beside the reason: a slot of its own, a preference, an override."""
    parts = []
    if facts.get("slot_of"):
        parts.append(f"in slot {facts.get('slot')} of {facts['slot_of']}, apart from its redundancy peers")
    if facts.get("overridden"):
        parts.append(f"although its customer has a blackout ({facts['overridden']})")
    return "".join(f", {part}" for part in parts)
