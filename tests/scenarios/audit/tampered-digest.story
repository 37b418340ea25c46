# The planner closes a revision with counts and a digest over its windows. Who changes a window on its way is found out.
fleet:
  location: whq
  machines:
    - {name: router01, kind: physical, role: router, environment: internal}
    - {name: router02, kind: physical, role: router, environment: internal}
    - {name: host01, kind: physical, role: kvm-host, environment: internal}
    - {name: host02, kind: physical, role: kvm-host, environment: internal}
pattern:
  pattern: routers-apart
  phases:
    - {name: monday, opens: mon 13:00, lasts: 4h, takes: [{select: {role: router}, count: 1}]}
    - {name: saturday, opens: sat 09:00, lasts: 4h, takes: [{select: {role: kvm-host}, take: all}]}
    - {name: sunday, opens: sun 13:00, lasts: 4h, takes: [{select: {role: router}, take: remainder}]}
plan at 2026-11-23T08:00Z:
  router01  monday
  host01    saturday
  host02    saturday
  router02  sunday
announce
audit

# Two hosts with the same window: swapping them changes nothing at all.
swap host01 host02
audit

# Two routers that the pattern would let change places: only the digest knows.
restore
announce
swap router01 router02
audit

# A window that was lost.
restore
announce
drop host01
audit

# A window that was put in.
restore
announce
foreign machine intruder01 in saturday
audit
