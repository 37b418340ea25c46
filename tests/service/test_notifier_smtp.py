"""Handing mails to a real SMTP server: every answer it can give, and none."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from mweek_notifier.delivery.mail_url import SmtpTarget, parse_mail_url
from mweek_notifier.delivery.smtp import Smtp
from mweek_notifier.domain.attempt import Answer
from mweek_notifier.domain.mail import Mail
from mweek_notifier.rendering.mail import rendered

from tests.support.eventually import eventually
from tests.support.mail_server import Behaviour, MailServer, running_mail_server
from tests.support.notifier_values import LETTERHEAD, MESSAGE_ID, NOW, OPS, TUESDAY, notice, slot_of

CONTENT = rendered(notice(slot_of(TUESDAY, "acme01")), LETTERHEAD, message_id=MESSAGE_ID, dated_at=NOW).content
MAIL = Mail("0" * 32, LETTERHEAD.sender_email, OPS.email, NOW, CONTENT)


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with running_mail_server() as running:
        yield running


@pytest.fixture
async def smtp(server: MailServer) -> AsyncIterator[Smtp]:
    delivery = smtp_to(server.url)
    yield delivery
    await delivery.close()


def smtp_to(url: str, *, timeout_seconds: float = 5) -> Smtp:
    target = parse_mail_url(url)
    assert isinstance(target, SmtpTarget)
    return Smtp(target, timeout_seconds=timeout_seconds, idle_connections=2)


async def test_the_server_gets_the_very_bytes(server: MailServer, smtp: Smtp) -> None:
    outcome = await smtp.deliver(MAIL)
    assert (outcome.answer, outcome.text) == (Answer.ACCEPTED, "250 2.0.0 queued")
    assert [mail.raw for mail in server.mails] == [CONTENT]


async def test_lines_that_begin_with_a_dot_arrive(server: MailServer, smtp: Smtp) -> None:
    content = CONTENT.replace(b"Hello Ops,\r\n", b".\r\n..\r\n.Hello\r\n")
    assert content != CONTENT
    await smtp.deliver(replace(MAIL, content=content))
    assert [mail.raw for mail in server.mails] == [content]


@pytest.mark.parametrize(
    ("behaviour", "answer", "text"),
    [
        (Behaviour.DEFER_RECIPIENT, Answer.DEFERRED, "451 4.7.1 grey-listed, come back"),
        (Behaviour.REFUSE_RECIPIENT, Answer.REFUSED, "550 5.1.1 no such user"),
        (Behaviour.DEFER_CONTENT, Answer.DEFERRED, "451 4.7.0 come back"),
        (Behaviour.FULL, Answer.AWAY, "452 4.3.1 disk full"),
        (Behaviour.CLOSING, Answer.AWAY, "421 4.3.2 closing"),
        (Behaviour.REFUSE_CONTENT, Answer.REFUSED, "554 5.6.0 looks like spam"),
    ],
)
async def test_what_the_server_says_of_a_mail_is_its_outcome(
    server: MailServer, smtp: Smtp, behaviour: Behaviour, answer: Answer, text: str
) -> None:
    server.will(behaviour)
    outcome = await smtp.deliver(MAIL)
    assert (outcome.answer, outcome.text) == (answer, text)
    assert server.mails == []


async def test_a_server_that_refuses_the_sender_refuses_the_installation_and_not_the_contact(
    server: MailServer, smtp: Smtp
) -> None:
    server.will(Behaviour.REFUSE_SENDER)
    outcome = await smtp.deliver(MAIL)
    assert outcome.answer is Answer.AWAY
    assert "this sender may not relay" in outcome.text


async def test_an_answer_that_never_comes_leaves_the_mail_unknown(server: MailServer) -> None:
    server.will(Behaviour.STALL)
    outcome = await smtp_to(server.url, timeout_seconds=0.5).deliver(MAIL)
    assert outcome.answer is Answer.LOST


async def test_a_connection_lost_after_the_mail_leaves_it_unknown(server: MailServer, smtp: Smtp) -> None:
    server.will(Behaviour.KEEP_AND_DROP)
    outcome = await smtp.deliver(MAIL)
    assert outcome.answer is Answer.LOST
    assert len(server.mails) == 1


async def test_no_server_at_all_is_no_attempt_of_the_mail() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        outcome = await smtp_to(f"smtp://127.0.0.1:{reserved.getsockname()[1]}").deliver(MAIL)
    assert outcome.answer is Answer.AWAY


async def test_a_server_that_never_greets_is_no_attempt_of_the_mail() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        outcome = await smtp_to(url, timeout_seconds=0.5).deliver(MAIL)
    assert outcome.answer is Answer.AWAY


async def test_a_connection_is_used_again(server: MailServer, smtp: Smtp) -> None:
    for _ in range(5):
        await smtp.deliver(MAIL)
    assert (len(server.mails), server.connections) == (5, 1)


async def test_a_connection_is_used_again_after_a_refusal(server: MailServer, smtp: Smtp) -> None:
    server.will(Behaviour.REFUSE_RECIPIENT, Behaviour.REFUSE_CONTENT)
    answers = [(await smtp.deliver(MAIL)).answer for _ in range(3)]
    assert (answers, server.connections) == ([Answer.REFUSED, Answer.REFUSED, Answer.ACCEPTED], 1)


async def test_a_connection_that_the_server_closed_in_between_costs_nothing(server: MailServer, smtp: Smtp) -> None:
    server.will(Behaviour.CLOSE_AFTERWARDS)
    await smtp.deliver(MAIL)
    await eventually(lambda: server.open_connections == 0)
    assert (await smtp.deliver(MAIL)).answer is Answer.ACCEPTED
    assert len(server.mails) == 2


async def test_mails_at_the_same_time_have_connections_of_their_own(server: MailServer, smtp: Smtp) -> None:
    outcomes = await asyncio.gather(*(smtp.deliver(MAIL) for _ in range(4)))
    assert {outcome.answer for outcome in outcomes} == {Answer.ACCEPTED}
    assert server.connections == 4


PLAIN_LOGIN = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
"""On the loopback, where the notifier allows it too."""


@PLAIN_LOGIN
async def test_credentials_of_the_url_are_used() -> None:
    async with running_mail_server(requires_login=True) as server:
        known = server.url.replace("smtp://", "smtp://notifier:p%40ss%3Aword@")
        assert (await smtp_to(known).deliver(MAIL)).answer is Answer.ACCEPTED
        assert len(server.mails) == 1


@PLAIN_LOGIN
async def test_a_wrong_password_is_no_attempt_of_the_mail_and_is_not_told() -> None:
    async with running_mail_server(requires_login=True) as server:
        outcome = await smtp_to(server.url.replace("smtp://", "smtp://notifier:wrong@")).deliver(MAIL)
    assert outcome.answer is Answer.AWAY
    assert "wrong" not in outcome.text
