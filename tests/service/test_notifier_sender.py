"""The sender on a real ledger and a real SMTP server: what each outcome leaves behind, and that nothing goes twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from mweek_notifier.delivery.mail_url import SmtpTarget, parse_mail_url
from mweek_notifier.delivery.smtp import Smtp
from mweek_notifier.domain.attempt import SUPERSEDED, TOO_LATE, Answer, Outcome
from mweek_notifier.domain.fleet import Contact
from mweek_notifier.domain.mail import Mail
from mweek_notifier.domain.notice import WeekNotice
from mweek_notifier.storage.ledger import supersede
from mweek_outbox import Database, migrate, open_database

from tests.support.eventually import eventually, never
from tests.support.mail_server import Behaviour, MailServer, running_mail_server
from tests.support.notice_ledger import NoticeLedger, ended, real_now, render
from tests.support.notifier_values import NOW, THURSDAY, TUESDAY, notice, slot_of

SOON = timedelta(milliseconds=100)


@pytest.fixture
def database(empty_database: str) -> Iterator[Database]:
    """A migrated database."""
    migrate(empty_database, "mweek_notifier")
    opened = open_database(empty_database)
    yield opened
    opened.close()


@pytest.fixture
def ledger(database: Database) -> NoticeLedger:
    return NoticeLedger(database)


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with running_mail_server() as running:
        yield running


@pytest.fixture
def smtp(server: MailServer) -> Smtp:
    return smtp_to(server)


def smtp_to(server: MailServer, *, timeout_seconds: float = 5) -> Smtp:
    target = parse_mail_url(server.url)
    assert isinstance(target, SmtpTarget)
    return Smtp(target, timeout_seconds=timeout_seconds, idle_connections=2)


def to(name: str, **fields: object) -> WeekNotice:
    return notice(slot_of(TUESDAY, "acme01"), contact=Contact(name, f"{name}@acme.example"), **fields)


class ThenTheTableIsAway:
    """A delivery after which the ledger cannot be written for a while."""

    def __init__(self, delivery: Smtp, database: Database) -> None:
        self._delivery = delivery
        self._database = database

    async def deliver(self, mail: Mail) -> Outcome:
        outcome = await self._delivery.deliver(mail)
        self._rename("notice", "elsewhere")
        asyncio.get_running_loop().call_later(0.3, self._rename, "elsewhere", "notice")
        return outcome

    async def close(self) -> None:
        await self._delivery.close()

    def _rename(self, old: str, new: str) -> None:
        with self._database.transaction() as session:
            session.connection().execute(sa.text(f"ALTER TABLE {old} RENAME TO {new}"))


async def test_each_notice_is_sent_once_and_told(ledger: NoticeLedger, server: MailServer, smtp: Smtp) -> None:
    ledger.plan(to("ops"), to("boss"))
    async with ledger.sending(smtp):
        await eventually(ended(ledger, 2))
    assert sorted(mail.recipient for mail in server.mails) == ["boss@acme.example", "ops@acme.example"]
    assert ledger.states() == ["sent", "sent"]
    (said,) = [event for event in ledger.said() if event["contact"] == "ops@acme.example"]
    expected = {
        "causation_id": "cause-1",
        "correlation_id": "command-1",
        "occurred_at": "2026-11-23T08:00:00Z",
        "location": "rzob",
        "week": "2026-W49",
        "notice_id": to("ops").key.notice_id,
        "kind": "scheduled",
        "plan_id": "rzob/2026-W49/r1",
        "revision": 1,
        "windows": [],
        "customer": "acme",
        "contact": "ops@acme.example",
        "mail_message_id": f"<{to('ops').key.notice_id}@mweek.example>",
        "sent_at": "2026-11-23T08:00:00Z",
        "attempt": 1,
    }
    assert {name: value for name, value in said.items() if name != "message_id"} == expected


async def test_a_deferred_notice_is_tried_again_with_the_same_bytes(
    ledger: NoticeLedger, server: MailServer, smtp: Smtp
) -> None:
    server.will(Behaviour.DEFER_CONTENT, Behaviour.DEFER_RECIPIENT)
    ledger.plan(to("ops"))
    async with ledger.sending(smtp):
        await eventually(ended(ledger))
    assert ledger.rows()[0] | {"answer": "", "email": ""} == {
        "email": "",
        "state": "sent",
        "attempts": 3,
        "losses": 0,
        "answer": "",
        "may_have_left": 1,
        "ended": 1,
    }
    assert [event["attempt"] for event in ledger.said()] == [3]


async def test_a_notice_that_is_deferred_for_ever_fails(ledger: NoticeLedger, server: MailServer, smtp: Smtp) -> None:
    server.will(*[Behaviour.DEFER_RECIPIENT] * 10)
    ledger.plan(to("ops"))
    async with ledger.sending(smtp):
        await eventually(ended(ledger))
    reason = "gave up after 4 attempts: 451 4.7.1 grey-listed, come back"
    assert [(event["reason"], event["attempts"]) for event in ledger.said()] == [(reason, 4)]
    assert (ledger.states(), server.attempts) == (["failed"], 4)


async def test_a_refused_address_fails_at_once_and_others_are_sent(
    ledger: NoticeLedger, server: MailServer, smtp: Smtp
) -> None:
    server.will(Behaviour.REFUSE_RECIPIENT)
    ledger.plan(to("gone"), to("ops"))
    async with ledger.sending(smtp, workers=1):
        await eventually(ended(ledger, 2))
    assert ledger.states() == ["failed", "sent"]
    assert [(event["contact"], event.get("reason")) for event in ledger.said()] == [
        ("gone@acme.example", "550 5.1.1 no such user"),
        ("ops@acme.example", None),
    ]


@pytest.mark.parametrize("behaviour", [Behaviour.KEEP_AND_DROP, Behaviour.STALL])
async def test_a_lost_answer_is_repeated_once_with_the_same_bytes(
    ledger: NoticeLedger, server: MailServer, behaviour: Behaviour
) -> None:
    server.will(behaviour)
    ledger.plan(to("ops"))
    async with ledger.sending(smtp_to(server, timeout_seconds=0.5)):
        await eventually(ended(ledger))
    assert ledger.states() == ["sent"]
    first, second = server.mails
    assert first.raw == second.raw
    assert first.message_id == f"<{to('ops').key.notice_id}@mweek.example>"


async def test_an_answer_lost_twice_stays_unknown_and_is_told(
    ledger: NoticeLedger, server: MailServer, smtp: Smtp
) -> None:
    server.will(*[Behaviour.KEEP_AND_DROP] * 5)
    ledger.plan(to("ops"))
    async with ledger.sending(smtp):
        await eventually(ended(ledger))
        await never(lambda: len(server.mails) > 2, during=0.5)
    assert ledger.states() == ["unknown"]
    assert [event["reason"].partition(":")[0] for event in ledger.said()] == ["gave up after 2 attempts"]


async def test_a_server_that_is_away_turns_health_red_and_its_return_green(
    ledger: NoticeLedger, server: MailServer, smtp: Smtp
) -> None:
    server.will(*[Behaviour.REFUSE_SENDER] * 3)
    ledger.plan(to("ops"))
    async with ledger.sending(smtp):
        await eventually(ended(ledger))
    assert [ok for ok, _ in ledger.health] == [False, True]
    assert "this sender may not relay" in ledger.health[0][1]


async def test_a_mail_that_cannot_be_made_fails_alone(ledger: NoticeLedger, server: MailServer, smtp: Smtp) -> None:
    ledger.plan(to("ops", customer_name="Acme\r\nBcc: victim@evil.example"), to("boss"))
    async with ledger.sending(smtp):
        await eventually(ended(ledger, 2))
    assert ledger.states() == ["failed", "sent"]
    (failed,) = [event["reason"] for event in ledger.said() if event["contact"] == "ops@acme.example"]
    assert failed.startswith("the mail could not be made: UnsafeTextError: customer_name:")
    assert [mail.recipient for mail in server.mails] == ["boss@acme.example"]


async def test_slots_that_are_over_are_not_mailed(ledger: NoticeLedger, server: MailServer, smtp: Smtp) -> None:
    ledger.plan(to("ops"))
    ledger.now = TUESDAY.closes_at
    async with ledger.sending(smtp):
        await eventually(ended(ledger))
    assert (ledger.states(), server.mails) == (["skipped"], [])
    assert [event["reason"] for event in ledger.said()] == [TOO_LATE]


async def test_two_senders_send_each_notice_once(ledger: NoticeLedger, server: MailServer) -> None:
    ledger.plan(*(to(f"ops{number}") for number in range(30)))
    one, two = (ledger.books(token=token) for token in ("one", "two"))
    async with ledger.sending(smtp_to(server), books=one), ledger.sending(smtp_to(server), books=two):
        await eventually(ended(ledger, 30))
    assert len({mail.recipient for mail in server.mails}) == len(server.mails) == 30


async def test_what_a_dead_sender_had_claimed_is_sent_by_another(
    ledger: NoticeLedger, server: MailServer, smtp: Smtp
) -> None:
    ledger.plan(to("ops"))
    dead = ledger.books(token="dead", lease=SOON)
    (queued,) = dead.due(1, ())
    content = render(queued.notice, queued.mail_message_id, NOW - timedelta(hours=1))
    mail = Mail(queued.key.notice_id, "x@mweek.example", "ops@acme.example", NOW - timedelta(hours=1), content)
    held = dead.claim(queued, mail)
    assert held is not None
    async with ledger.sending(smtp):
        await eventually(ended(ledger))
    assert [mail.raw for mail in server.mails] == [content]
    assert (ledger.states(), ledger.rows()[0]["attempts"]) == (["sent"], 2)


async def test_a_sender_that_comes_back_late_changes_nothing(
    ledger: NoticeLedger, server: MailServer, smtp: Smtp
) -> None:
    ledger.plan(to("ops"))
    frozen = ledger.books(token="frozen", lease=SOON)
    (queued,) = frozen.due(1, ())
    content = render(queued.notice, queued.mail_message_id, NOW)
    held = frozen.claim(queued, Mail(queued.key.notice_id, "x@mweek.example", "ops@acme.example", NOW, content))
    assert held is not None
    async with ledger.sending(smtp):
        await eventually(ended(ledger))
    before = ledger.said()
    assert frozen.settle(held, queued, Outcome(Answer.REFUSED, "550 late")) is None
    assert (ledger.states(), ledger.said()) == (["sent"], before)


async def test_what_another_sender_has_tried_meanwhile_is_not_sent_as_it_was_read_before(ledger: NoticeLedger) -> None:
    """It waits to be repeated; who read it before the first attempt would send other bytes, and too soon."""
    ledger.plan(to("ops"))
    one, two = (ledger.books(token=token) for token in ("one", "two"))
    (queued,) = one.due(1, ())
    (read_before,) = two.due(1, ())
    held = one.claim(queued, Mail(queued.key.notice_id, "x@mweek.example", "ops@acme.example", NOW, b"first"))
    assert held is not None
    one.settle(held, queued, Outcome(Answer.LOST, "no answer"))
    late = Mail(queued.key.notice_id, "x@mweek.example", "ops@acme.example", NOW, b"other")
    assert two.claim(read_before, late) is None
    (again,) = await eventually(lambda: two.due(1, ()))
    assert again.mail == b"first"


@pytest.mark.on_sqlite("to PostgreSQL a table that is away is a mistake of the program, and no trouble")
async def test_an_outcome_that_the_database_does_not_take_now_is_recorded_later_and_no_mail_repeated(
    ledger: NoticeLedger, server: MailServer, smtp: Smtp
) -> None:
    ledger.plan(to("ops"))
    async with ledger.sending(ThenTheTableIsAway(smtp, ledger.database)):
        await eventually(ledger.said)
    assert (len(server.mails), ledger.states()) == (1, ["sent"])
    assert [event["attempt"] for event in ledger.said()] == [1]


async def test_a_later_notice_waits_for_the_earlier_one_in_hand(ledger: NoticeLedger) -> None:
    ledger.plan(to("ops"), to("ops", plan_id="rzob/2026-W49/r2", revision=2), to("boss"))
    books = ledger.books()
    (first, *_) = books.due(1, ())
    assert books.claim(first, Mail(first.key.notice_id, "x@mweek.example", "ops@acme.example", NOW, b"x")) is not None
    assert [queued.key.email for queued in books.due(9, ())] == ["boss@acme.example"]


async def test_a_superseded_notice_is_not_tried_again(ledger: NoticeLedger, server: MailServer) -> None:
    """A newer revision comes while the mail is being handed over, and the server says: later."""
    ledger.plan(to("ops"))
    books = ledger.books()
    (queued,) = books.due(1, ())
    held = books.claim(queued, Mail(queued.key.notice_id, "x@mweek.example", "ops@acme.example", NOW, b"x"))
    assert held is not None
    with ledger.database.transaction() as session:
        assert supersede(session, "rzob", "2026-W49", {"acme"}, now=real_now()) == []
    books.settle(held, queued, Outcome(Answer.DEFERRED, "451 later"))
    assert ledger.states() == ["skipped"]
    assert [event["reason"] for event in ledger.said()] == [f"{SUPERSEDED}; before that: 451 later"]


async def test_stopping_lets_mails_in_hand_finish(ledger: NoticeLedger, server: MailServer, smtp: Smtp) -> None:
    ledger.plan(to("ops"))
    gate = asyncio.Event()

    class Slow:
        async def deliver(self, mail: Mail) -> Outcome:
            gate.set()
            return await smtp.deliver(mail)

        async def close(self) -> None:
            await smtp.close()

    async with ledger.sending(Slow()):
        await gate.wait()
    assert (ledger.states(), len(server.mails)) == (["sent"], 1)


async def test_a_mail_about_another_week_does_not_wait(ledger: NoticeLedger) -> None:
    other = notice(slot_of(THURSDAY, "acme01"), week="2026-W50", plan_id="rzob/2026-W50/r1")
    ledger.plan(notice(slot_of(TUESDAY, "acme01")), other)
    books = ledger.books()
    (first, *_) = books.due(1, ())
    assert books.claim(first, Mail(first.key.notice_id, "x@mweek.example", "ops@acme.example", NOW, b"x")) is not None
    assert [queued.notice.week for queued in books.due(9, ())] == ["2026-W50"]
