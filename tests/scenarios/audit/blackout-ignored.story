# Acme sells on Wednesday from 20:00 UTC: its machine belongs on Thursday, and a plan that has it on Wednesday fails.
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
  acme01    thursday
  globex01  wednesday
audit

move acme01 to wednesday
audit

# A window of the same evening that ends as the sale begins would be all right for the sale, but a machine alone has the whole evening.
give acme01 17:00 to 20:00
audit

# Globex has no blackout: nothing turned it away on Wednesday.
restore
move globex01 to thursday
audit

# A blackout that is asked for after the plan was made counts too, as long as the window can be moved.
restore
blackout of globex from 2026-12-02T00:00Z to 2026-12-03T00:00Z: stocktaking
audit
look at 2026-12-02T17:00Z
audit
