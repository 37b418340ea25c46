"""A planned week as text: JSON for programs, a table for people. The same plan gives the same bytes."""

from mweek_planner.rendering.plan_json import plan_json, refusal_json
from mweek_planner.rendering.plan_text import diff_text, plan_text, refusal_text

__all__ = ["diff_text", "plan_json", "plan_text", "refusal_json", "refusal_text"]
