"""Which findings of the audit are worth a mail to the operator."""

from mweek_notifier.domain.finding import Finding, is_news, needs_operator

NO_WINDOW = Finding("no-window", "acme01", "acme01 has no window")
QUOTA = Finding("quota", "", "phase tuesday takes 4 of storage, the pattern says 3")


def test_machines_that_the_planner_will_place_need_no_person() -> None:
    assert not needs_operator([NO_WINDOW])


def test_any_other_finding_needs_one() -> None:
    assert needs_operator([NO_WINDOW, QUOTA])


def test_the_same_findings_in_another_order_are_no_news() -> None:
    assert not is_news([QUOTA, NO_WINDOW], [NO_WINDOW, QUOTA])


def test_one_finding_more_or_less_is_news() -> None:
    assert is_news([QUOTA, NO_WINDOW], [QUOTA])
    assert is_news([QUOTA], [QUOTA, NO_WINDOW])
