"""The line in front of the database: bounded as a whole and for each machine, and fair."""

from __future__ import annotations

from mweek_contracts.requests import MyWindowsV1
from mweek_messaging.answering.waiting_requests import Asked, WaitingRequests


def asked(machine: str, number: int = 0) -> Asked:
    request = MyWindowsV1(request_id=f"r-{number}", location="rzob", machine=machine)
    return Asked(request, "_INBOX.x", 0.0)


def names(taken: list[Asked]) -> list[str]:
    return [f"{one.request.machine}/{one.request.request_id}" for one in taken]


def test_machine_that_asks_much_waits_behind_those_that_ask_little() -> None:
    waiting = WaitingRequests()
    for number in range(20):
        assert waiting.add(asked("loud", number))
    for machine in ("quiet", "calm"):
        assert waiting.add(asked(machine))
    assert names(waiting.take(4)) == ["loud/r-0", "quiet/r-0", "calm/r-0", "loud/r-1"]
    assert len(waiting) == 18


def test_requests_of_one_machine_stay_in_their_order() -> None:
    waiting = WaitingRequests()
    for number in range(5):
        waiting.add(asked("m", number))
    assert names(waiting.take(2)) + names(waiting.take(9)) == [f"m/r-{number}" for number in range(5)]
    assert (len(waiting), waiting.take(9)) == (0, [])


def test_one_machine_cannot_fill_the_line() -> None:
    waiting = WaitingRequests(most=100, most_of_one=3)
    assert [waiting.add(asked("loud", number)) for number in range(5)] == [True, True, True, False, False]
    assert waiting.add(asked("quiet"))


def test_all_together_can() -> None:
    waiting = WaitingRequests(most=3)
    assert [waiting.add(asked(f"m{number}")) for number in range(4)] == [True, True, True, False]
    assert waiting.full
    waiting.take(1)
    assert waiting.add(asked("m4"))
