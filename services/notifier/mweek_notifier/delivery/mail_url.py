"""Reads the setting that says where mails go."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit


class Security(StrEnum):
    """How a connection to a mail server is protected."""

    PLAIN = "smtp"
    TLS = "smtps"
    STARTTLS = "smtp+starttls"


_PORTS: Final = {Security.PLAIN: 25, Security.TLS: 465, Security.STARTTLS: 587}
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class MaildirTarget:
    """Mails are put into a maildir."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpTarget:
    """Mails are handed to a mail server."""

    host: str
    port: int
    security: Security = Security.PLAIN
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Return the address without the credentials, for logs."""
        return f"{self.security}://{self.host}:{self.port}"


class MailUrlError(ValueError):
    """The setting is none of the ways that mails can go."""


_USAGE: Final = (
    "use maildir:PATH, smtp://host:port, smtps://user:password@host or smtp+starttls://user:password@host "
    "(special characters of user and password as %40)"
)


def parse_mail_url(url: str) -> MaildirTarget | SmtpTarget:
    """Return where a URL says that mails go.

    Raises:
        MailUrlError: a sentence that says what is wrong, without the password.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "maildir" and rest:
        return MaildirTarget(Path(rest.removeprefix("//")))
    if scheme not in set(Security):
        raise MailUrlError(f"mails cannot go by {scheme or 'nothing'!r}: {_USAGE}")
    return _smtp(Security(scheme), _split(url))


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise MailUrlError(f"the mail server's address cannot be read ({error}): {_USAGE}") from None
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise MailUrlError(f"the mail server's address goes on after the port: {_USAGE}")
    return parts, port


def _smtp(security: Security, split: tuple[SplitResult, int | None]) -> SmtpTarget:
    parts, port = split
    if not parts.hostname:
        raise MailUrlError(f"the mail server's address has no host: {_USAGE}")
    if (parts.username is None) != (parts.password is None):
        raise MailUrlError(f"the mail server's address has a user or a password, but not both: {_USAGE}")
    if parts.username is not None and security is Security.PLAIN and parts.hostname not in _LOOPBACK:
        raise MailUrlError("smtp:// would send the password in the clear: use smtps:// or smtp+starttls://")
    return SmtpTarget(
        host=parts.hostname,
        port=port or _PORTS[security],
        security=security,
        username=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
    )
