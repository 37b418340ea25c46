"""States of a notice in the ledger, and what follows from the outcome of an attempt to send it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from mweek_notifier.domain.notice import SkipCode


class NoticeState(StrEnum):
    """Where a notice stands.

    planned → claimed → sent | planned (again, later) | failed | unknown (→ claimed, once); planned → skipped.
    """

    PLANNED = "planned"
    CLAIMED = "claimed"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"


OPEN_STATES: Final = (NoticeState.PLANNED, NoticeState.CLAIMED, NoticeState.UNKNOWN)
"""States of a notice that may still leave. A final `unknown` has no due time."""


class Answer(StrEnum):
    """What came of handing a mail over.

    `accepted`: the mail is in other hands. `deferred`: this mail not now (4xx). `refused`: never (5xx for this
    recipient or this mail). `lost`: the mail was given, the answer never came. `away`: no mail at all now (no
    connection, a server that closes, is full or will not talk to us, a full disk); no attempt of the mail.
    """

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    LOST = "lost"
    AWAY = "away"


LONGEST_ANSWER: Final = 400


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer, and the sentence that came with it."""

    answer: Answer
    text: str

    @classmethod
    def of(cls, answer: Answer, said: str) -> Outcome:
        """Make an outcome of what a server or a system said: one printable line, whatever bytes it sent."""
        printable = "".join(character if character.isprintable() else " " for character in said)
        return cls(answer, " ".join(printable.replace("=?", "= ?").split())[:LONGEST_ANSWER])


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how long apart a mail is tried: the delay doubles from `first_delay` up to `longest_delay`.

    The defaults give up after 12 attempts in about 5 hours: past any grey-listing, and early enough that the auditor
    and the operator can still reach the customer another way.
    """

    first_delay: timedelta = timedelta(seconds=30)
    longest_delay: timedelta = timedelta(hours=1)
    attempts: int = 12
    repeats_after_loss: int = 1
    first_delays_after_loss: int = 20
    """The one repeat after a lost answer must not be lost to the same outage: by default it waits ten minutes."""

    def delay(self, attempts: int) -> timedelta:
        """Return how long to wait after so many attempts (at least one)."""
        doubled = self.first_delay * (1 << min(attempts - 1, 32))
        return min(doubled, self.longest_delay)

    @property
    def delay_after_loss(self) -> timedelta:
        """How long to wait before a mail is repeated of which nobody knows whether it left."""
        return self.first_delay * self.first_delays_after_loss


@dataclass(frozen=True, slots=True)
class Tries:
    """What a notice has been through. `superseded`: a newer revision says otherwise; it must not be tried again."""

    attempts: int
    losses: int = 0
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """The state that follows; `wait` until the next attempt, None where there is none.

    Not `counted`: it was no attempt of this mail, and uses none up. `skipped` says why, where that is the state.
    """

    state: NoticeState
    text: str
    wait: timedelta | None = None
    counted: bool = True
    skipped: SkipCode | None = None


SUPERSEDED: Final = "a newer plan revision made it untrue"
WINDOWS_SUPERSEDED: Final = "a newer revision of its windows is told in another mail"


CRASHED: Final = "the sender died or was stopped while it handed the mail over"
TOO_LATE: Final = "it could not be delivered before its slots were over"


def after_crash(tries: Tries, policy: RetryPolicy) -> Step:
    """Return what follows when a claim's lease is over: nobody knows whether the mail left, so it is sent once more.

    The repeat has the same bytes and Message-ID. A mail that every sender dies of is not tried for ever.
    """
    if tries.superseded:
        return Step(NoticeState.SKIPPED, f"{SUPERSEDED}; before that: {CRASHED}", skipped=SkipCode.SUPERSEDED)
    if tries.attempts >= policy.attempts:
        return Step(NoticeState.UNKNOWN, _gave_up(CRASHED, tries))
    return Step(NoticeState.UNKNOWN, CRASHED, timedelta(0))


def too_late(tries: Tries) -> Step:
    """Return what follows when the slots of a notice are over before it left."""
    if tries.attempts:
        return Step(NoticeState.FAILED, TOO_LATE)
    return Step(NoticeState.SKIPPED, TOO_LATE, skipped=SkipCode.OVER)


def next_step(outcome: Outcome, tries: Tries, policy: RetryPolicy) -> Step:
    """Return what follows from an outcome.

    Args:
        tries: attempts with this one counted, losses before this one.
    """
    if outcome.answer is Answer.ACCEPTED:
        return Step(NoticeState.SENT, outcome.text)
    if outcome.answer is Answer.REFUSED:
        return Step(NoticeState.FAILED, outcome.text)
    if tries.superseded:
        return Step(NoticeState.SKIPPED, f"{SUPERSEDED}; before that: {outcome.text}", skipped=SkipCode.SUPERSEDED)
    if outcome.answer is Answer.AWAY:
        state = NoticeState.UNKNOWN if tries.losses else NoticeState.PLANNED
        return Step(state, outcome.text, policy.first_delay, counted=False)
    lost = outcome.answer is Answer.LOST
    if tries.attempts >= policy.attempts or (lost and tries.losses >= policy.repeats_after_loss):
        return Step(NoticeState.UNKNOWN if lost else NoticeState.FAILED, _gave_up(outcome.text, tries))
    if lost:
        return Step(NoticeState.UNKNOWN, outcome.text, policy.delay_after_loss)
    return Step(NoticeState.PLANNED, outcome.text, policy.delay(tries.attempts))


def _gave_up(why: str, tries: Tries) -> str:
    times = "1 attempt" if tries.attempts == 1 else f"{tries.attempts} attempts"
    return f"gave up after {times}: {why}"
