"""How long news about windows wait for company."""

from datetime import datetime, timedelta

import pytest
from mweek_notifier.domain.gathering import Gathering, Patience, gathered
from mweek_notifier.domain.requested_window import RequestedWindow
from mweek_notifier.domain.window import Slot

from tests.support.notifier_values import NOW

PATIENCE = Patience(quiet=timedelta(seconds=60), at_most=timedelta(seconds=150))


def window(opens_at: datetime = NOW + timedelta(days=3), withdrawn: str | None = None) -> RequestedWindow:
    return RequestedWindow(
        location="rzob",
        window_id="w-1",
        machine="acme01",
        revision=1,
        significant_revision=1,
        slot=Slot(opens_at, opens_at + timedelta(minutes=30), "adhoc"),
        withdrawn=withdrawn,
    )


def waited(*after: int) -> list[int]:
    """Return, for news so many seconds after the first, when the occasion would be over."""
    known: Gathering | None = None
    due = []
    for seconds in after:
        known = gathered(known, window(), PATIENCE, now=NOW + timedelta(seconds=seconds))
        due.append(int((known.due_at - NOW).total_seconds()))
    return due


def test_news_wait_until_none_has_come_for_a_while() -> None:
    assert waited(0, 10, 50) == [60, 70, 110]


def test_news_that_never_end_are_told_all_the_same() -> None:
    assert waited(0, 50, 100, 149) == [60, 110, 150, 150]


def test_an_occasion_is_over_before_one_of_its_windows_opens() -> None:
    soon = gathered(None, window(NOW + timedelta(seconds=20)), PATIENCE, now=NOW)
    assert soon.due_at == NOW + timedelta(seconds=20)
    later = gathered(soon, window(), PATIENCE, now=NOW + timedelta(seconds=10))
    assert later.due_at == NOW + timedelta(seconds=20)


def test_a_window_that_has_opened_is_told_at_once() -> None:
    assert gathered(None, window(NOW - timedelta(minutes=1)), PATIENCE, now=NOW).due_at == NOW


@pytest.mark.parametrize(("minutes", "waits"), [(-1, 60), (1 / 3, 20)])
def test_a_window_that_is_gone_hurries_only_while_it_is_ahead(minutes: float, waits: int) -> None:
    missed = window(NOW + timedelta(minutes=minutes), withdrawn="missed")
    assert gathered(None, missed, PATIENCE, now=NOW).due_at == NOW + timedelta(seconds=waits)
