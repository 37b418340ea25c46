"""A real SMTP server on a free loopback port that does what a test tells it to, mail by mail."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum, auto
from weakref import WeakKeyDictionary

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.mailbox import ReadMail, read_mail


class Behaviour(Enum):
    """What the server does with one mail."""

    ACCEPT = auto()
    DEFER_RECIPIENT = auto()
    REFUSE_RECIPIENT = auto()
    REFUSE_SENDER = auto()
    DEFER_CONTENT = auto()
    FULL = auto()
    """Say that the disk of the server is full."""
    CLOSING = auto()
    """Say that the server is about to stop."""
    REFUSE_CONTENT = auto()
    KEEP_AND_DROP = auto()
    """Take the mail, and close the connection in place of an answer."""
    STALL = auto()
    """Take the mail, and never answer."""
    CLOSE_AFTERWARDS = auto()
    """Take the mail, answer, and close the connection."""


class MailServer:
    """The server; `mails` are those that it kept, in order."""

    def __init__(self) -> None:
        self.mails: list[ReadMail] = []
        self.connections = 0
        self.open_connections = 0
        self.attempts = 0
        self.port = 0
        self._script: deque[Behaviour] = deque()
        self._for_recipients: dict[str, Behaviour] = {}
        self._with: WeakKeyDictionary[Session, Behaviour] = WeakKeyDictionary()
        """What is done with the mail that a session is about; a sender has several at once."""
        self._grey_listed: set[str] | None = None

    @property
    def url(self) -> str:
        """The setting for services."""
        return f"smtp://127.0.0.1:{self.port}"

    def will(self, *behaviours: Behaviour) -> None:
        """Deal with the next mails so, and accept all after them."""
        self._script.extend(behaviours)

    def will_always(self, recipient: str, behaviour: Behaviour) -> None:
        """Deal with all mails to one recipient so, from its address on."""
        self._for_recipients[recipient] = behaviour

    def will_grey_list(self) -> None:
        """Defer the first mail to each recipient."""
        self._grey_listed = set()

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.attempts += 1
        behaviour = self._with[session] = self._script.popleft() if self._script else Behaviour.ACCEPT
        if behaviour is Behaviour.REFUSE_SENDER:
            return "550 5.7.1 this sender may not relay"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        behaviour = self._with[session] = self._for_recipients.get(address, self._with[session])
        if self._grey_listed is not None and address not in self._grey_listed:
            self._grey_listed.add(address)
            return "451 4.7.1 grey-listed, come back"
        if behaviour is Behaviour.DEFER_RECIPIENT:
            return "451 4.7.1 grey-listed, come back"
        if behaviour is Behaviour.REFUSE_RECIPIENT:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        behaviour = self._with[session]
        if behaviour is Behaviour.DEFER_CONTENT:
            return "451 4.7.0 come back"
        if behaviour is Behaviour.FULL:
            return "452 4.3.1 disk full"
        if behaviour is Behaviour.CLOSING:
            return "421 4.3.2 closing"
        if behaviour is Behaviour.REFUSE_CONTENT:
            return "554 5.6.0 looks like spam"
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(read_mail(content))
        if behaviour is Behaviour.STALL:
            await asyncio.Event().wait()
        if behaviour is Behaviour.KEEP_AND_DROP:
            server.transport.abort()
        if behaviour is Behaviour.CLOSE_AFTERWARDS:
            asyncio.get_running_loop().call_later(0.05, server.transport.abort)
        return "250 2.0.0 queued"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        """Know one user: `notifier` with the password `p@ss:word`."""
        known = LoginPassword(b"notifier", b"p@ss:word")
        return AuthResult(success=data == known, handled=False)


class _Connection(SMTP):
    """Counts itself."""

    event_handler: MailServer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.event_handler.connections += 1
        self.event_handler.open_connections += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.open_connections -= 1
        super().connection_lost(error)


@asynccontextmanager
async def running_mail_server(*, requires_login: bool = False, port: int = 0) -> AsyncIterator[MailServer]:
    """Give a server that listens, on a free port or on one that `held_port` gave."""
    server = MailServer()

    def connection() -> SMTP:
        return _Connection(
            server,
            hostname="mail.test",
            auth_required=requires_login,
            auth_require_tls=False,
            authenticator=server.authenticate if requires_login else None,
            enable_SMTPUTF8=False,
        )

    listening = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", port, reuse_port=bool(port))
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
