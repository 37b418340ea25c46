# A window is for a machine in service that a record knows, and a machine has one.
the reference fleet
planner plans at 2026-11-23T08:00Z

# Taken out of service after the plan was made.
retire litmus01
audit

# Gone from the records altogether.
restore
remove litmus01
audit

# Never known. It may be a machine that the planner counted, so that no quota of its phase is blamed.
restore
foreign machine intruder01 in tuesday-1700
audit

# In service, known, and planned twice.
restore
duplicate litmus01 in tuesday-1700
audit

# All of it. Nothing hides anything else.
restore
retire litmus00
remove litmus01
foreign machine intruder01 in tuesday-1700
duplicate litmus02 in monday-0900
audit

# Once a window has opened nobody can take it away: the machine was in service when it was planned, and that is right.
restore
look at 2026-11-30T17:00Z
retire litmus01
audit
