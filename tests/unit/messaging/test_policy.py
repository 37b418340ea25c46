"""The delivery policy as numbers."""

from __future__ import annotations

from datetime import timedelta

from mweek_messaging import DeliveryPolicy, Postponed


def test_delays_grow_and_the_last_one_stands() -> None:
    policy = DeliveryPolicy()
    assert [policy.delay_after(attempts).total_seconds() for attempts in range(1, 7)] == [1, 2, 4, 8, 8, 8]


def test_last_attempt_is_over_fifteen_seconds_after_the_first() -> None:
    policy = DeliveryPolicy()
    waited = sum((policy.delay_after(attempts) for attempts in range(1, policy.attempts)), timedelta(0))
    assert waited == timedelta(seconds=15)


def test_postponed_says_what_is_waited_for() -> None:
    postponed = Postponed("records of rzob", timedelta(seconds=3))
    assert (str(postponed), postponed.delay) == ("waiting for records of rzob", timedelta(seconds=3))
