# The article's week, planned well: 236 machines, one window each, everybody told a week ahead.
the reference fleet
planner plans at 2026-11-23T08:00Z
announce
audit

grace until 2026-11-23T08:05Z
everybody is told at 2026-11-23T08:01Z
audit with notices at 2026-11-23T08:02Z

# Nor is anything found in it later: when a phase has opened, and when all is over.
look at 2026-12-01T17:30Z
audit
look at 2026-12-05T17:00Z
audit
