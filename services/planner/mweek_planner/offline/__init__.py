"""Planning from files, without a bus or a database."""

from mweek_planner.offline.planning import OfflineRequest, plan_offline

__all__ = ["OfflineRequest", "plan_offline"]
