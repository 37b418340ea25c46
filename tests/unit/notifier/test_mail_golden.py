"""Whole mails as they were reviewed, part by part; see `golden/`."""

from __future__ import annotations

from pathlib import Path

import pytest
from mweek_notifier.__main__ import OCCASIONS as OFFERED
from mweek_notifier.offline import OCCASIONS, Sample, preview

from tests.support.golden import Golden
from tests.support.mailbox import ReadMail, read_mail
from tests.support.notifier_values import LETTERHEAD

HERE = Path(__file__).parent / "golden"
SAMPLES = {
    "scheduled": ("scheduled", Sample()),
    "scheduled-one-machine": ("scheduled", Sample(machines=1, timezone="UTC")),
    "scheduled-60-machines": ("scheduled", Sample(machines=60, timezone="Asia/Kathmandu")),
    "changed": ("changed", Sample()),
    "cancelled": ("cancelled", Sample()),
    "finding": ("finding", Sample()),
    "finding-about-windows": ("window-finding", Sample()),
    "window-granted": ("granted", Sample(machines=1)),
    "window-urgent": ("urgent", Sample(machines=1, timezone="UTC")),
    "window-moved": ("moved", Sample()),
    "window-withdrawn": ("withdrawn", Sample()),
    "windows": ("windows", Sample(machines=7)),
    "windows-granted": ("granted", Sample(machines=7, timezone="Asia/Kathmandu")),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_mail_is_as_reviewed(name: str, golden: Golden) -> None:
    occasion, sample = SAMPLES[name]
    mail = read_mail(preview(occasion, sample, LETTERHEAD).content)
    golden.check(HERE / f"{name}.mail", transcript(mail))
    golden.check(HERE / f"{name}.html", mail.html)


def test_every_occasion_can_be_previewed_and_is_reviewed() -> None:
    assert set(OFFERED) == set(OCCASIONS) == {occasion for occasion, _ in SAMPLES.values()}


def transcript(mail: ReadMail) -> str:
    """Return all but the HTML as a person can review it: headers, structure, text, calendars."""
    headers = "".join(f"{name}: {value}\n" for name, value in mail.message.items())
    structure = "".join(f"  {kind}\n" for kind in mail.structure)
    calendars = "".join(
        f"\n======== {name}\n{content.decode().replace(chr(13), '')}" for name, content in mail.attachments.items()
    )
    return f"{headers}\n{structure}\n======== text\n{mail.text}{calendars}"
