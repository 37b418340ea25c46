# The planner closes a revision with counts and a digest over its windows. Who changes a window on its way is found out.
the reference fleet
planner plans at 2026-11-23T08:00Z
announce
audit

# Two KVM hosts in the same phase: swapping their windows changes nothing at all.
swap kyle00 kyle01
audit

# Two machines that the pattern would let change places: only the digest knows.
restore
announce
swap kenny00 kenny01
audit

# A window that was lost.
restore
announce
drop kyle00
audit

# A window that was put in.
restore
announce
foreign machine intruder01 in tuesday-1700
audit

# What is told beside the times: whose machine it is, and who is on it.
restore
announce
announce acme03 as of nordwind
announce kyle02 without acme08
audit
