"""What the environment may say, and what it may not."""

from datetime import timedelta
from typing import Any

import pytest
from mweek_notifier.settings import NotifierSettings
from pydantic import ValidationError

YOURS = {"sender": "maintenance@hoster.example", "operator_email": "noc@hoster.example"}


def settings(**values: Any) -> NotifierSettings:
    return NotifierSettings(**values)


def test_nothing_leaves_a_laptop_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MWEEK_NOTIFIER_MAIL_URL", "MWEEK_NOTIFIER_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert settings().mail_url == "maildir:var/mail"
    assert settings().database_url == "sqlite:///var/notifier.sqlite3"


def test_the_environment_is_read_and_an_empty_value_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MWEEK_NOTIFIER_SENDER", "maintenance@hoster.example")
    monkeypatch.setenv("MWEEK_OPERATOR_EMAIL", "")
    assert (settings().sender, settings().operator_email) == ("maintenance@hoster.example", "operator@mweek.example")


@pytest.mark.parametrize("missing", ["sender", "operator_email"])
def test_real_mail_needs_real_addresses(missing: str) -> None:
    given = {name: value for name, value in YOURS.items() if name != missing}
    with pytest.raises(ValidationError, match="to an address of yours"):
        settings(mail_url="smtps://mail.hoster.example", **given)
    assert settings(mail_url="smtps://mail.hoster.example", **YOURS).sender == YOURS["sender"]


@pytest.mark.parametrize(
    "value",
    [{"sender": "not an address"}, {"sender_name": "=?utf-8?q?x?="}, {"mail_url": "ftp://x"}, {"workers": 0}],
)
def test_a_wrong_value_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**value)


def test_a_claim_outlasts_any_attempt() -> None:
    assert settings(send_seconds=10).lease == timedelta(seconds=20)


def test_passwords_do_not_show() -> None:
    shown = settings(mail_url="smtps://user:secret@mail.hoster.example", **YOURS)
    assert "secret" not in repr(shown)
