"""What the auditor does with each message, and by itself when something is due."""

from mweek_auditor.handlers.inspection import Inspector
from mweek_auditor.handlers.notices import NoticeHandlers
from mweek_auditor.handlers.records import RecordsHandler
from mweek_auditor.handlers.watch import Watch
from mweek_auditor.handlers.weeks import WeekHandlers
from mweek_auditor.handlers.window_inspection import WindowInspector
from mweek_auditor.handlers.windows import WindowHandlers

__all__ = [
    "Inspector",
    "NoticeHandlers",
    "RecordsHandler",
    "Watch",
    "WeekHandlers",
    "WindowHandlers",
    "WindowInspector",
]
