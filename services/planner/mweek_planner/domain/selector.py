"""Which machines an entry of a pattern is about."""

from __future__ import annotations

from dataclasses import dataclass

from mweek_planner.domain.machine import Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Conditions that must all hold; one that is absent holds for every machine.

    Two selectors are equal when they say the same in the same order, as written in the pattern.
    """

    roles: tuple[str, ...] | None = None
    environments: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    customers: tuple[str, ...] | None = None
    profiles: tuple[str, ...] | None = None
    tested: bool | None = None
    labels: tuple[tuple[str, str], ...] = ()

    def selects(self, machine: Machine, *, tested: bool) -> bool:
        """Return whether a machine matches.

        Args:
            tested: whether its customer owns an in-service test machine in the location; a machine without customer
                matches neither value of the selector's `tested`.
        """
        return (
            (self.roles is None or machine.role in self.roles)
            and (self.environments is None or machine.environment in self.environments)
            and (self.kinds is None or machine.kind in self.kinds)
            and (self.customers is None or machine.customer in self.customers)
            and (self.profiles is None or machine.profile in self.profiles)
            and (self.tested is None or (machine.customer is not None and self.tested is tested))
            and all(label in machine.labels for label in self.labels)
        )

    def __str__(self) -> str:
        """Return what a person reads, e.g. `role customer, environment test`."""
        named = (
            ("role", self.roles),
            ("environment", self.environments),
            ("kind", self.kinds),
            ("customer", self.customers),
            ("profile", self.profiles),
        )
        parts = [f"{word} {_alternatives(values)}" for word, values in named if values is not None]
        if self.tested is not None:
            parts.append("a customer with tests" if self.tested else "a customer without tests")
        parts.extend(f"label {key}={value}" for key, value in self.labels)
        return ", ".join(parts) or "any role"


def _alternatives(values: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(values[:-1]), values[-1])))
