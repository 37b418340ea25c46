"""The line in front of the database: bounded as a whole and for each machine, and fair."""

from __future__ import annotations

from mweek_messaging.answering.fair_line import FairLine


def line(*, most: int = 100, most_of_one: int = 50) -> FairLine[str]:
    return FairLine(most=most, most_of_one=most_of_one)


def test_machine_that_asks_much_waits_behind_those_that_ask_little() -> None:
    waiting = line()
    for number in range(20):
        assert waiting.add("loud", f"loud/{number}")
    for machine in ("quiet", "calm"):
        assert waiting.add(machine, machine)
    assert waiting.take(4) == ["loud/0", "quiet", "calm", "loud/1"]
    assert len(waiting) == 18


def test_requests_of_one_machine_stay_in_their_order() -> None:
    waiting = line()
    for number in range(5):
        waiting.add("m", str(number))
    assert waiting.take(2) + waiting.take(9) == ["0", "1", "2", "3", "4"]
    assert (len(waiting), waiting.take(9)) == (0, [])


def test_one_machine_cannot_fill_the_line() -> None:
    waiting = line(most_of_one=3)
    assert [waiting.add("loud", str(number)) for number in range(5)] == [True, True, True, False, False]
    assert waiting.add("quiet", "0")


def test_all_together_can() -> None:
    waiting = line(most=3)
    assert [waiting.add(f"m{number}", "0") for number in range(4)] == [True, True, True, False]
    assert waiting.full
    waiting.take(1)
    assert waiting.add("m4", "0")
