"""Where mails go, by URL."""

from pathlib import Path

import pytest
from mweek_notifier.delivery.mail_url import MaildirTarget, MailUrlError, Security, SmtpTarget, parse_mail_url


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("maildir:var/mail", MaildirTarget(Path("var/mail"))),
        ("maildir:/srv/mail", MaildirTarget(Path("/srv/mail"))),
        ("maildir:///srv/mail", MaildirTarget(Path("/srv/mail"))),
        ("smtp://mail.example", SmtpTarget(host="mail.example", port=25)),
        ("smtp://mail.example:2525/", SmtpTarget(host="mail.example", port=2525)),
        ("smtp://[::1]:2525", SmtpTarget(host="::1", port=2525)),
        ("smtps://mail.example", SmtpTarget(host="mail.example", port=465, security=Security.TLS)),
        (
            "smtp+starttls://notifier:p%40ss%3Aword@mail.example",
            SmtpTarget(
                host="mail.example",
                port=587,
                security=Security.STARTTLS,
                username="notifier",
                password="p@ss:word",
            ),
        ),
        (
            "smtp://user:secret@127.0.0.1:1025",
            SmtpTarget(host="127.0.0.1", port=1025, username="user", password="secret"),
        ),
    ],
)
def test_url_says_where_mails_go(url: str, target: MaildirTarget | SmtpTarget) -> None:
    assert parse_mail_url(url) == target


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "mails cannot go by 'nothing'"),
        ("maildir:", "mails cannot go by 'maildir'"),
        ("http://mail.example", "mails cannot go by 'http'"),
        ("smtp://", "has no host"),
        ("smtp://:25", "has no host"),
        ("smtp://mail.example:99999", "cannot be read"),
        ("smtp://mail.example:port", "cannot be read"),
        ("smtp://mail.example/path", "goes on after the port"),
        ("smtps://mail.example?tls=no", "goes on after the port"),
        ("smtps://user@mail.example", "a user or a password, but not both"),
        ("smtp://user:secret@mail.example", "would send the password in the clear"),
    ],
)
def test_a_wrong_url_is_refused_with_the_reason(url: str, why: str) -> None:
    with pytest.raises(MailUrlError, match=why) as refusal:
        parse_mail_url(url)
    assert "secret" not in str(refusal.value)


def test_a_target_is_shown_without_its_password() -> None:
    target = parse_mail_url("smtps://user:secret@mail.example")
    assert str(target) == "smtps://mail.example:465"
    assert "secret" not in repr(target)
