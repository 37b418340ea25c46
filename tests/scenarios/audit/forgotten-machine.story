# A machine that the plan forgets is found by name. No quota is blamed for it as well: perhaps the planner did not know it.
the reference fleet
planner plans at 2026-11-23T08:00Z
drop acme03
audit

# One that the plan leaves out and says why is another finding: the planner would only leave it out again.
restore
leave out acme03: a blackout of acme overlaps every phase that takes it
audit

# One that goes into service after the plan was made.
restore
join acme99 like acme03
audit

# Several at once: each is named.
restore
drop kenny01
drop litmus00
drop litmus01
drop litmus02
audit
