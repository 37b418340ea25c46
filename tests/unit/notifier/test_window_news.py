"""What a contact is told of a window: by what it knows of it, not by what was said in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from mweek_notifier.domain.fleet import Contact
from mweek_notifier.domain.notice import SkipCode
from mweek_notifier.domain.requested_window import RequestedWindow, Touch, standing, touches
from mweek_notifier.domain.window import Slot
from mweek_notifier.domain.window_news import Hush, Hushed, News, WindowItem, news_of
from mweek_notifier.domain.window_telling import MOST_WINDOWS_IN_A_MAIL, Occasion, ToldOfWindows, tell_windows

from tests.support.notifier_values import DOMAIN, NOW, OPS, customer, fleet, later
from tests.support.requested_windows import TONIGHT

SLOT = Slot(TONIGHT, TONIGHT + timedelta(minutes=35), "adhoc")
OWN = Touch(own=True)
BOSS = Contact("Boss", "boss@acme.example")


def window(revision: int = 1, *, significant: int | None = None, **fields: Any) -> RequestedWindow:
    values: dict[str, Any] = {
        "location": "rzob",
        "window_id": "w-1",
        "machine": "acme01",
        "slot": SLOT,
        "customer": "acme",
        "significant_revision": revision if significant is None else significant,
    }
    return RequestedWindow(**{**values, "revision": revision, **fields})


def news(about: RequestedWindow, told: WindowItem | None = None, touch: Touch | None = OWN) -> Any:
    return news_of(about, touch, told, uid="uid-1")


def item(about: RequestedWindow, told: WindowItem | None = None) -> WindowItem:
    found = news(about, told)
    assert isinstance(found, WindowItem)
    return found


FIRST = item(window())


def occasion(*windows: RequestedWindow, told: ToldOfWindows | None = None, **fields: Any) -> Occasion:
    touched = {each.window_id: OWN for each in windows}
    values: dict[str, Any] = {"customer": customer(), "told": {OPS.email: told} if told else {}}
    return Occasion(**{"location": "rzob", "windows": windows, "touched": touched, **values, **fields})


def test_who_knows_of_no_window_is_told_that_there_is_one() -> None:
    assert (FIRST.news, FIRST.revision, FIRST.before) == (News.GRANTED, 1, None)


def test_a_window_that_moved_is_told_with_the_time_that_the_contact_knew() -> None:
    """The mail of revision 2 never left."""
    moved = item(window(3, slot=later(SLOT, days=2)), FIRST)
    assert (moved.news, moved.before, moved.slot) == (News.CHANGED, SLOT, later(SLOT, days=2))


def test_a_change_that_is_not_significant_is_not_told() -> None:
    shorter = replace(SLOT, closes_at=SLOT.closes_at - timedelta(minutes=10))
    assert news(window(2, significant=1, slot=shorter), FIRST) is None


def test_a_significant_change_whose_mail_never_left_is_told_with_the_next_revision() -> None:
    assert item(window(3, significant=2, slot=later(SLOT, days=1)), FIRST).news is News.CHANGED


def test_a_reboot_where_there_was_none_is_told() -> None:
    changed = item(window(2, reboots=True), FIRST)
    assert (changed.newly_reboots, changed.before) == (True, None)


def test_a_change_that_was_taken_back_before_it_was_told_is_not_told() -> None:
    found = news(window(3), FIRST)
    assert isinstance(found, Hushed)
    assert found.why is Hush.NOTHING_NEW


def test_a_withdrawn_window_is_told_at_the_time_that_the_contact_knew() -> None:
    gone = item(window(3, slot=later(SLOT, days=2), withdrawn="missed"), FIRST)
    assert (gone.news, gone.slot, gone.withdrawn) == (News.WITHDRAWN, SLOT, "missed")


def test_who_was_never_told_of_a_window_is_not_told_that_it_is_gone() -> None:
    found = news(window(2, withdrawn="requested"))
    assert isinstance(found, Hushed)
    assert found.why is Hush.NEVER_TOLD


def test_what_was_told_as_gone_is_not_told_again_and_is_new_when_it_comes_back() -> None:
    gone = item(window(2, withdrawn="requested"), FIRST)
    assert news(window(2, withdrawn="requested"), gone) is None
    assert item(window(3), gone).news is News.GRANTED


def test_a_guest_that_came_to_the_host_is_told_even_if_nothing_else_changed() -> None:
    told = news(window(customer=None), touch=Touch(False, ("acme01",)))
    more = news(window(2, significant=1, customer=None), told, Touch(False, ("acme01", "acme02")))
    assert (more.news, more.hosted) == (News.CHANGED, ("acme01", "acme02"))


def test_a_customer_whose_guests_left_the_host_is_told_that_it_is_not_concerned() -> None:
    told = news(window(customer=None), touch=Touch(False, ("acme01",)))
    assert news(window(2, customer=None), told, None).withdrawn == "not-concerned"


def test_the_highest_revision_stands_whatever_the_order() -> None:
    third = standing(None, window(3, significant=0))
    assert third is not None
    assert standing(third, window(3, significant=0)) is None
    assert standing(third, window(2)) == window(3, significant=2), "its customers still have to be told"
    assert standing(third, window(1, significant=0)) is None


def test_owners_of_guests_are_touched_and_the_operators_own_machines_touch_nobody() -> None:
    host = window(machine="kyle07", customer=None, affects=("acme02", "acme01", "ours", "zeta01"))
    owners = fleet(kyle07=None, acme01="acme", acme02="acme", zeta01="zeta", ours=None)
    assert touches(host, owners) == {
        "acme": Touch(False, ("acme01", "acme02")),
        "zeta": Touch(False, ("zeta01",)),
    }


def test_a_machine_that_is_no_longer_known_belongs_to_whom_the_planner_named() -> None:
    assert touches(window(withdrawn="retired"), fleet()) == {"acme": OWN}


def test_several_windows_are_one_mail_to_each_contact() -> None:
    both = occasion(window(), window(window_id="w-2", machine="acme02"), customer=customer(OPS, BOSS))
    telling = tell_windows(both, now=NOW, domain=DOMAIN)
    assert [(each.contact, [item.machine for item in each.items]) for each in telling.notices] == [
        (OPS, ["acme01", "acme02"]),
        (BOSS, ["acme01", "acme02"]),
    ]


def test_a_mail_refers_to_those_that_named_one_of_its_windows() -> None:
    mails = (("<1@m>", frozenset({"w-1"})), ("<2@m>", frozenset({"w-2"})), ("<3@m>", frozenset({"w-1", "w-3"})))
    (notice,) = tell_windows(
        occasion(window(2, slot=later(SLOT, days=1)), told=ToldOfWindows({"w-1": FIRST}, mails)), now=NOW, domain=DOMAIN
    ).notices
    assert notice.earlier_mails == ("<1@m>", "<3@m>")


def test_a_contact_that_knows_less_is_told_more() -> None:
    moved = occasion(
        window(2, slot=later(SLOT, days=1)), told=ToldOfWindows({"w-1": FIRST}), customer=customer(OPS, BOSS)
    )
    assert [notice.items[0].news for notice in tell_windows(moved, now=NOW, domain=DOMAIN).notices] == [
        News.CHANGED,
        News.GRANTED,
    ]


def test_windows_that_are_over_are_not_told_and_those_missed_lately_are() -> None:
    over = SLOT.closes_at
    telling = tell_windows(occasion(window()), now=over, domain=DOMAIN)
    assert [(silence.code, telling.notices) for silence in telling.silences] == [(SkipCode.OVER, ())]
    missed = occasion(window(2, withdrawn="missed"), told=ToldOfWindows({"w-1": FIRST}))
    assert len(tell_windows(missed, now=over + timedelta(hours=23), domain=DOMAIN).notices) == 1
    assert tell_windows(missed, now=over + timedelta(hours=24), domain=DOMAIN).notices == ()


def test_more_windows_than_a_mail_holds_are_further_mails() -> None:
    many = [window(window_id=f"w-{one:03d}", machine=f"m{one:03d}") for one in range(MOST_WINDOWS_IN_A_MAIL + 1)]
    telling = tell_windows(occasion(*many), now=NOW, domain=DOMAIN)
    assert [len(notice.items) for notice in telling.notices] == [MOST_WINDOWS_IN_A_MAIL, 1]


def test_the_key_of_a_notice_is_what_it_says_of_which_revision() -> None:
    def key(*windows: RequestedWindow) -> str:
        (notice,) = tell_windows(occasion(*windows), now=NOW, domain=DOMAIN).notices
        return notice.key.notice_id

    other = window(window_id="w-2", machine="acme02")
    assert key(window(), other) == key(other, window())
    assert len({key(window()), key(window(2)), key(window(), other)}) == 3


def test_the_uid_of_a_window_stays_and_is_another_for_each_customer() -> None:
    def uid(revision: int, name: str) -> str:
        about = occasion(window(revision), customer=customer(customer=name))
        return tell_windows(about, now=NOW, domain=DOMAIN).notices[0].items[0].uid

    assert uid(1, "acme") == uid(2, "acme") != uid(1, "zeta")
