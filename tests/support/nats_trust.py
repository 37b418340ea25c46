"""What a nats-server needs to let in nobody but who it knows: nkeys, and an operator whose accounts sign users."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import nkeys


@dataclass(frozen=True)
class Key:
    """A key pair that nobody had before."""

    prefix: int
    seed: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seed", nkeys.encode_seed(os.urandom(32), self.prefix))

    @property
    def public(self) -> str:
        """Its name: `U…` of a user, `A…` of an account, `O…` of an operator."""
        return str(nkeys.from_seed(bytearray(self.seed)).public_key.decode())

    def sign(self, subject: Key, name: str, claims: dict[str, Any]) -> str:
        """Return the JWT by which this key vouches for another, as nsc writes it."""
        body = {"jti": name, "iat": 1_700_000_000, "iss": self.public, "name": name, "sub": subject.public}
        parts = ({"typ": "JWT", "alg": "ed25519-nkey"}, {**body, "nats": {"version": 2, **claims}})
        said = ".".join(_base64(json.dumps(part).encode()) for part in parts)
        return f"{said}.{_base64(nkeys.from_seed(bytearray(self.seed)).sign(said.encode()))}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


new_user = partial(Key, nkeys.PREFIX_BYTE_USER)
new_account = partial(Key, nkeys.PREFIX_BYTE_ACCOUNT)
new_operator = partial(Key, nkeys.PREFIX_BYTE_OPERATOR)


@dataclass(frozen=True)
class Operator:
    """An operator with one account."""

    key: Key = field(default_factory=new_operator)
    account: Key = field(default_factory=new_account)

    @property
    def config(self) -> str:
        """What makes a server trust it, and nobody else; without JetStream, which would need a system account."""
        own = self.key.sign(self.key, "operator", {"type": "operator"})
        limits = {"subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "conn": -1, "leaf": -1}
        account = self.key.sign(self.account, "machines", {"type": "account", "limits": {**limits, "wildcards": True}})
        return f'operator: {own}\nresolver: MEMORY\nresolver_preload: {{ {self.account.public}: "{account}" }}\n'

    def credentials(self, user: Key, name: str) -> str:
        """Return the credentials file of a user of the account."""
        limits = {"subs": -1, "data": -1, "payload": -1}
        jwt = self.account.sign(user, name, {"type": "user", **limits})
        return (
            f"-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n"
            "************************* IMPORTANT *************************\n\n"
            f"-----BEGIN USER NKEY SEED-----\n{user.seed.decode()}\n------END USER NKEY SEED------\n"
        )
