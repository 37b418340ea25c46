# The message with the windows never arrived: everything is missing, and the numbers say so too.
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
announce with 2 outside of acceptable times
lose the message
audit
