"""What the notifier does with each message: load, decide, record. Nothing is ever sent in here."""

from mweek_notifier.handlers.audits import AuditHandlers
from mweek_notifier.handlers.occasions import Occasions
from mweek_notifier.handlers.records import apply_records
from mweek_notifier.handlers.weeks import WeekHandlers
from mweek_notifier.handlers.windows import WindowHandlers

__all__ = ["AuditHandlers", "Occasions", "WeekHandlers", "WindowHandlers", "apply_records"]
