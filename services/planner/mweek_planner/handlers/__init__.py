"""What the planner does when a message comes: load, decide, record. All of one message is in one transaction."""

from mweek_planner.handlers.commands import CommandHandlers
from mweek_planner.handlers.entries import EntryHandlers
from mweek_planner.handlers.explaining import ExplanationHandler
from mweek_planner.handlers.granting import Granting
from mweek_planner.handlers.records import apply_records
from mweek_planner.handlers.repairs import RepairHandler
from mweek_planner.handlers.situation import SituationReader
from mweek_planner.handlers.upkeep import WindowUpkeep
from mweek_planner.handlers.week_windows import WeekWindows
from mweek_planner.handlers.window_desk import AskingRates, RecordsGate, WindowDesk
from mweek_planner.handlers.window_requests import WindowHandlers

__all__ = [
    "AskingRates",
    "CommandHandlers",
    "EntryHandlers",
    "ExplanationHandler",
    "Granting",
    "RecordsGate",
    "RepairHandler",
    "SituationReader",
    "WeekWindows",
    "WindowDesk",
    "WindowHandlers",
    "WindowUpkeep",
    "apply_records",
]
