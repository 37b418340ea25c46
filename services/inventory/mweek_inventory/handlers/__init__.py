"""What the inventory does about each message and each file: load, decide, record."""

from mweek_inventory.handlers.commands import CommandHandlers
from mweek_inventory.handlers.fleet_book import FleetBook, Occasion
from mweek_inventory.handlers.housekeeping import Housekeeping

__all__ = ["CommandHandlers", "FleetBook", "Housekeeping", "Occasion"]
