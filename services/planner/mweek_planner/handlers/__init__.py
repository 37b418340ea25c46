"""What the planner does when a message comes: load, decide, record. All of one message is in one transaction."""

from mweek_planner.handlers.commands import CommandHandlers
from mweek_planner.handlers.records import apply_records
from mweek_planner.handlers.repairs import RepairHandler
from mweek_planner.handlers.situation import SituationReader

__all__ = ["CommandHandlers", "RepairHandler", "SituationReader", "apply_records"]
