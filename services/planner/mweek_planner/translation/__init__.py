"""Wire ⇄ domain: the only place of the planner that knows both shapes."""

from mweek_planner.translation.announcements import Envelope, cancelled, refused, scheduled
from mweek_planner.translation.documents import customer_from, machine_from, pattern_from, policy_from
from mweek_planner.translation.findings import Repair, repairable
from mweek_planner.translation.records import customer_changes, machine_changes, policy_changes

__all__ = [
    "Envelope",
    "Repair",
    "cancelled",
    "customer_changes",
    "customer_from",
    "machine_changes",
    "machine_from",
    "pattern_from",
    "policy_changes",
    "policy_from",
    "refused",
    "repairable",
    "scheduled",
]
