# Peers are never down together: other evenings where the pattern allows, else slots of one evening.
fleet:
  location: whq
  customers:
    - {customer: acme, contacts: [{name: IT, email: it@acme.example}]}
  machines:
    - {name: db01, kind: virtual, role: customer, environment: production, customer: acme, redundancy_group: acme-db}
    - {name: db02, kind: virtual, role: customer, environment: production, customer: acme, redundancy_group: acme-db}
    - {name: db03, kind: virtual, role: customer, environment: production, customer: acme, redundancy_group: acme-db}
    - {name: wiki, kind: virtual, role: customer, environment: production, customer: acme}
pattern:
  pattern: two-evenings
  remainder: wednesday
  phases:
    - {name: tuesday, opens: tue 17:00, lasts: 4h, takes: [{select: {role: customer}, share: 50%}]}
    - {name: wednesday, opens: wed 17:00, lasts: 4h, takes: [{select: {role: customer}, take: remainder}]}
plan at 2026-11-23T08:00Z:
  wiki  tuesday
  db01  tuesday
  db02  wednesday  17:00 to 19:00
  db03  wednesday  19:00 to 21:00
audit

# The slots of the evening that they share overlap by five minutes.
give db02 17:00 to 19:05
audit

# Both have the whole evening.
restore
move db02 to wednesday
move db03 to wednesday
audit

# All three in one evening, in slots: nobody is down together, but they could have gone apart.
restore
give db02 18:20 to 19:40
give db03 19:40 to 21:00
move db01 to wednesday
give db01 17:00 to 18:20
move wiki to tuesday
audit

# Slots go by name.
restore
swap db02 db03
audit

# A slot for a machine without peers in its phase: it could have the whole evening.
restore
give wiki 17:00 to 19:00
audit
