"""Renders a notice: the one function that the sender and the preview need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mweek_notifier.domain.letterhead import Letterhead
from mweek_notifier.domain.notice import Notice, WeekNotice, WindowNotice
from mweek_notifier.rendering.calendar_part import calendar_parts
from mweek_notifier.rendering.language import language_of
from mweek_notifier.rendering.letter import finding_letter, week_letter
from mweek_notifier.rendering.message import Parts, built
from mweek_notifier.rendering.occasion import worded
from mweek_notifier.rendering.window_calendar import window_calendars
from mweek_notifier.rendering.window_letter import window_letter


@dataclass(frozen=True, slots=True)
class Rendered:
    """The mail, and the texts that it was made of."""

    content: bytes
    subject: str
    text: str
    html: str


def rendered(notice: Notice, letterhead: Letterhead, *, message_id: str, dated_at: datetime) -> Rendered:
    """Return the mail of a notice; the same arguments give the same bytes.

    Args:
        message_id: in angle brackets.
        dated_at: the mail's Date and the calendar's DTSTAMP, in whole seconds.

    Raises:
        jinja2.TemplateError: a template asks for what the notice does not have.
        UnsafeTextError: a value could break a header.
    """
    language = language_of(notice.contact.language)
    if isinstance(notice, WeekNotice):
        wording = worded(week_letter(notice, language, letterhead), language)
        calendars = calendar_parts(notice, language, letterhead, dated_at=dated_at)
    elif isinstance(notice, WindowNotice):
        wording = worded(window_letter(notice, language, letterhead), language)
        calendars = window_calendars(notice, language, letterhead, dated_at=dated_at)
    else:
        wording = worded(finding_letter(notice, language, letterhead), language)
        calendars = ()
    parts = Parts(wording, language.code, calendars)
    content = built(notice, parts, letterhead, message_id=message_id, dated_at=dated_at)
    return Rendered(content, wording.subject, wording.text, wording.html)
