"""The schema of the planner's database, step by step. A released step never changes."""
