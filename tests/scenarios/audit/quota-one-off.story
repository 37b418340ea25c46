# Seven machines at 5 / 20 / 30 / the rest are 1, 1, 2 and 3. Which ones is the planner's choice.
fleet:
  location: whq
  machines:
    - {name: ceph00, kind: physical, role: storage, environment: production}
    - {name: ceph01, kind: physical, role: storage, environment: production}
    - {name: ceph02, kind: physical, role: storage, environment: production}
    - {name: ceph03, kind: physical, role: storage, environment: production}
    - {name: ceph04, kind: physical, role: storage, environment: production}
    - {name: ceph05, kind: physical, role: storage, environment: production}
    - {name: ceph06, kind: physical, role: storage, environment: production}
pattern:
  pattern: one-few-many-storage
  phases:
    - {name: monday, opens: mon 17:00, lasts: 4h, takes: [{select: {role: storage}, share: 5%}]}
    - {name: tuesday, opens: tue 17:00, lasts: 4h, takes: [{select: {role: storage}, share: 20%}]}
    - {name: wednesday, opens: wed 17:00, lasts: 4h, takes: [{select: {role: storage}, share: 30%}]}
    - {name: thursday, opens: thu 17:00, lasts: 4h, takes: [{select: {role: storage}, take: remainder}]}
plan at 2026-11-23T08:00Z:
  ceph00  monday
  ceph01  tuesday
  ceph02  wednesday
  ceph03  wednesday
  ceph04  thursday
  ceph05  thursday
  ceph06  thursday
audit

swap ceph00 ceph06
audit

# One too few on Wednesday: Thursday takes the rest and has nothing to reproach itself for.
restore
move ceph03 to thursday
audit

# One too many on Wednesday.
restore
move ceph04 to wednesday
audit

# The canary is gone, and Tuesday has two.
restore
move ceph00 to tuesday
audit

# The same, but the plan owns up to it: the cause that it gives is looked at.
declare monday entry 1 planned 1 actual 0 because blackout
audit

# A compromise does not let a phase take more.
restore
declare wednesday entry 1 planned 2 actual 3 because kept
move ceph04 to wednesday
audit

# A wrong target does not help either.
restore
declare wednesday entry 1 planned 1 actual 1 because too-few
move ceph03 to thursday
audit
