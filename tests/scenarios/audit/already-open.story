# What has opened stays as it is, and nobody is let in any more.
fleet:
  location: whq
  customers:
    - {customer: acme, name: Acme GmbH, contacts: [{name: IT, email: it@acme.example}], notice_hours: 48}
    - {customer: globex, name: Globex, contacts: [{name: Ops, email: ops@globex.example}], notice_hours: 12}
  machines:
    - {name: acme01, kind: virtual, role: customer, environment: production, customer: acme}
    - {name: globex01, kind: virtual, role: customer, environment: production, customer: globex}
    - {name: mon01, kind: virtual, role: monitoring, environment: production}
pattern:
  pattern: one-evening
  phases:
    - {name: monday, opens: mon 09:00, lasts: 4h, takes: [{select: {role: monitoring}, take: all}]}
    - {name: wednesday, opens: wed 17:00, lasts: 4h, takes: [{select: {role: customer}, take: all}]}
    - {name: saturday, opens: sat 09:00, lasts: 4h, takes: [{select: {role: customer}, take: remainder}]}
plan at 2026-11-23T08:00Z:
  mon01     monday
  acme01    wednesday
  globex01  wednesday
revise at 2026-11-30T10:00Z
audit

# The revision takes mon01 out of the hands of those who work on it.
give mon01 11:00 to 13:00
audit

# A machine that appears during the phase that takes its kind has missed it: the plan has to say so.
restore
join mon02 like mon01
revise at 2026-11-30T10:00Z
audit
leave out mon02: every phase that takes it has opened
audit

# Letting it in after all is wrong.
restore
join mon02 like mon01
revise at 2026-11-30T10:00Z
place mon02 in monday
audit
