"""Answers the requests of a file together, beside what each would be told as it comes; nobody has been told yet."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mweek_planner.domain.requests import Case, Policy, Refusal
from mweek_planner.domain.requests.batch import Change, Optimised, Progress, changes, optimised
from mweek_planner.offline.announced import read_announced
from mweek_planner.offline.documents import fleet_of
from mweek_planner.offline.windows import Answered, Askers, ToldWishes
from mweek_planner.offline.wishes import Wish, Wrong, read_wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFiles:
    """Paths: a fleet file as `plan` takes it, the requests, and the windows that were announced, None without."""

    fleet: str
    requests: str
    announced: str | None
    location: str | None


@dataclass(frozen=True, slots=True)
class AnsweredBatch:
    """The answers to the lines of a file, in its order, and what answering them together changed."""

    answers: Sequence[Answered]
    changes: Sequence[Change]
    found: Optimised


def optimise_offline(
    files: BatchFiles, *, policy: Policy, now: datetime, seed: int, progress: Progress
) -> AnsweredBatch:
    """Answer the requests of a file together.

    Args:
        seed: the same with as many rounds gives the same answers.

    Raises:
        UnusableFileError: a file cannot be used; it has everything that is wrong with the file.
    """
    askers = Askers(fleet_of(files.fleet, files.location), policy, now)
    announced = read_announced(files.announced, askers)
    lines = list(read_wishes(files.requests))
    wishes = _first_of_each_id(lines)
    cases = {name: case for name, wish in wishes.items() if isinstance(case := askers.case_of(wish), Case)}
    dice = random.Random(seed)  # noqa: S311  to look for windows, not to keep a secret
    found = optimised(tuple(cases.values()), announced=announced, dice=dice, progress=progress)
    told = dict(zip(cases, found.together.told, strict=True))
    book = ToldWishes()
    for name, wish in wishes.items():
        book.keep(wish, told[name] if name in told else _not_looked_at(askers, wish))
    return AnsweredBatch([book.answer(line) for line in lines], changes(tuple(cases.values()), found), found)


def for_cpu_seconds(seconds: float) -> Progress:
    """Return how much has passed of so many CPU seconds of this process, counted from now."""
    begun = time.process_time()
    return lambda _: (time.process_time() - begun) / seconds


def for_rounds(rounds: int) -> Progress:
    """Return how much has passed of so many rounds, however long they take."""
    return lambda done: done / rounds if rounds else 1.0


def _first_of_each_id(lines: Sequence[Wish | Wrong]) -> dict[str, Wish]:
    first: dict[str, Wish] = {}
    for line in lines:
        if isinstance(line, Wish):
            first.setdefault(line.request_id, line)
    return first


def _not_looked_at(askers: Askers, wish: Wish) -> Refusal:
    refusal = askers.case_of(wish)
    assert isinstance(refusal, Refusal), "what is a case was answered with the others"
    return refusal
