"""Windows that machines request, on each database: what is gathered, told, taken back, and told once only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from mweek_contracts.request_codes import WindowWithdrawnCode
from mweek_contracts.windows import RecordsPosition
from mweek_messaging import Postponed
from mweek_notifier.domain.attempt import NoticeState, Step
from mweek_notifier.domain.fleet import Contact, CustomerRecord
from mweek_notifier.domain.window_news import News
from mweek_outbox import Database, migrate, open_database

from tests.support.notifier_handlers import Notifier
from tests.support.notifier_values import NOW, customer
from tests.support.requested_windows import TONIGHT, gone, granted

TOMORROW = TONIGHT + timedelta(days=1)
ACME = CustomerRecord("acme", 1, customer(Contact("Ops", "ops@acme.example")))
ZETA = CustomerRecord("zeta", 1, customer(Contact("Z", "z@zeta.example"), customer="zeta", name="Zeta"))
ACCEPTED = Step(NoticeState.SENT, "250")
DEFERRED = Step(NoticeState.PLANNED, "451", timedelta(0))
LOST = Step(NoticeState.UNKNOWN, "no answer", timedelta(0))


@pytest.fixture
def notifier(database_url: str) -> Iterator[Notifier]:
    migrate(database_url, "mweek_notifier")
    database: Database = open_database(database_url)
    running = Notifier(database)
    running.knows(ACME, ZETA, acme01="acme", acme02="acme", acme03="acme", zeta01="zeta", kyle07=None)
    yield running
    database.close()


def to_be_told(notifier: Notifier) -> list[tuple[str, list[tuple[str, int, News]]]]:
    """Return, for each mail that waits, its address and what it says of which revision."""
    return [
        (notice.contact.email, [(item.machine, item.revision, item.news) for item in notice.items])
        for notice in notifier.window_notices()
    ]


def skipped(notifier: Notifier) -> list[tuple[str, list[tuple[str, int]]]]:
    """Return the codes of what was said to be skipped, and of which windows."""
    return [
        (event["code"], [(window["machine"], window["revision"]) for window in event["windows"]])
        for event in notifier.said()
        if "code" in event
    ]


def test_requests_that_come_together_are_one_mail_for_each_customer(notifier: Notifier) -> None:
    notifier.hears([granted("acme01")])
    notifier.later(seconds=30)
    notifier.hears([granted("acme02"), granted("zeta01"), granted("acme03", opens_at=TOMORROW)])
    notifier.later(seconds=59)
    assert to_be_told(notifier) == []
    notifier.later(seconds=1)
    assert to_be_told(notifier) == [
        ("ops@acme.example", [("acme01", 1, News.GRANTED), ("acme02", 1, News.GRANTED), ("acme03", 1, News.GRANTED)]),
        ("z@zeta.example", [("zeta01", 1, News.GRANTED)]),
    ]


def test_what_was_told_is_not_told_again(notifier: Notifier) -> None:
    notifier.hears([granted("acme01")])
    notifier.later(seconds=60)
    notifier.sends()
    notifier.hears([granted("acme01"), granted("acme02"), granted("acme01", 2, significant=False)])
    notifier.later(seconds=60)
    assert to_be_told(notifier) == [("ops@acme.example", [("acme02", 1, News.GRANTED)])]


def test_an_older_revision_that_comes_later_changes_nothing(notifier: Notifier) -> None:
    notifier.hears(
        [granted("acme01", 2, opens_at=TOMORROW), granted("acme01", 1), gone("acme02", 3), granted("acme02")]
    )
    notifier.later(seconds=60)
    (notice,) = notifier.window_notices()
    assert [(item.machine, item.revision, item.slot.opens_at) for item in notice.items] == [("acme01", 2, TOMORROW)]


def test_a_moved_window_refers_to_the_mail_that_it_corrects(notifier: Notifier) -> None:
    notifier.hears([granted("acme01")])
    notifier.later(seconds=60)
    (first,) = notifier.due()
    notifier.sends()
    notifier.hears([granted("acme01", 2, opens_at=TOMORROW)])
    notifier.later(seconds=60)
    (moved,) = notifier.window_notices()
    (item,) = moved.items
    assert (item.news, item.before and item.before.opens_at, item.slot.opens_at) == (News.CHANGED, TONIGHT, TOMORROW)
    assert moved.earlier_mails == (first.mail_message_id,)


def test_a_window_that_is_withdrawn_before_its_mail_left_is_told_to_nobody(notifier: Notifier) -> None:
    notifier.hears([granted("acme01")])
    notifier.later(seconds=60)
    notifier.hears([gone("acme01")])
    assert notifier.due() == [], "what is not true any more does not leave"
    notifier.later(seconds=60)
    assert notifier.due() == []
    assert skipped(notifier) == [("superseded", [("acme01", 1)]), ("never-told", [("acme01", 2)])]


def test_a_window_that_is_withdrawn_within_its_occasion_is_told_to_nobody(notifier: Notifier) -> None:
    notifier.hears([granted("acme01"), gone("acme01")])
    notifier.later(seconds=60)
    assert (notifier.due(), skipped(notifier)) == ([], [("never-told", [("acme01", 2)])])


def test_a_mail_that_is_taken_back_for_one_window_tells_of_the_others_all_the_same(notifier: Notifier) -> None:
    notifier.hears([granted("acme01"), granted("acme02")])
    notifier.later(seconds=60)
    notifier.hears([granted("acme02", 2, opens_at=TOMORROW)])
    notifier.later(seconds=60)
    assert to_be_told(notifier) == [("ops@acme.example", [("acme01", 1, News.GRANTED), ("acme02", 2, News.GRANTED)])]
    assert skipped(notifier) == [("superseded", [("acme01", 1), ("acme02", 1)])]


@pytest.mark.parametrize(
    ("end", "left", "told"),
    [
        (ACCEPTED, True, [[("acme02", 2, News.CHANGED)]]),
        (DEFERRED, False, [[("acme01", 1, News.GRANTED), ("acme02", 2, News.GRANTED)]]),
    ],
)
def test_news_wait_for_a_mail_in_hand_and_what_it_told_is_not_told_twice_nor_never(
    notifier: Notifier, end: Step, left: bool, told: object
) -> None:
    notifier.hears([granted("acme01"), granted("acme02")])
    notifier.later(seconds=60)
    (queued,) = notifier.due()
    ended = notifier.takes(queued)
    notifier.hears([granted("acme02", 2, opens_at=TOMORROW)])
    notifier.later(seconds=60)
    assert notifier.due() == []
    ended(end, left)
    notifier.later(seconds=60)
    assert [items for _, items in to_be_told(notifier)] == told


def test_a_mail_that_may_have_left_comes_to_its_end_before_anything_newer(notifier: Notifier) -> None:
    """Its repeat has the same bytes; a correction must not be overtaken by it."""
    notifier.hears([granted("acme01")])
    notifier.later(seconds=60)
    (queued,) = notifier.due()
    notifier.takes(queued)(LOST, True)
    notifier.hears([gone("acme01")])
    notifier.later(seconds=60)
    (repeat,) = notifier.due()
    assert repeat.mail == b"mail"
    notifier.takes(repeat)(ACCEPTED, True)
    notifier.later(seconds=60)
    assert to_be_told(notifier) == [("ops@acme.example", [("acme01", 2, News.WITHDRAWN)])]


def test_customers_on_a_host_are_told_of_it_and_the_operator_is_not(notifier: Notifier) -> None:
    notifier.hears([granted("kyle07", affects=("acme01", "zeta01"))])
    notifier.later(seconds=60)
    assert [(notice.customer, notice.items[0].hosted, notice.items[0].own) for notice in notifier.window_notices()] == [
        ("acme", ("acme01",), False),
        ("zeta", ("zeta01",), False),
    ]


def test_a_customer_that_a_host_does_not_concern_any_more_is_told_so(notifier: Notifier) -> None:
    notifier.hears([granted("kyle07", affects=("acme01", "zeta01"))])
    notifier.later(seconds=60)
    notifier.sends()
    notifier.hears([granted("kyle07", 2, affects=("acme01",), significant=False)])
    notifier.later(seconds=60)
    assert to_be_told(notifier) == [("z@zeta.example", [("kyle07", 2, News.WITHDRAWN)])]


def test_windows_of_a_week_are_told_with_their_week(notifier: Notifier) -> None:
    notifier.hears([granted("acme01", week="2026-W48"), gone("acme02", week="2026-W48")])
    notifier.later(seconds=600)
    assert (notifier.due(), notifier.said()) == ([], [])


def test_events_wait_for_the_records_that_the_planner_knew(notifier: Notifier) -> None:
    ahead = RecordsPosition(stream_created_at=NOW, sequence=8)
    with pytest.raises(Postponed):
        notifier.hears([granted("acme01", records=ahead)])
    with pytest.raises(Postponed):
        notifier.hears([gone("acme01", records=ahead, reason=WindowWithdrawnCode.RETIRED)])
    notifier.knows(sequence=8)
    notifier.hears([granted("acme01", records=ahead)])


def test_a_window_that_opens_soon_is_told_before(notifier: Notifier) -> None:
    notifier.hears([granted("acme01", opens_at=NOW + timedelta(seconds=10), urgent=True)])
    notifier.later(seconds=10)
    (notice,) = notifier.window_notices()
    assert notice.items[0].urgent


def test_each_location_has_occasions_of_its_own(notifier: Notifier) -> None:
    notifier.hears([granted("acme01"), granted("acme01", location="whq", customer="acme")])
    notifier.later(seconds=60)
    assert [(notice.location, len(notice.items)) for notice in notifier.window_notices()] == [("rzob", 1), ("whq", 1)]
