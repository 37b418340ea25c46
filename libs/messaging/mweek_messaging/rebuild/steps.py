"""What a rebuild has done or found, in sentences for an operator and in fields for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class StepKind(StrEnum):
    """What a step is about."""

    STREAM = "stream"
    """A stream or consumer was created or changed."""
    FOUND = "found"
    """A service sees that a stream went back."""
    PUBLISHED = "published"
    ACCEPTED = "accepted"
    WAITING = "waiting"
    NOTE = "note"
    """Something to know, or to do."""


CHANGES = frozenset({StepKind.STREAM, StepKind.PUBLISHED, StepKind.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Step:
    """One step; its sentence says everything, the fields are for programs."""

    kind: StepKind
    sentence: str
    fields: Mapping[str, object] = field(default_factory=dict, hash=False)


Say = Callable[[Step], None]

_NOTHING: Final = {
    "apply": "streams and consumers are as the contracts say",
    "check": "streams and consumers are as the contracts say",
    "rebuild": "Nothing to do: the streams are whole, as far as the services at hand can tell",
}


class Report:
    """Prints the steps: each sentence as it comes, or all of them as one JSON document at the end."""

    def __init__(self, *, as_json: bool) -> None:
        """Begin with none."""
        self.steps: list[Step] = []
        self._as_json = as_json

    def say(self, step: Step) -> None:
        """Take a step in."""
        self.steps.append(step)
        if not self._as_json:
            print(step.sentence, flush=True)

    def end(self, verb: str, *, changed: bool) -> None:
        """Print what is left to print."""
        if self._as_json:
            steps = [{"kind": step.kind, "sentence": step.sentence, **step.fields} for step in self.steps]
            print(json.dumps({"format_version": 1, "command": verb, "changed": changed, "steps": steps}, indent=2))
        elif all(step.kind is StepKind.NOTE for step in self.steps):
            print(_NOTHING.get(verb, "done"))
