# The operator set blackouts aside and said why: Wednesday takes Acme's machine although Acme sells.
fleet:
  location: whq
  customers:
    - customer: acme
      name: Acme GmbH
      contacts: [{name: IT, email: it@acme.example}]
      blackouts:
        - {starts_at: "2026-12-02T20:00Z", ends_at: "2026-12-03T00:00Z", reason: Winter sale}
    - {customer: globex, contacts: [{name: Ops, email: ops@globex.example}]}
  machines:
    - {name: acme01, kind: virtual, role: customer, environment: production, customer: acme}
    - {name: globex01, kind: virtual, role: customer, environment: production, customer: globex}
pattern:
  pattern: two-evenings
  phases:
    - {name: wednesday, opens: wed 17:00, lasts: 4h, takes: [{select: {role: customer}, take: all}]}
    - {name: thursday, opens: thu 17:00, lasts: 4h, takes: [{select: {role: customer}, take: remainder}]}
plan at 2026-11-23T08:00Z:
  acme01    wednesday
  globex01  wednesday
audit

override blackouts: the kernel bug is being exploited
audit

# Now nothing turns the machine away from Wednesday any more, so that Thursday is wrong.
move acme01 to thursday
audit
