"""The rules of docs/planning.md, read a second time: what must hold of a plan. Shares nothing with the planner."""
