"""Which business rules a message breaks: every pack of a folder, loaded whole or not at all.

How to use it::

    book = RuleBook(folder)                                          # RulePacksRefused where a pack is at fault
    findings = book.findings(root, folder="", today=clock.now().date(), limits=DEFAULT_LIMITS)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from lxml.etree import _Element

from comity.features.declarations.formats.wco_xml.context import local_name
from comity.features.declarations.reading import Limits, capped
from comity.features.declarations.rule_packs.errors import RulePacksRefused, RulesTooCostly
from comity.features.declarations.rule_packs.message import MAX_STEPS, MessageElement, message_of, release
from comity.features.declarations.rule_packs.pack import RulePack, read_pack
from comity.features.declarations.rule_packs.structure import Structure
from comity.features.declarations.rule_packs.variants import Variants, read_variants
from comity.foundation.errors import Finding

MAX_PACKS = 2_000
"""Packs of one folder; 78 are published for entry summary declarations: a guess with room."""

MAX_FAULTS = 200
"""Faults of packs that are told at once."""


class _Placed(NamedTuple):
    """A pack and its names: in full, without the ending of a variant, and that variant's name."""

    pack: RulePack
    base: str
    variant: str | None


class RuleBook:
    """The rules of a folder of packs, for the messages its variants name."""

    __slots__ = ("_chosen", "_placed", "_schema", "_variants")

    def __init__(
        self,
        folder: Path,
        *,
        structure: Structure | None = None,
        variants: Path | None = None,
        schema: str | None = None,
    ) -> None:
        """Load every pack (`*.json`) of a folder; with `structure`, check the elements they name against the schemas.

        `variants` is the file that says which packs apply when, instead of the folder's own or the one shipped.
        `schema` is the name of the one schema messages must keep, where there is one: its version is that of the packs.

        Raises:
            RulePacksRefused: a pack is at fault, or the choice between packs is; nothing is loaded then.
        """
        self._variants = read_variants(folder, chosen=variants)
        self._schema = schema
        self._placed = _read_packs(folder, self._variants)
        if structure is not None:
            _refuse(_unknown_elements(self._placed, structure, self._variants.messages))
        self._chosen: dict[frozenset[str], tuple[RulePack, ...]] = {}
        for active in ({}, *({name} for name in self._variants.variants), set(self._variants.variants)):
            _refuse(_ambiguous(self._packs(frozenset(active))))

    @property
    def rule_count(self) -> int:
        """Return how many rules the packs hold, variants together."""
        return sum(len(placed.pack.rules) for placed in self._placed)

    def is_for(self, root: _Element) -> bool:
        """Claim that the packs are for messages with this root element."""
        return local_name(root.tag) in self._variants.messages

    def findings(
        self, root: _Element, *, folder: str, today: date, limits: Limits, max_steps: int = MAX_STEPS
    ) -> tuple[Finding, ...]:
        """Return the rules a message breaks: `ens.<number>` at the location the administration gives.

        `root` is the message's own element, of which `is_for` holds; `folder` the name of the folder it came from.
        """
        message = message_of(root, max_steps=max_steps)
        active = self._variants.active(message, today=today, folder=folder, schema=self._schema)
        shown = self._variants.messages[message.name]
        found: list[Finding] = []
        try:
            for finding in self._broken(message, self._packs(active), shown):
                found.append(finding)
                if len(found) > limits.max_findings:
                    break
        except RulesTooCostly as error:
            return (Finding(error.code, "/", error.message),)
        finally:
            release(message)
        return capped(found, limits.max_findings)

    def _broken(self, message: MessageElement, packs: Iterable[RulePack], shown: str) -> Iterator[Finding]:
        code = self._variants.code
        spend = message.work.spend
        there = message.children
        for pack in packs:
            if pack.place and pack.place[0] not in there:
                continue  # most packs are for what a message may leave out
            for element in message.below(pack.place):
                spend(len(pack.rules))
                for rule in pack.rules:
                    if not rule.holds(element):
                        yield Finding(f"{code}.{rule.number}", element.location(shown), rule.message)

    def _packs(self, active: frozenset[str]) -> tuple[RulePack, ...]:
        """Return the packs that apply when these variants do; kept for the next message of the same kind."""
        chosen = self._chosen.get(active)
        if chosen is None:
            chosen = self._chosen[active] = tuple(self._choose(active))
        return chosen

    def _choose(self, active: frozenset[str]) -> Iterator[RulePack]:
        variants = self._variants.variants
        bases = {placed.base for placed in self._placed if placed.variant is None}
        replaced = {
            placed.base
            for placed in self._placed
            if placed.variant in active and variants[placed.variant].takes_the_place
        }
        for placed in self._placed:
            if placed.variant is None:
                is_chosen = placed.base not in replaced
            else:
                stands_alone = variants[placed.variant].takes_the_place and placed.base not in bases
                is_chosen = placed.variant in active or stands_alone
            if is_chosen:
                yield placed.pack


