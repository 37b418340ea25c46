"""Every customer that a requested window concerns knows of it as it is, and when it is gone; told in time.

What is told is the window as it stands when the news have been gathered: revisions in between are told to nobody, and
one that came and went before anybody was told of it needs no mail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from mweek_contracts.events import FindingCode

from mweek_auditor.domain.finding import Finding, clock, span
from mweek_auditor.domain.told import NoticeState
from mweek_auditor.domain.windows.answer import Answer
from mweek_auditor.domain.windows.case import WindowCase
from mweek_auditor.domain.windows.history import Unsure
from mweek_auditor.domain.windows.window import Grant, RequestedWindow, Withdrawal


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a contact has to be told of a window, until when at the latest, and what became of it."""

    window: RequestedWindow
    said: Grant | Withdrawal
    customer: str
    contact: str
    due_at: datetime
    latest_at: datetime
    answers: tuple[Answer, ...]

    @property
    def is_gone(self) -> bool:
        """Whether the news is that there is no such window any more."""
        return isinstance(self.said, Withdrawal)

    @property
    def told(self) -> Answer | None:
        """The mail that told it, or the reason for which it needs none; that it became too late is no reason."""
        recent = [one for one in self.answers if one.revision >= self.said.revision or (self.is_gone and one.withdrawn)]
        sent = [one for one in recent if one.state is NoticeState.SENT]
        skipped = [one for one in recent if one.state is NoticeState.SKIPPED and not one.another_follows]
        needless = [one for one in skipped if not one.too_late or one.at <= self.due_at]
        return next(iter((*sent, *needless)), None)

    @property
    def failure(self) -> Answer | None:
        """The mail that was to tell it and could not."""
        failed = (one for one in self.answers if one.state is NoticeState.FAILED)
        return next((one for one in failed if one.revision >= self.said.revision), None)

    @property
    def is_needless(self) -> bool:
        """Whether the contact never knew of the window that is gone."""
        return self.is_gone and not any(one.state is NoticeState.SENT for one in self.answers)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be told."""
        return self.told is None and self.failure is None and not self.is_needless


class Telling:
    """What customers had to be told of requested windows."""

    def __init__(self, case: WindowCase) -> None:
        """Take the case."""
        self._case = case
        self._answers: defaultdict[tuple[str, str, str], list[Answer]] = defaultdict(list)
        for answer in sorted(case.answers, key=lambda one: one.at):
            self._answers[answer.window_id, answer.customer, answer.contact.lower()].append(answer)

    def findings(self) -> Iterator[Finding]:
        """Yield not-told, told-late and notice-failed. Nobody is missed before the time to tell is over."""
        for duty in self.duties:
            who, what = f"{duty.contact} of customer {duty.customer}", _named(duty)
            told = duty.told
            if told is not None:
                if told.state is NoticeState.SENT and told.at > duty.latest_at and not duty.is_gone:
                    text = f"{who} was told {clock(told.at)} of {what}; {clock(duty.latest_at)} was the latest."
                    yield Finding(FindingCode.TOLD_LATE, duty.said.machine, text)
            elif duty.failure is not None:
                text = f"The notice to {who} of {what} failed: {duty.failure.detail}."
                yield Finding(FindingCode.NOTICE_FAILED, duty.said.machine, text)
            elif duty.is_open and self._case.now >= duty.due_at:
                text = f"{who} has not been told of {what}."
                yield Finding(FindingCode.NOT_TOLD, duty.said.machine, text)

    @property
    def next_due_at(self) -> datetime | None:
        """When somebody will not have been told in time; None where nobody is waited for."""
        return min((duty.due_at for duty in self.duties if duty.is_open and duty.due_at > self._case.now), default=None)

    @property
    def customers_told(self) -> int:
        """How many customers had to be told, and were, every contact of all."""
        waiting = {duty.customer for duty in self.duties if duty.told is None and not duty.is_needless}
        return len({duty.customer for duty in self.duties} - waiting)

    @cached_property
    def duties(self) -> Sequence[Duty]:
        """All that had to be told."""
        return [duty for window in self._case.requested for duty in self._of_window(window)]

    def _of_window(self, window: RequestedWindow) -> Iterator[Duty]:
        said: Grant | Withdrawal | None = window.withdrawal
        if said is None:
            said = next((grant for grant in reversed(window.grants) if window.is_significant(grant)), None)
        if said is None:  # the first revision was not heard
            return
        due_at = said.heard_at + self._case.notice_patience
        for customer in sorted(self._concerned(window.grant, said)):
            for contact in self._contacts(customer, window.grant):
                yield Duty(
                    window=window,
                    said=said,
                    customer=customer,
                    contact=contact,
                    due_at=due_at,
                    latest_at=max(due_at, self._latest_at(customer, window.grant)),
                    answers=tuple(self._answers.get((window.grant.window_id, customer, contact.lower()), ())),
                )

    def _concerned(self, grant: Grant, said: Grant | Withdrawal) -> set[str]:
        """Return who owns the machine and those on it; who became so or ceased to be meanwhile is not counted."""
        owners = {
            history.steady(lambda machine: machine.customer)
            for name in (grant.machine, *grant.affects)
            if (history := self._case.records.machine(name)).versions
        }
        if not self._case.records.machine(grant.machine).versions:
            owners.add(said.customer)
        return {owner for owner in owners if owner is not None}

    def _contacts(self, customer: str, grant: Grant) -> tuple[str, ...]:
        """Return the addresses that a customer had when the window was granted, and still has."""
        history = self._case.records.customer(customer)
        then, now = history.at(grant.position), history.now
        if now is None or then is None or isinstance(then, Unsure):
            return () if now is None else now.contacts
        before = {contact.lower() for contact in then.contacts}
        return tuple(contact for contact in now.contacts if contact.lower() in before)

    def _latest_at(self, customer: str, grant: Grant) -> datetime:
        then = self._case.records.customer_at(customer, grant.position)
        hours = 0 if grant.urgent or isinstance(then, Unsure) else then.notice_hours
        return grant.time.opens_at - timedelta(hours=hours)


def _named(duty: Duty) -> str:
    grant = duty.window.grant
    time = span(grant.time.opens_at, grant.time.closes_at)
    if duty.is_gone:
        return f"the end of {grant.machine}'s window {time} ({grant.window_id})"
    return f"{grant.machine}'s window {time} ({grant.window_id}, revision {duty.said.revision})"
