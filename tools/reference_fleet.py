"""Prints the reference fleets under deploy/reference: the article's location `rzob`, and a small second one, `whq`.

Usage: reference_fleet.py [DIRECTORY]. The same bytes every time; `make fleet` writes them where they are
committed, and a test holds that they are the same.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mweek_contracts.documents.fleet import FleetDocument
from mweek_contracts.documents.rendering import yaml_entry
from mweek_contracts.fleet import (
    Contact,
    CustomerFields,
    Delivery,
    Environment,
    Kind,
    Language,
    MachineFields,
)
from reference_customers import RZOB, WHQ, Account

SEED = 2026
OS_RELEASES = ("25.05", "25.11", "25.11", "25.11", "26.05")
SERVERS = (("Supermicro AS-1114S", "2.4"), ("Supermicro AS-1114S", "2.7"), ("Dell PowerEdge R6515", "2.14.1"))
STORES = (("Supermicro SSG-6029P", "3.5"), ("Supermicro SSG-6029P", "3.8"), ("Dell PowerEdge R740xd2", "2.19.0"))
EMULATORS = ("1.16.2", "1.16.3", "1.16.3")
PROFILES = {
    "front": ("webgateway", "webproxy", "loadbalancer"),
    "app": ("nginx-php", "tomcat", "django", "rails", "k3s-agent", "mailserver"),
    "data": ("postgresql15", "postgresql16", "mysql80", "redis", "rabbitmq", "opensearch", "nfs"),
}


@dataclass(frozen=True, slots=True)
class Site:
    """The operator's own side of a location: names by role, physical unless said otherwise."""

    location: str
    description: str
    routers: Sequence[str]
    stores: Sequence[str]
    monitors: Sequence[str]
    """Those of the stores that keep the storage cluster's map: they must never be down together."""
    hosts: Sequence[str]
    own: Sequence[tuple[str, str]]
    """(name, role) of physical machines for automation, monitoring and build."""
    own_virtual: Sequence[tuple[str, str]]
    litmus: Sequence[str]
    accounts: Sequence[Account]
    first_number: int = 0
    """Of the customers' machines, so that a name stands for one machine in all locations."""


def numbered(name: str, first: int, count: int) -> tuple[str, ...]:
    """Return names such as kyle00, kyle01."""
    return tuple(f"{name}{number:02d}" for number in range(first, first + count))


SITES = (
    Site(
        location="rzob",
        description="The article's location: 41 physical hosts that run 195 virtual machines.",
        routers=numbered("kenny", 0, 2),
        stores=numbered("cartman", 0, 15),
        monitors=numbered("cartman", 0, 3),
        hosts=numbered("kyle", 0, 20),
        own=(("stan00", "automation"), ("stan01", "monitoring"), ("stan02", "monitoring"), ("stan03", "build")),
        own_virtual=(
            ("directory00", "automation"), ("directory01", "automation"), ("sensu00", "monitoring"),
            ("stats00", "monitoring"), ("logs00", "monitoring"), ("hydra00", "build"), ("hydra01", "build"),
        ),
        litmus=numbered("litmus", 0, 3),
        accounts=RZOB,
    ),
    Site(
        location="whq",
        description="A small second location; the customer seehafen has machines in both.",
        routers=numbered("kenny", 20, 2),
        stores=numbered("cartman", 20, 3),
        monitors=numbered("cartman", 20, 3),
        hosts=numbered("kyle", 20, 4),
        own=(("stan20", "monitoring"),),
        own_virtual=(("sensu20", "monitoring"), ("hydra20", "build")),
        litmus=numbered("litmus", 20, 1),
        accounts=WHQ,
        first_number=20,
    ),
)  # fmt: skip