def _read_packs(folder: Path, variants: Variants) -> list[_Placed]:
    files = sorted(folder.glob("*.json"), key=_natural) if folder.is_dir() else []
    if not 0 < len(files) <= MAX_PACKS:
        message = (
            f"Expected a folder with 1 to {MAX_PACKS} rule packs (*.json); {len(files)} are there. Check the path."
        )
        raise RulePacksRefused([Finding("rule-packs.folder", folder.name or "/", message)])
    placed: list[_Placed] = []
    faults: list[Finding] = []
    for file in files:
        pack, found = read_pack(file)
        faults += found
        if pack is not None:
            base, variant = variants.split(pack.name)
            placed.append(_Placed(pack, base, variant.name if variant else None))
    _refuse(faults)
    return placed


def _natural(file: Path) -> list[tuple[int, str]]:
    return [(int(part) if part.isdigit() else 0, part) for part in re.split(r"([0-9]{1,9})", file.stem)]


def _refuse(faults: list[Finding]) -> None:
    if faults:
        raise RulePacksRefused(faults[:MAX_FAULTS])


def _ambiguous(packs: tuple[RulePack, ...]) -> list[Finding]:
    """Return the rules that two packs, or one twice, hold for the same element under the same number."""
    first: dict[tuple[tuple[str, ...], str], str] = {}
    faults: list[Finding] = []
    for pack in packs:
        for rule in pack.rules:
            other = first.setdefault((pack.place, rule.number), pack.name)
            if other != pack.name or sum(rule.number == one.number for one in pack.rules) > 1:
                message = (
                    f"Expected each number once for an element; {other}.json holds it too. Remove one, or say in"
                    " variants.toml which applies when."
                )
                faults.append(Finding("rule-packs.ambiguous", f"{pack.name}.json, rule {rule.number}", message))
    return faults


def _unknown_elements(placed: list[_Placed], structure: Structure, messages: Iterable[str]) -> list[Finding]:
    """Return the paths that lead nowhere in any message; messages without a schema are not checked."""
    roots = [name for name in messages if structure.knows(name, ())]
    faults: list[Finding] = []
    if not roots:
        return faults
    for pack, _, _ in placed:
        own = [name for name in roots if structure.knows(name, pack.place)]
        if not own:
            message = f"Expected an element that the schema of {' or '.join(roots)} knows; it does not. Correct it."
            faults.append(Finding("rule-packs.element-unknown", f"{pack.name}.json", message))
        for rule in pack.rules if own else ():
            for path in rule.paths:
                if not any(structure.knows(name, path.names) for name in own):
                    place = f"{pack.name}.json, rule {rule.number}, character {path.position + 1}"
                    message = (
                        "Expected a path to an element that the schema knows; from the rule's element it leads to none."
                        " Correct the path."
                    )
                    faults.append(Finding("rule-packs.element-unknown", place, message))
    return faults
