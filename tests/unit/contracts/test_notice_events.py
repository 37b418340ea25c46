"""What is said of notices: about a plan or about windows, never about both or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from mweek_contracts.catalogue import candidates
from mweek_contracts.events import NoticeKind, NoticeSentV1, NoticeSkippedV1, ToldWindow, WindowNews
from pydantic import ValidationError

from tests.support.ids import at

PLAN: dict[str, Any] = {"week": "2026-W49", "plan_id": "rzob/2026-W49/r2", "revision": 2, "kind": NoticeKind.SCHEDULED}
WINDOWS: dict[str, Any] = {
    "kind": NoticeKind.WINDOWS,
    "windows": (ToldWindow(machine="acme03", window_id="w-1", revision=1, news=WindowNews.GRANTED),),
}


def sent(**about: Any) -> NoticeSentV1:
    envelope = {"message_id": "said-1", "correlation_id": "a-request", "occurred_at": at("2026-11-23T08:00Z")}
    notice = {"location": "rzob", "notice_id": "0" * 32, "customer": "acme", "contact": "ops@acme.example"}
    mail = {"mail_message_id": "<1@mweek.example>", "sent_at": at("2026-11-23T08:00Z")}
    return NoticeSentV1.model_validate_json(NoticeSentV1.model_construct(**envelope, **notice, **mail, **about).body())


def test_a_notice_about_windows_is_told_under_adhoc_where_every_reader_of_notices_hears_it() -> None:
    said = sent(**WINDOWS)
    assert said.subject == "evt.rzob.adhoc.notice-sent.v1"
    assert [entry.message for entry in candidates(said.subject)] == [NoticeSentV1]


def test_a_notice_about_a_plan_is_told_under_its_week() -> None:
    assert sent(**PLAN).subject == "evt.rzob.2026-W49.notice-sent.v1"


@pytest.mark.parametrize("about", [{"kind": NoticeKind.SCHEDULED}, {**PLAN, **WINDOWS}, {**PLAN, "week": None}])
def test_a_notice_about_nothing_or_about_both_is_refused(about: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"about no plan|belong to no plan"):
        sent(**about)


def test_a_finding_about_windows_names_none_and_is_told_under_adhoc() -> None:
    said = sent(kind=NoticeKind.FINDING)
    assert (said.subject, said.windows, said.plan_id) == ("evt.rzob.adhoc.notice-sent.v1", (), None)


def test_what_was_skipped_before_there_were_codes_is_still_read() -> None:
    assert NoticeSkippedV1.model_fields["code"].default is None
