"""The line to a mail server: how many mails it takes while it works, breaks and is tried again."""

from __future__ import annotations

from mweek_notifier.domain.attempt import Answer, Outcome
from mweek_notifier.sender.line import FAILURES_BEFORE_RED, Line

GONE = Outcome(Answer.AWAY, "smtp://mail.test:25: no answer within 60 s")
TAKEN = Outcome(Answer.ACCEPTED, "250 queued")
LATER = Outcome(Answer.DEFERRED, "451 4.7.1 grey-listed")


class Told(list[tuple[bool, str]]):
    """What the operator was told."""

    def __call__(self, ok: bool, detail: str) -> None:
        self.append((ok, detail))


def line(told: Told | None = None) -> Line:
    return Line(4, report=Told() if told is None else told, pauses=(1.0, 30.0))


def break_at(broken: Line, *instants: float) -> None:
    for instant in instants:
        broken.judge(GONE, given_at=instant, now=instant)


def test_open_line_takes_as_many_mails_as_there_are_workers() -> None:
    assert [line().takes(in_hand, now=0) for in_hand in (0, 3, 4)] == [True, True, False]


def test_broken_line_takes_one_mail_after_a_pause_that_doubles_up_to_the_longest() -> None:
    broken, now, pauses = line(), 100.0, []
    for _ in range(7):
        break_at(broken, now)
        pause = next(seconds for seconds in range(100) if broken.takes(0, now=now + seconds))
        assert not broken.takes(1, now=now + pause)
        pauses.append(pause)
        now += pause
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_mails_that_were_on_the_line_when_it_broke_are_one_failure() -> None:
    told = Told()
    broken = line(told)
    for _ in range(4):
        broken.judge(GONE, given_at=99.0, now=100.0)
    assert broken.takes(0, now=101.0)
    assert told == []


def test_first_mail_that_leaves_opens_the_line_and_tells() -> None:
    told = Told()
    mended = line(told)
    break_at(mended, 1.0, 2.0, 4.0)
    mended.judge(TAKEN, given_at=8.0, now=8.0)
    assert mended.takes(3, now=8.0)
    assert [ok for ok, _ in told] == [False, True]


def test_operator_is_told_the_cause_and_what_to_do() -> None:
    told = Told()
    break_at(line(told), *(10.0 * failure for failure in range(1, FAILURES_BEFORE_RED + 1)))
    [(ok, sentence)] = told
    assert not ok
    assert sentence.startswith("no mail leaves: smtp://mail.test:25: no answer within 60 s. Look at ")


def test_server_that_answers_later_to_single_mails_keeps_the_line_open() -> None:
    deferring = line()
    for _ in range(9):
        deferring.judge(LATER, given_at=0.0, now=0.0)
    assert deferring.takes(3, now=0.0)
