"""The line to whoever takes the mails: how many may be on it at once, and what an operator should know of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mweek_notifier.domain.attempt import Answer, Outcome

FAILURES_BEFORE_RED: Final = 3
"""So many in a row are not about single mails, and no hiccup of the server."""

_ADVICE: Final = (
    "Look at what this names (the mail server, the login in MWEEK_NOTIFIER_MAIL_URL, or the disk of the maildir). "
    "Mails wait, none counts as tried, and they leave by themselves once it works"
)


class Line:
    """Open as long as mails leave; else tried with one mail at a time, after pauses that grow.

    An outage so costs no mail its attempts, and its end is seen within the longest pause.
    """

    def __init__(self, workers: int, *, report: Callable[[bool, str], None], pauses: tuple[float, float]) -> None:
        """Begin open.

        Args:
            workers: mails at once on an open line.
            report: says to the operator whether mails leave, and if not, why.
            pauses: the first and the longest one, in seconds.
        """
        self._workers = workers
        self._report = report
        self._first_pause, self._longest_pause = pauses
        self._failures = 0
        self._rounds = 0
        self._broke_at = 0.0
        self._tried_at = 0.0

    def takes(self, in_hand: int, *, now: float) -> bool:
        """Tell whether one more mail may be given, with so many given already."""
        if not self._rounds:
            return in_hand < self._workers
        return in_hand == 0 and now >= self._tried_at

    def judge(self, outcome: Outcome, *, given_at: float, now: float) -> None:
        """Learn from what came of a mail, and tell the operator.

        Args:
            given_at: when it was given; mails that were on the line when it broke say nothing new.
        """
        if outcome.answer in (Answer.ACCEPTED, Answer.REFUSED):
            self._failures = self._rounds = 0
            self._report(True, "mails leave")
            return
        if outcome.answer is Answer.DEFERRED:
            self._rounds = 0  # there is somebody who answers
            self._failures += 1
        elif given_at >= self._broke_at:
            self._break(now)
        if self._failures >= FAILURES_BEFORE_RED:
            self._report(False, f"no mail leaves: {outcome.text}. {_ADVICE}")

    @property
    def broken(self) -> bool:
        """Whether the operator is told that no mail leaves."""
        return self._failures >= FAILURES_BEFORE_RED

    def _break(self, now: float) -> None:
        self._failures += 1
        self._rounds += 1
        self._broke_at = now
        self._tried_at = now + min(self._first_pause * 2.0 ** min(self._rounds - 1, 32), self._longest_pause)
