"""Who connects to the bus, where the URL does not say it: an nkey, or credentials, in a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mweek.errors import ClientError

_CREDENTIALS: Final = re.compile(
    rb"-BEGIN NATS USER JWT-+\n[\w.-]+\n.*-BEGIN USER NKEY SEED-+\n(S[A-Z2-7]+)\n", re.DOTALL | re.ASCII
)
_SEED: Final = re.compile(rb"\s*(S[A-Z2-7]+)\s*")
_OF_A_USER: Final = b"SU"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who connects. Files are read again with every connection: what is in them may be renewed."""

    creds: Path | None = None
    """A file with a JWT and the seed of its nkey, as `nsc generate creds` writes it."""
    nkey: Path | None = None
    """A file with the seed of an nkey, and nothing else."""
    inbox_prefix: str = "_INBOX"
    """Under which the connection may hear replies; some servers give each user one of its own."""

    def options(self) -> dict[str, Any]:
        """Return what nats-py takes.

        Raises:
            ClientError: a file cannot be used; nats-py would fail with less words, or never come back.
        """
        found: dict[str, Any] = {"inbox_prefix": self.inbox_prefix}
        if self.creds is not None and self.nkey is not None:
            raise ClientError(f"{self.creds} and {self.nkey}: one of them says who connects, not both")
        if self.creds is not None:
            _check_seed(self.creds, _CREDENTIALS.search(_content(self.creds)), "credentials, a JWT and a seed")
            found["user_credentials"] = str(self.creds)
        if self.nkey is not None:
            _check_seed(self.nkey, _SEED.fullmatch(_content(self.nkey)), "seed of an nkey")
            found["nkeys_seed"] = str(self.nkey)
        return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ClientError(f"{path}: there is no such file to prove with who connects") from None
    except OSError as error:
        raise ClientError(f"{path}: cannot be read: {error.strerror}") from None


def _check_seed(path: Path, found: re.Match[bytes] | None, expected: str) -> None:
    """Raise ClientError, which never quotes the file, where there is no seed of a user."""
    import nkeys

    if found is None:
        raise ClientError(f"{path}: holds no {expected}")
    seed = bytearray(found[1])
    if not seed.startswith(_OF_A_USER):
        raise ClientError(f"{path}: its seed is none of a user, which begins with {_OF_A_USER.decode()}")
    try:
        nkeys.from_seed(seed).wipe()
    except (nkeys.NkeysError, ValueError):
        raise ClientError(f"{path}: its seed is cut, or mistyped") from None
