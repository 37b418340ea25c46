"""Hands mails to an SMTP server over a few warm connections, and tells apart what can come of it.

One recipient a mail: a refusal is about exactly one contact. Only what the server says about the recipient or the mail
is final; a server that does not talk to us, or not as this sender, is a fault of the installation and is waited for.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import aiosmtplib

from mweek_notifier.delivery.mail_url import Security, SmtpTarget
from mweek_notifier.domain.attempt import Answer, Outcome
from mweek_notifier.domain.mail import Mail

_CLOSING: Final = 421
_NOT_THE_MAIL: Final = ("4.3.1", "4.3.2")
"""RFC 3463: the mail system is full, or accepts nothing from the network now."""


@dataclass(slots=True)
class _Progress:
    """How far one mail came: after the server may have it, silence no longer means that it has not."""

    named: bool = False
    """The server has heard whom the mail is for: silence may be about this one."""
    given: bool = False
    reused: bool = False


class _ConnectionGone(Exception):  # noqa: N818  an outcome, not an error
    """A connection kept from an earlier mail had been closed by the server in between."""


class Smtp:
    """A mail server. Each task that delivers uses a connection of its own while it does."""

    def __init__(self, target: SmtpTarget, *, timeout_seconds: float, idle_connections: int) -> None:
        """Keep the address; connections are made when they are needed.

        Args:
            timeout_seconds: for one mail from connecting to the last answer.
            idle_connections: how many are kept open for the next mails.
        """
        self._target = target
        self._timeout_seconds = timeout_seconds
        self._idle_connections = idle_connections
        self._idle: list[aiosmtplib.SMTP] = []

    async def deliver(self, mail: Mail) -> Outcome:
        """Hand a mail over, within the time-out."""
        try:
            if self._idle:
                return await self._attempt(mail, self._idle.pop(), _Progress(reused=True))
        except _ConnectionGone:
            self._drop_idle()
        return await self._attempt(mail, self._client(), _Progress())

    async def close(self) -> None:
        """Say goodbye on all idle connections."""
        idle, self._idle = self._idle, []
        for client in idle:
            with suppress(aiosmtplib.SMTPException, OSError):
                await asyncio.wait_for(client.quit(), 1)
            client.close()

    async def _attempt(self, mail: Mail, client: aiosmtplib.SMTP, progress: _Progress) -> Outcome:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                outcome = await self._hand_over(client, mail, progress)
        except (aiosmtplib.SMTPException, OSError) as error:  # TimeoutError is an OSError
            client.close()
            return self._failed(error, progress)
        except BaseException:
            client.close()
            raise
        self._keep(client)
        return outcome

    async def _hand_over(self, client: aiosmtplib.SMTP, mail: Mail, progress: _Progress) -> Outcome:
        if not client.is_connected:
            await client.connect()
        await client.mail(mail.sender)
        progress.named = True
        try:
            await client.rcpt(mail.recipient)
        except aiosmtplib.SMTPRecipientRefused as error:
            await _reset(client)
            return _answer(error)
        progress.given = True
        try:
            response = await client.data(mail.content)
        except aiosmtplib.SMTPDataError as error:
            return _answer(error)
        return Outcome.of(Answer.ACCEPTED, f"{response.code} {response.message}")

    def _failed(self, error: Exception, progress: _Progress) -> Outcome:
        """Return the outcome of a connection that broke, or of a server that refuses us as a whole."""
        if progress.reused and not progress.given and not isinstance(error, aiosmtplib.SMTPResponseException):
            raise _ConnectionGone
        said = f"{self._target}: {self._words(error)}"
        if progress.given:
            return Outcome.of(Answer.LOST, said)
        return Outcome.of(Answer.DEFERRED if progress.named else Answer.AWAY, said)

    def _words(self, error: Exception) -> str:
        if isinstance(error, aiosmtplib.SMTPResponseException):
            return f"{error.code} {error.message}"
        if isinstance(error, TimeoutError):
            return f"no answer within {self._timeout_seconds:g} s"
        return str(error) or type(error).__name__

    def _client(self) -> aiosmtplib.SMTP:
        target = self._target
        return aiosmtplib.SMTP(
            hostname=target.host,
            port=target.port,
            username=target.username,
            password=target.password,
            use_tls=target.security is Security.TLS,
            start_tls=target.security is Security.STARTTLS,
            timeout=self._timeout_seconds,
        )

    def _keep(self, client: aiosmtplib.SMTP) -> None:
        if client.is_connected and len(self._idle) < self._idle_connections:
            self._idle.append(client)
        else:
            client.close()

    def _drop_idle(self) -> None:
        """Close the other idle connections too: what closed one has most likely closed them all."""
        idle, self._idle = self._idle, []
        for client in idle:
            client.close()


async def _reset(client: aiosmtplib.SMTP) -> None:
    """Make the connection fit for the next mail; one that breaks over it is simply not kept."""
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.rset()


def _answer(error: aiosmtplib.SMTPResponseException) -> Outcome:
    """Return the outcome of a server's answer about this recipient or this mail, or about the server itself."""
    said = f"{error.code} {error.message}"
    if error.code == _CLOSING or (400 <= error.code < 500 and error.message.startswith(_NOT_THE_MAIL)):
        return Outcome.of(Answer.AWAY, said)
    return Outcome.of(Answer.REFUSED if 500 <= error.code < 600 else Answer.DEFERRED, said)
