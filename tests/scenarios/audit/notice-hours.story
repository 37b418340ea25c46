# Acme wants 48 hours of notice, Globex 12, and Wednesday opens at 17:00 UTC.
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
audit

# Exactly 48 hours before are enough, if nothing of the week had opened.
drop mon01
retire mon01
planned at 2026-11-30T17:00Z
audit

# A minute later they are not.
planned at 2026-11-30T17:01Z
audit

# Twelve hours before, only Globex gets what it wants.
planned at 2026-12-02T05:00Z
audit

# The operator set the notice aside and said why.
override notice: the kernel bug is being exploited
audit

# Nothing sets aside that Wednesday has opened.
planned at 2026-12-02T18:00Z
audit
