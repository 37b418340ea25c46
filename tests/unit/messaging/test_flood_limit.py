"""How often a machine may ask: so many at once, so many each second from then on, and nobody else is in its way."""

from __future__ import annotations

import pytest
from mweek_messaging import AskingRate
from mweek_messaging.answering.flood_limit import FloodLimit

RATE = AskingRate(at_once=3, each_second=2)


def asked(limit: FloodLimit, at: float, who: str = "rzob/acme03") -> float:
    return limit.seconds_to_wait(who, RATE, at)


def test_so_many_at_once_and_then_one_for_each_span() -> None:
    limit = FloodLimit()
    assert [asked(limit, 100.0) for _ in range(5)] == [0, 0, 0, 0.5, 0.5]
    assert [asked(limit, 100.5) for _ in range(2)] == [0, 0.5]
    assert [asked(limit, 102.0) for _ in range(4)] == [0, 0, 0, 0.5]


def test_whoever_is_refused_a_thousand_times_waits_no_longer_for_it() -> None:
    limit = FloodLimit()
    waits = [asked(limit, 100.0) for _ in range(1_000)]
    assert (waits.count(0), max(waits), asked(limit, 100.5)) == (3, 0.5, 0)


def test_machines_do_not_share_a_limit() -> None:
    limit = FloodLimit()
    assert [asked(limit, 100.0) for _ in range(4)][-1] > 0
    assert asked(limit, 100.0, "rzob/acme04") == 0


def test_memory_is_bounded_and_those_who_asked_last_are_remembered() -> None:
    limit = FloodLimit(most=10)
    for number in range(1_000):
        asked(limit, 100.0, f"rzob/m{number}")
    assert len(limit) == 10
    for _ in range(2):
        asked(limit, 100.0, "rzob/m999")
    assert asked(limit, 100.0, "rzob/m999") > 0


@pytest.mark.parametrize("rate", [{"at_once": 0}, {"each_second": 0.0}])
def test_rate_at_which_nobody_could_ask_is_refused(rate: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="could never ask"):
        AskingRate(**rate)  # type: ignore[arg-type]
