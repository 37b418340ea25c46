"""Domain values as JSON documents in columns: notices as they were decided, customers as they were recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from mweek_notifier.domain.fleet import Customer
from mweek_notifier.domain.notice import FindingNotice, Notice, NoticeKind, WeekNotice, WindowNotice

_CUSTOMER: Final = TypeAdapter(Customer)
_WEEK: Final = TypeAdapter(WeekNotice)
_FINDING: Final = TypeAdapter(FindingNotice)
_WINDOWS: Final = TypeAdapter(WindowNotice)


def customer_document(customer: Customer) -> dict[str, Any]:
    """Return a customer as a JSON document."""
    document: dict[str, Any] = _CUSTOMER.dump_python(customer, mode="json")
    return document


def customer_of(document: dict[str, Any]) -> Customer:
    """Return the customer of a document."""
    return _CUSTOMER.validate_python(document)


def notice_document(notice: Notice) -> dict[str, Any]:
    """Return a notice as a JSON document."""
    adapter: TypeAdapter[Any] = _ADAPTERS.get(notice.kind, _WEEK)
    document: dict[str, Any] = adapter.dump_python(notice, mode="json")
    return document


def week_notice_of(document: dict[str, Any]) -> WeekNotice:
    """Return the notice about a week of a document."""
    return _WEEK.validate_python(document)


def finding_notice_of(document: dict[str, Any]) -> FindingNotice:
    """Return the notice about findings of a document."""
    return _FINDING.validate_python(document)


def window_notice_of(document: dict[str, Any]) -> WindowNotice:
    """Return the notice about single windows of a document."""
    return _WINDOWS.validate_python(document)


def notice_of(kind: NoticeKind, document: dict[str, Any]) -> Notice:
    """Return the notice of a document; `kind` says which."""
    adapter: TypeAdapter[Any] = _ADAPTERS.get(kind, _WEEK)
    notice: Notice = adapter.validate_python(document)
    return notice


_ADAPTERS: Final[Mapping[NoticeKind, TypeAdapter[Any]]] = {NoticeKind.FINDING: _FINDING, NoticeKind.WINDOWS: _WINDOWS}
"""Those of notices that are about no week's slots."""
