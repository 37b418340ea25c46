"""Domain values as JSON documents in columns: notices as they were decided, customers as they were recorded."""

from __future__ import annotations

from typing import Any, Final

from pydantic import TypeAdapter

from mweek_notifier.domain.fleet import Customer
from mweek_notifier.domain.notice import FindingNotice, Notice, NoticeKind, WeekNotice

_CUSTOMER: Final = TypeAdapter(Customer)
_WEEK: Final = TypeAdapter(WeekNotice)
_FINDING: Final = TypeAdapter(FindingNotice)


def customer_document(customer: Customer) -> dict[str, Any]:
    """Return a customer as a JSON document."""
    document: dict[str, Any] = _CUSTOMER.dump_python(customer, mode="json")
    return document


def customer_of(document: dict[str, Any]) -> Customer:
    """Return the customer of a document."""
    return _CUSTOMER.validate_python(document)


def notice_document(notice: Notice) -> dict[str, Any]:
    """Return a notice as a JSON document."""
    if isinstance(notice, WeekNotice):
        document: dict[str, Any] = _WEEK.dump_python(notice, mode="json")
        return document
    finding: dict[str, Any] = _FINDING.dump_python(notice, mode="json")
    return finding


def week_notice_of(document: dict[str, Any]) -> WeekNotice:
    """Return the notice about a week of a document."""
    return _WEEK.validate_python(document)


def finding_notice_of(document: dict[str, Any]) -> FindingNotice:
    """Return the notice about findings of a document."""
    return _FINDING.validate_python(document)


def notice_of(kind: str, document: dict[str, Any]) -> Notice:
    """Return the notice of a document; `kind` says which."""
    return finding_notice_of(document) if kind == NoticeKind.FINDING else week_notice_of(document)
