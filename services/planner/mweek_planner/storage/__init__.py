"""What the planner keeps: records of machines and customers, plans with their windows, commands that were seen."""
