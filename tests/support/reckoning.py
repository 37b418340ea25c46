"""What must be true of a location once everything has come to rest, whatever died on the way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from mweek_contracts.commands import Command, ScheduleWeekV1
from mweek_contracts.events import NoticeFailedV1, NoticeSentV1, NoticeSkippedV1, WeekScheduledV1
from mweek_contracts.message import Message
from mweek_contracts.streams import DEAD
from mweek_messaging import follow
from nats.aio.client import Client

from tests.support.administrator import is_outcome
from tests.support.mailbox import ReadMail
from tests.support.planner_bus import HeardWeek

MAILS_IN_HAND = 4
"""A notifier's workers: so many mails may be on their way when it is killed."""


def check_commands(asked: Sequence[Command], events: Sequence[Message]) -> None:
    """Every command to schedule a week has exactly one outcome, and nothing was said twice."""
    outcomes = {
        command.command_id: sum(is_outcome(command, event) for event in events)
        for command in asked
        if isinstance(command, ScheduleWeekV1)
    }
    assert {key: number for key, number in outcomes.items() if number != 1} == {}
    said = Counter(event.message_id for event in events)
    assert [key for key, number in said.items() if number > 1] == []


def check_weeks(events: Sequence[Message], machines: Collection[str]) -> None:
    """Every week has one line of revisions, and in the end one window for each machine.

    Hearing a week checks the counts and the digest of each of its revisions.
    """
    weeks: dict[str, HeardWeek] = defaultdict(HeardWeek)
    revisions: dict[str, list[int]] = defaultdict(list)
    for event in events:
        if week := getattr(event, "week", None):
            weeks[week].hear(event)
        if isinstance(event, WeekScheduledV1):
            revisions[event.week].append(event.revision)
    assert weeks
    for week, heard in weeks.items():
        assert revisions[week] == list(range(1, len(revisions[week]) + 1)), week
        assert sorted(heard.windows) == sorted(machines), week
        assert heard.unplaced == {}, week


def check_mails(mails: Sequence[ReadMail], events: Sequence[Message], *, notifier_kills: int) -> None:
    """Every notice has one end, and one accepted mail if it was sent; repeats are few and byte-equal."""
    ends = [event for event in events if isinstance(event, NoticeSentV1 | NoticeSkippedV1 | NoticeFailedV1)]
    assert [key for key, number in Counter(end.notice_id for end in ends).items() if number != 1] == []
    assert [end for end in ends if isinstance(end, NoticeFailedV1)] == []
    sent = {end.mail_message_id for end in ends if isinstance(end, NoticeSentV1)}
    # A mail that left just before its sender died may have been superseded before it was to be repeated.
    withdrawn = {f"<{end.notice_id}@" for end in ends if isinstance(end, NoticeSkippedV1) and "died" in end.reason}
    accepted = defaultdict(list)
    for mail in mails:
        accepted[mail.message_id].append(mail.raw)
    assert sent - set(accepted) == set(), "told as sent, and no server has it"
    strangers = {key for key in set(accepted) - sent if f"{key.partition('@')[0]}@" not in withdrawn}
    assert strangers == set(), "a server has it, and nobody says so"
    assert [key for key, copies in accepted.items() if len(set(copies)) > 1] == [], "repeats differ"
    assert max(map(len, accepted.values())) <= 1 + notifier_kills
    assert len(mails) - len(accepted) <= MAILS_IN_HAND * notifier_kills


async def check_no_dead_letters(connection: Client) -> None:
    """No message was put aside."""
    letters = [received.message() async for received in follow(connection, DEAD.name, until_caught_up=True)]
    assert letters == []
