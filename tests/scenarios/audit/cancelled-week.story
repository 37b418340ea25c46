# A cancelled week: windows that have not opened are withdrawn, the others stay.
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
cancel at 2026-11-23T12:00Z
audit

# Cancelled on Monday at ten, when mon01 is being worked on.
cancel at 2026-11-30T10:00Z
audit

# A window is left that should be gone; the message that closes the cancellation counted it.
forget to withdraw acme01
audit

# Nobody counted it: its window is left all the same.
close with 1 withdrawn
audit

# The opposite: all are withdrawn, and the closing message tells of fewer.
cancel at 2026-11-30T10:00Z
close with 1 withdrawn
audit
