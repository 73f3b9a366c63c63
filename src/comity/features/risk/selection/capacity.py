"""How many inspections can an office make on a day? Slots of each resource, with their validity, set by the node."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import msgspec

from comity.features.risk.lanes import Lane
from comity.features.risk.selection.errors import CapacityInvalid

MOST_SLOTS = 100_000
MOST_BYTES = 1024 * 1024  # a guess: ten thousand capacities
LONGEST_OFFICE = 17  # WCO Data Model 065: an..17
EVERY_OFFICE = "*"  # slots that may be sent to any office: a mobile team, a scanner on a lorry


class Resource(StrEnum):
    """What an inspection needs. The first three give a lane its slots; the others are kept, and choose nothing."""

    EXAMINATION = "examination"
    SCAN = "scan"
    DOCUMENTS = "documents"
    LABORATORY = "laboratory"
    DOG = "dog"
    PATROL = "patrol"


RESOURCE_OF_LANE: Mapping[Lane, Resource] = MappingProxyType(
    {Lane.RED: Resource.EXAMINATION, Lane.ORANGE: Resource.SCAN, Lane.YELLOW: Resource.DOCUMENTS}
)


class Capacity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Slots a day of a resource at an office, from `valid_from` to `valid_to` (both included; None: until further).

    `weekdays`: 1 Monday to 7 Sunday; on the others there are none.
    """

    office: str
    resource: Resource
    slots: int
    valid_from: date
    valid_to: date | None = None
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)

    def holds_on(self, day: date) -> bool:
        """Claim that it says something of a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def slots_on(self, day: date) -> int:
        """Return the slots of a day."""
        return self.slots if day.isoweekday() in self.weekdays else 0


class _File(msgspec.Struct, forbid_unknown_fields=True):
    capacity: list[Capacity]


def load_capacities(path: Path) -> tuple[Capacity, ...]:
    """Read a file of capacities.

    Raises:
        CapacityInvalid: it is no such file, or larger than one may be.
    """
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise CapacityInvalid(f"{path.name}: a file of capacities has at most {MOST_BYTES} bytes")
    try:
        return read_capacities(content.decode())
    except UnicodeDecodeError as error:
        raise CapacityInvalid(f"{path.name}: it is not UTF-8") from error


def read_capacities(text: str) -> tuple[Capacity, ...]:
    """Read `[[capacity]]` tables of TOML.

    Raises:
        CapacityInvalid: the file is no TOML of this form, or one of its capacities cannot be used.
    """
    try:
        read = msgspec.convert(tomllib.loads(text), _File)
    except (RecursionError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CapacityInvalid(str(error)) from error
    for one in read.capacity:
        check_capacity(one)
    return tuple(read.capacity)


def check_capacity(capacity: Capacity) -> None:
    """Refuse what cannot be used.

    Raises:
        CapacityInvalid: says what, and what to do.
    """
    if not 0 < len(capacity.office) <= LONGEST_OFFICE or not capacity.office.isprintable():
        raise CapacityInvalid(f"office: 1 to {LONGEST_OFFICE} printable characters, or * for slots that may move")
    if not 0 <= capacity.slots <= MOST_SLOTS:
        raise CapacityInvalid(f"slots: 0 to {MOST_SLOTS} a day, not {capacity.slots}")
    if capacity.valid_to is not None and capacity.valid_to < capacity.valid_from:
        raise CapacityInvalid("valid_to is before valid_from: exchange them")
    if not set(capacity.weekdays) <= set(range(1, 8)) or not capacity.weekdays:
        raise CapacityInvalid("weekdays: 1 (Monday) to 7 (Sunday), at least one")


def slots_on(capacities: Iterable[Capacity], day: date) -> dict[str, dict[Resource, int]]:
    """Return the slots of every office on a day; of two capacities of one resource the one that began last counts."""
    found: dict[tuple[str, Resource], Capacity] = {}
    for one in capacities:
        if one.holds_on(day):
            earlier = found.get((one.office, one.resource))
            if earlier is None or one.valid_from >= earlier.valid_from:
                found[one.office, one.resource] = one
    slots: dict[str, dict[Resource, int]] = {}
    for (office, resource), one in sorted(found.items()):
        slots.setdefault(office, {})[resource] = one.slots_on(day)
    return slots


def lane_slots(slots: Mapping[Resource, int]) -> dict[Lane, int]:
    """Return the slots of each lane that has a resource here, the most intrusive lane first."""
    return {lane: slots[resource] for lane, resource in RESOURCE_OF_LANE.items() if resource in slots}
