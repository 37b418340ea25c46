# A good plan fails when its customers do not hear of it in time: every contact counts.
fleet:
  location: whq
  customers:
    - customer: acme
      contacts: [{name: IT, email: it@acme.example}, {name: On call, email: oncall@acme.example}]
      notice_hours: 48
    - {customer: globex, contacts: [{name: Ops, email: ops@globex.example}]}
    - {customer: initech, contacts: [{name: Ops, email: ops@initech.example}]}
  machines:
    - {name: host01, kind: physical, role: kvm-host, environment: production}
    - {name: acme01, kind: virtual, role: customer, environment: production, customer: acme}
    - {name: globex01, kind: virtual, role: customer, environment: production, customer: globex, host: host01}
pattern:
  pattern: one-evening
  phases:
    - {name: wednesday, opens: wed 17:00, lasts: 4h, takes: [{select: {role: customer}, take: all}]}
    - {name: saturday, opens: sat 09:00, lasts: 4h, takes: [{select: {role: kvm-host}, take: all}]}
plan at 2026-11-30T08:00Z:
  acme01    wednesday
  globex01  wednesday
  host01    saturday
announce with 2 outside of acceptable times
grace until 2026-11-30T08:05Z
everybody is told at 2026-11-30T08:01Z
audit with notices at 2026-11-30T08:05Z

# Nobody is missed before the grace time is over; then every contact is.
forget oncall@acme.example of acme
audit with notices at 2026-11-30T08:04Z
audit with notices at 2026-11-30T08:05Z

# Told, but later than 48 hours before the window.
oncall@acme.example of acme is told at 2026-11-30T17:00Z
audit with notices at 2026-11-30T17:00Z
oncall@acme.example of acme is told at 2026-11-30T17:01Z
audit with notices at 2026-11-30T17:01Z

# A notice that failed is a finding at once, and one that was skipped is not a notice.
notice to oncall@acme.example of acme fails at 2026-11-30T08:02Z: 550 no such mailbox
notice to ops@globex.example of globex is skipped at 2026-11-30T08:02Z: the customer does not want mail
audit with notices at 2026-11-30T08:03Z
audit with notices at 2026-11-30T08:05Z

# With the notice overridden late is not late, but not told stays not told.
override notice: the kernel bug is being exploited
oncall@acme.example of acme is told at 2026-12-01T12:00Z
forget ops@globex.example of globex
audit with notices at 2026-12-01T12:00Z
