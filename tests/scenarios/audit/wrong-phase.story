# Machines go where the pattern takes their kind.
the reference fleet
planner plans at 2026-11-23T08:00Z

# A KVM host among the customers' production machines. Thursday is for whatever no phase names, and hosts are named.
move kyle03 to thursday-1700
audit

# A litmus machine a day late; Tuesday takes no litmus machines.
restore
move litmus01 to tuesday-1700
audit

# A customer's machine among the first.
restore
move acme16 to monday-0900
audit

# Two machines that changed places are two machines in the wrong place.
restore
swap kyle03 litmus01
audit

# Windows that leave their phase, or are too short for the downtime.
restore
give litmus00 16:30 to 22:00
give litmus01 17:00 to 22:05
give litmus02 17:00 to 17:10
audit
