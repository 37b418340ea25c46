"""What became of telling a contact of one window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mweek_auditor.domain.told import NoticeState


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A notice of one revision of a window to one contact; `detail` is why it failed or was skipped.

    `withdrawn`: it told that there is no such window any more. `another_follows`: it was skipped only because another
    notice tells what it would have; `too_late`: because the time that it names was over by then.
    """

    window_id: str
    revision: int
    customer: str
    contact: str
    state: NoticeState
    at: datetime
    detail: str = ""
    withdrawn: bool = False
    another_follows: bool = False
    too_late: bool = False