class Builder:
    """Draws the machines of one site; virtual ones go to the emptiest KVM host that has none of their peers."""

    def __init__(self, site: Site) -> None:
        """Begin with the site's own random numbers, so that a change to one location leaves the other as it is."""
        self.site = site
        self.random = random.Random(f"{SEED} {site.location}")
        self.residents: dict[str, list[MachineFields]] = {host: [] for host in site.hosts}

    def physical(self, name: str, role: str, models: Sequence[tuple[str, str]], **more: Any) -> MachineFields:
        """Return a physical machine of the operator's own."""
        model, bios = self.random.choice(models)
        return MachineFields(
            name=name,
            kind=Kind.PHYSICAL,
            role=role,
            environment=Environment.INTERNAL,
            profile=role,
            os_release=self.random.choice(OS_RELEASES),
            hardware_model=model,
            bios_version=bios,
            downtime_minutes=self.random.randrange(15, 46, 5),
            **more,
        )

    def virtual(self, name: str, role: str, environment: Environment, **more: Any) -> MachineFields:
        """Return a virtual machine on the host that suits it best."""
        machine = MachineFields(
            name=name,
            kind=Kind.VIRTUAL,
            role=role,
            environment=environment,
            os_release=self.random.choice(OS_RELEASES),
            hardware_model="qemu",
            bios_version=self.random.choice(EMULATORS),
            downtime_minutes=self.random.randrange(10, 46, 5),
            **more,
        )
        placed = machine.model_copy(update={"host": self.host_for(machine.redundancy_group)})
        self.residents[placed.host or ""].append(placed)
        return placed

    def host_for(self, group: str | None) -> str:
        """Return the emptiest host without a member of the group."""
        free = [
            host
            for host, residents in self.residents.items()
            if group is None or all(resident.redundancy_group != group for resident in residents)
        ]
        self.random.shuffle(free)
        return min(free, key=lambda host: len(self.residents[host]))

    def own(self) -> Iterator[tuple[str, list[MachineFields]]]:
        """Yield the operator's own machines, with a heading for each kind."""
        site = self.site
        yield (
            "Automation, monitoring and build",
            [
                *(self.physical(name, role, SERVERS) for name, role in site.own),
                *(self.virtual(name, role, Environment.INTERNAL, profile=role) for name, role in site.own_virtual),
            ],
        )
        routers = f"{site.location}-routers"
        yield "Routers", [self.physical(name, "router", SERVERS, redundancy_group=routers) for name in site.routers]
        yield (
            "Storage servers",
            [self.physical(name, "storage", STORES, **self.store_group(name)) for name in site.stores],
        )
        yield "KVM hosts", [self.physical(name, "kvm-host", SERVERS) for name in site.hosts]
        litmus = [self.virtual(name, "litmus", Environment.TEST, profile="litmus") for name in site.litmus]
        yield "Litmus machines: ours, like a customer's", litmus

    def store_group(self, name: str) -> dict[str, str]:
        """Return the redundancy group of a storage server, if it is in one."""
        return {"redundancy_group": f"{self.site.location}-ceph-mon"} if name in self.site.monitors else {}

    def owned(self, account: Account) -> list[MachineFields]:
        """Return the machines of a customer: production with its redundancy groups first, then test."""
        names = numbered(account.customer, self.site.first_number, account.production + account.test)
        groups = iter(self.groups(account))
        machines = [
            self.virtual(name, "customer", Environment.PRODUCTION, customer=account.customer, **next(groups))
            for name in names[: account.production]
        ]
        for name, twin in zip(names[account.production :], self.random.choices(machines, k=account.test), strict=True):
            same = {"profile": twin.profile, "labels": twin.labels}
            machines.append(self.virtual(name, "customer", Environment.TEST, customer=account.customer, **same))
        return machines

    def groups(self, account: Account) -> Iterator[dict[str, Any]]:
        """Yield the group, profile and label of each production machine; peers have the same."""
        sizes = [3] * account.triples + [2] * account.pairs
        sizes += [1] * (account.production - sum(sizes))
        for number, size in enumerate(sizes):
            tier = ("data", "front")[number % 2] if size > 1 else self.random.choice(sorted(PROFILES))
            profile = self.random.choice(PROFILES[tier])
            # A customer's second group of the same profile needs another name.
            group = {"redundancy_group": f"{account.customer}-{profile}-{number}"} if size > 1 else {}
            yield from ({"profile": profile, "labels": {"tier": tier}, **group} for _ in range(size))


def customer(account: Account) -> CustomerFields:
    """Return the record of a customer."""
    domain = f"{account.customer}.example"
    team = "IT-Betrieb" if account.language is Language.DE else "Operations"
    contacts = [Contact(name=team, email=f"it@{domain}", language=account.language)]
    if account.second_contact:
        delivery = Delivery.PER_SLOT if account.language is Language.EN else Delivery.DIGEST
        contacts.append(
            Contact(name=account.second_contact, email=f"oncall@{domain}", language=Language.EN, delivery=delivery)
        )
    return CustomerFields(customer=account.customer, name=account.name, contacts=tuple(contacts), **dict(account.more))


def fleet(site: Site) -> tuple[FleetDocument, list[tuple[str, list[MachineFields]]]]:
    """Return the fleet of a site, and its machines once more under headings."""
    builder = Builder(site)
    sections = list(builder.own())
    for account in site.accounts:
        tested = f"{account.test} test" if account.test else "untested"
        heading = f"{account.name}: {account.production} production, {tested}"
        sections.append((heading, builder.owned(account)))
    machines = tuple(machine for _, section in sections for machine in section)
    return FleetDocument(site.location, tuple(customer(account) for account in site.accounts), machines), sections


def render(site: Site) -> str:
    """Return the fleet file of a site, with a comment over each group of machines."""
    document, sections = fleet(site)
    lines = [
        f"# {site.description}",
        "#",
        "# Printed by tools/reference_fleet.py: copy it to begin a fleet file of your own. What is left out has",
        "# its default: for customers Europe/Berlin, every night 22:00 to 05:00, 12 hours of notice; for machines",
        "# 15 minutes of downtime, in service. Everybody here is invented.",
        "#",
        "# What the location allows in windows that machines request may be said, too; these are the defaults, but",
        "# for the capacity: how many machines may be down at once, where there is a limit.",
        "# policy: {capacity: 40, padding_percent: 25, shortest_window_minutes: 15, preparation_minutes: 5,",
        "#          lease_minutes: 30, requests_per_minute: 60}",
        f"location: {site.location}",
        "",
        "customers:",
    ]
    for entry in document.customers:
        lines += [*yaml_entry(entry), ""]
    lines.append("machines:")
    for heading, machines in sections:
        lines += [f"  # {heading}", *(line for machine in machines for line in yaml_entry(machine)), ""]
    return "\n".join(lines)


def main() -> None:
    """Write the fleet files into the directory given, deploy/reference where none is."""
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent / "deploy/reference")
    for site in SITES:
        (directory / f"{site.location}.yaml").write_text(render(site), encoding="utf-8")


if __name__ == "__main__":
    main()
