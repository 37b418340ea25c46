"""What follows from each outcome of an attempt."""

from datetime import timedelta

import pytest
from mweek_notifier.domain.attempt import (
    CRASHED,
    SUPERSEDED,
    TOO_LATE,
    Answer,
    NoticeState,
    Outcome,
    RetryPolicy,
    Step,
    Tries,
    after_crash,
    next_step,
    too_late,
)
from mweek_notifier.domain.notice import SkipCode

POLICY = RetryPolicy(first_delay=timedelta(seconds=30), longest_delay=timedelta(minutes=10), attempts=4)


def step(answer: Answer, attempts: int = 1, losses: int = 0, *, superseded: bool = False) -> Step:
    return next_step(Outcome(answer, "said"), Tries(attempts, losses, superseded), POLICY)


def test_accepted_is_sent() -> None:
    assert step(Answer.ACCEPTED) == Step(NoticeState.SENT, "said")


def test_refused_is_failed_at_once() -> None:
    assert step(Answer.REFUSED) == Step(NoticeState.FAILED, "said")


def test_deferred_waits_and_waits_longer_each_time() -> None:
    assert [step(Answer.DEFERRED, attempts) for attempts in (1, 2, 3)] == [
        Step(NoticeState.PLANNED, "said", timedelta(seconds=30)),
        Step(NoticeState.PLANNED, "said", timedelta(seconds=60)),
        Step(NoticeState.PLANNED, "said", timedelta(seconds=120)),
    ]


def test_deferred_once_too_often_is_failed() -> None:
    assert step(Answer.DEFERRED, 4) == Step(NoticeState.FAILED, "gave up after 4 attempts: said")


def test_lost_is_unknown_and_repeated_once_when_an_outage_is_likely_over() -> None:
    assert step(Answer.LOST) == Step(NoticeState.UNKNOWN, "said", timedelta(minutes=10))
    assert step(Answer.LOST, 2, 1) == Step(NoticeState.UNKNOWN, "gave up after 2 attempts: said")


@pytest.mark.parametrize("attempts", [1, 99])
def test_away_is_no_attempt_however_many_there_were(attempts: int) -> None:
    assert step(Answer.AWAY, attempts) == Step(NoticeState.PLANNED, "said", timedelta(seconds=30), counted=False)


def test_away_after_a_loss_leaves_it_unknown_whether_the_mail_left() -> None:
    assert step(Answer.AWAY, 2, 1) == Step(NoticeState.UNKNOWN, "said", timedelta(seconds=30), counted=False)


def test_after_a_loss_a_deferral_is_still_tried_again() -> None:
    assert step(Answer.DEFERRED, 2, 1) == Step(NoticeState.PLANNED, "said", timedelta(seconds=60))


@pytest.mark.parametrize("answer", [Answer.DEFERRED, Answer.LOST, Answer.AWAY])
def test_superseded_is_not_tried_again(answer: Answer) -> None:
    said = f"{SUPERSEDED}; before that: said"
    assert step(answer, superseded=True) == Step(NoticeState.SKIPPED, said, skipped=SkipCode.SUPERSEDED)


def test_superseded_while_it_was_accepted_is_sent() -> None:
    assert step(Answer.ACCEPTED, superseded=True).state is NoticeState.SENT


def test_delays_grow_to_the_longest_and_no_further() -> None:
    assert POLICY.delay(6) == timedelta(minutes=10)
    assert POLICY.delay(10_000) == timedelta(minutes=10)


def test_the_default_policy_outlasts_grey_listing_and_gives_up_within_hours() -> None:
    policy = RetryPolicy()
    total = sum((policy.delay(attempts) for attempts in range(1, policy.attempts)), timedelta())
    assert timedelta(hours=1) < total < timedelta(hours=6)


def test_after_a_crash_the_mail_is_sent_once_more_at_once() -> None:
    assert after_crash(Tries(1), POLICY) == Step(NoticeState.UNKNOWN, CRASHED, timedelta(0))


def test_a_mail_that_every_sender_dies_of_is_given_up() -> None:
    assert after_crash(Tries(4), POLICY) == Step(NoticeState.UNKNOWN, f"gave up after 4 attempts: {CRASHED}")


def test_a_superseded_mail_is_not_repeated_after_a_crash() -> None:
    assert after_crash(Tries(1, superseded=True), POLICY).state is NoticeState.SKIPPED


def test_slots_that_are_over_end_a_notice() -> None:
    assert too_late(Tries(0)) == Step(NoticeState.SKIPPED, TOO_LATE, skipped=SkipCode.OVER)
    assert too_late(Tries(3)) == Step(NoticeState.FAILED, TOO_LATE)


def test_an_answer_becomes_one_printable_line() -> None:
    said = "550 no\r\nBcc: x\x00\udcff \u202e=?utf-8?q?x?= " + "long " * 200
    text = Outcome.of(Answer.REFUSED, said).text
    assert text.startswith("550 no Bcc: x = ?utf-8?q?x?= long long")
    assert len(text) == 400
