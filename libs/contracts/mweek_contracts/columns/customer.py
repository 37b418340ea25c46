"""Customers that say no more than who is told, and how early: most of a large fleet's."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from mweek_contracts import rules
from mweek_contracts.columns.column import are_tokens, is_text

_CUSTOMER: Final = frozenset({"customer", "name", "contacts", "notice_hours"})
_CONTACT: Final = frozenset({"name", "email", "language", "delivery"})
_LANGUAGES: Final = ("en", "de")
_DELIVERIES: Final = ("digest", "per-slot")

_ADDRESS: Final = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+([a-z]{2,20})")
_LONGEST_ADDRESS: Final = 63
"""So short that no part of it can be too long."""
NO_PLACES: Final = frozenset({"arpa", "invalid", "local", "localhost", "onion", "test"})
"""Top-level domains that no mail can be sent to."""


class PlainCustomer(NamedTuple):
    """A customer that has the defaults in everything else that planning asks for."""

    name: str
    notice_hours: int


def plain_customer(data: object) -> PlainCustomer | None:
    """Return a customer that is plainly right, or None for one that the model has to look at."""
    if type(data) is not dict or not data.keys() <= _CUSTOMER:
        return None
    notice = data.get("notice_hours", rules.DEFAULT_NOTICE_HOURS)
    contacts = data.get("contacts")
    if not (
        are_tokens([data.get("customer")])
        and is_text(data.get("name", "absent"))
        and type(notice) is int
        and 0 <= notice <= rules.LONGEST_NOTICE_HOURS
        and type(contacts) is list
        and 1 <= len(contacts) <= rules.MOST_CONTACTS
        and all(map(_is_plain_contact, contacts))
        and len({contact["email"] for contact in contacts}) == len(contacts)
    ):
        return None
    return PlainCustomer(data["customer"], notice)


def _is_plain_contact(data: Any) -> bool:
    if type(data) is not dict or not data.keys() <= _CONTACT:
        return False
    email = data.get("email")
    if type(email) is not str or len(email) > _LONGEST_ADDRESS or (found := _ADDRESS.fullmatch(email)) is None:
        return False
    return (
        found[1] not in NO_PLACES
        and is_text(data.get("name"))
        and data.get("language", "en") in _LANGUAGES
        and data.get("delivery", "digest") in _DELIVERIES
    )
