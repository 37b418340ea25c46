# A window says whose machine it is for and, for a KVM host, which machines on it are affected: customers are told by that.
the reference fleet
planner plans at 2026-11-23T08:00Z
announce
announce acme03 as of nordwind
announce kyle02 without acme08
audit
