"""What do these agreements permit, all cases at once? Their Cedar policies as one formula, asked by example.

`Law.find` returns a case that fits, decided by Cedar before anyone sees it, or None: then no case whatever fits, for
the names in the agreements and for every other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import z3

from comity.cooperation.agreements.agreement import Agreement, Clause
from comity.cooperation.agreements.analyse.errors import ReplayDisagrees, TooLargeToQuestion
from comity.cooperation.agreements.analyse.fields import is_covered
from comity.cooperation.agreements.analyse.formula import (
    DIMENSIONS,
    ELSE,
    Sorts,
    any_of,
    first_of,
    place_in,
    policy_formula,
    with_data_class,
)
from comity.cooperation.agreements.errors import ReleaseRefused
from comity.cooperation.agreements.permissions import Question, decide, strictness
from comity.cooperation.agreements.policies import cedar_policies

_UNNAMED = ("anything-else", "nothing-named", "some-other")  # a word for a name that no agreement mentions
_UNNAMED_AUTHORITIES = ("XX", "XY", "XZ", "ZZ", "AA", "QM", "QN")  # ISO 3166-1: left to users, no country's code

LARGEST_LAW = 150_000
"""Clauses times names. 40 clauses with 500 names are 20,000; a draft of 118,000 took 4 s to check (2026-11-24)."""

ClauseOf = tuple[str, str]
"""An agreement's id and a clause's id."""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that may happen: this field leaves in this message, and this clause decides it."""

    sender: str
    recipient: str
    data_class: str
    message_type: str
    purpose: str
    field: str
    agreement_id: str
    clause: Clause

    @property
    def question(self) -> Question:
        """Return what Cedar is asked about it."""
        return Question(self.sender, self.recipient, self.data_class, self.message_type, self.purpose)


class Law:
    """Some agreements as one formula, by label. Not shared between threads: a solver remembers its last question."""

    def __init__(self, agreements: Mapping[str, Agreement]) -> None:
        """Translate the agreements.

        Raises:
            TooLargeToQuestion: they are larger than what is answered in reasonable time.
        """
        self.agreements = dict(agreements)
        self._context = z3.Context()
        self._sorts = Sorts(self._context)
        self._solver = z3.Solver(ctx=self._context)
        self._decides: dict[ClauseOf, z3.BoolRef] = {}
        self._carries: dict[ClauseOf, z3.BoolRef] = {}
        self._groups: dict[tuple[str, tuple[object, ...]], z3.BoolRef] = {}
        self._places: dict[tuple[ClauseOf, ...], z3.ArithRef] = {}
        for agreement in self.agreements.values():
            self._name(agreement)
        names = sum(len(self.names(dimension)) for dimension in DIMENSIONS)
        if len(self.clauses) * names > LARGEST_LAW:
            raise TooLargeToQuestion
        for label, agreement in self.agreements.items():
            self._add(label, agreement)
        self._solver.add(*self._sorts.axioms())

    @property
    def clauses(self) -> list[tuple[str, Clause]]:
        """Return every clause with the label of its agreement."""
        return [(label, clause) for label, agreement in self.agreements.items() for clause in agreement.clauses]

    def deciding(self, fits: Callable[[str, Clause], bool]) -> frozenset[ClauseOf]:
        """Return the clauses that fit, for `find`."""
        return frozenset((label, clause.id) for label, clause in self.clauses if fits(label, clause))

    def of(self, label: str) -> frozenset[ClauseOf]:
        """Return the clauses of one agreement, for `find`."""
        return self.deciding(lambda one, _: one == label)

    def names(self, dimension: str) -> list[str]:
        """Return the names that the agreements use in a dimension."""
        return self._sorts.names(dimension)

    def find(
        self,
        deciding: Collection[ClauseOf],
        where: Mapping[str, Collection[str]] | None = None,
        *,
        also: Collection[ClauseOf] | None = None,
        unless: Collection[ClauseOf] = (),
    ) -> Case | None:
        """Return a case in which one of the clauses decides, with its dimensions among the names in `where`.

        A name that no agreement mentions is looked for as well, and so is `ELSE`, any such name. The same field from
        and to the same, in such a message for that purpose, goes under one of the clauses `also`, and under none of the
        clauses `unless`, both as part of whatever data class.

        Raises:
            ReplayDisagrees: Cedar decides the case otherwise.
        """
        wanted = dict(where or {})
        asked = [self._group("decides", [(one, self._decides[one]) for one in sorted(deciding)])]
        asked += [self._among(dimension, names) for dimension, names in sorted(wanted.items())]
        if also is not None:
            asked.append(self._group("carries", [(one, self._carries[one]) for one in sorted(also)]))
        asked += [z3.Not(self._carries[one]) for one in sorted(unless)]
        found = self._solver.check(*asked)
        if found == z3.unsat:
            return None
        if found != z3.sat:
            raise ReplayDisagrees("the solver did not come to an end; no answer is given")
        model = self._solver.model()
        chosen = self._sorts.chosen(model)
        values = {name: self._said(name, chosen[name], wanted) for name in DIMENSIONS}
        case = self._replayed(values, self._decided_in(model, tuple(sorted(deciding))))
        if self._carried(case, unless) or (also is not None and not self._carried(case, also)):
            raise ReplayDisagrees
        return case

    def _name(self, agreement: Agreement) -> None:
        for name, fields in agreement.data_classes:
            self._sorts.element("data_class", name)
            for field in fields:
                self._sorts.element("field", field)
        for clause in agreement.clauses:
            for dimension, names in (("message_type", clause.message_types), ("purpose", clause.purposes)):
                for one in names:
                    self._sorts.element(dimension, one)
        for party in agreement.parties:
            self._sorts.element("sender", party)

    def _add(self, label: str, agreement: Agreement) -> None:
        policies = cedar_policies(agreement)
        held = {name: self._held(fields) for name, fields in agreement.data_classes}
        none_stricter = z3.BoolVal(True, self._context)  # noqa: FBT003 - z3's own signature
        none_stricter_of: dict[str, list[z3.BoolRef]] = {name: [] for name in held}
        for clause in sorted(agreement.clauses, key=strictness):
            key, name = (label, clause.id), clause.data_class
            permits = policy_formula(policies[clause.id], self._sorts)
            permits_own = with_data_class(permits, name, self._sorts)
            decides, carries, passed = (
                z3.Bool(f"{label} {clause.id} {what}", self._context) for what in ("decides", "carries", "passed")
            )
            self._solver.add(decides == z3.And(permits, none_stricter, held[name]))
            self._solver.add(carries == z3.And([permits_own, held[name], *none_stricter_of[name]]))
            self._solver.add(passed == z3.And(none_stricter, z3.Not(permits)))
            self._decides[key], self._carries[key], none_stricter = decides, carries, passed
            none_stricter_of[name].append(z3.Not(permits_own))

    def _held(self, fields: Collection[str]) -> z3.BoolRef:
        within = frozenset(fields)
        held = [self._sorts.element("field", one) for one in self.names("field") if is_covered(one, within)]
        return any_of(held, self._context)

    def _among(self, dimension: str, names: Collection[str]) -> z3.BoolRef:
        known = sorted({self._sorts.known(dimension, name) for name in names})
        return self._group(dimension, [(name, self._sorts.element(dimension, name)) for name in known])

    def _group(self, kind: str, members: Sequence[tuple[object, z3.BoolRef]]) -> z3.BoolRef:
        """Return a proposition that implies one of the members; each group is told to the solver once."""
        if len(members) == 1:
            return members[0][1]
        key = (kind, tuple(name for name, _ in members))
        if key not in self._groups:
            group = z3.Bool(f"{kind} among {len(self._groups)}", self._context)
            self._solver.add(z3.Implies(group, any_of([formula for _, formula in members], self._context)))
            self._groups[key] = group
        return self._groups[key]

    def _said(self, dimension: str, name: str, where: Mapping[str, Collection[str]]) -> str:
        """Return the chosen name; for `ELSE`, one that was asked for, or a word that no agreement uses."""
        if name != ELSE:
            return name
        asked = [one for one in where.get(dimension, ()) if one != ELSE and self._sorts.known(dimension, one) == ELSE]
        words = _UNNAMED_AUTHORITIES if dimension in ("sender", "recipient") else _UNNAMED
        return next(iter(asked), None) or next(one for one in words if self._sorts.known(dimension, one) == ELSE)

    def _carried(self, case: Case, clauses: Collection[ClauseOf]) -> bool:
        """Claim that Cedar lets the case's field go under one of the clauses."""
        labels = {label for label, _ in clauses}
        return any((label, one.id) in clauses for label in labels for one in carrying(self.agreements[label], case))

    def _decided_in(self, model: z3.ModelRef, clauses: tuple[ClauseOf, ...]) -> ClauseOf:
        """Return the clause that decides in the model, one of those that were asked for."""
        if clauses not in self._places:
            self._places[clauses] = first_of(self._decides[one] for one in clauses)
        return clauses[place_in(model, self._places[clauses])]

    def _replayed(self, values: dict[str, str], expected: ClauseOf) -> Case:
        """Return the case once Cedar has decided it, by the same clause."""
        question = Question(**{name: value for name, value in values.items() if name != "field"})
        agreement = self.agreements[expected[0]]
        clause = decided(agreement, question, values["field"])
        if clause is None or clause.id != expected[1]:
            raise ReplayDisagrees
        return Case(**values, agreement_id=agreement.id, clause=clause)


def law_of(agreements: Iterable[Agreement]) -> Law:
    """Return the agreements as one formula, labelled by their ids, and by a number where several have one id."""
    labelled: dict[str, Agreement] = {}
    for agreement in agreements:
        others = sum(one.id == agreement.id for one in labelled.values())
        labelled[f"{agreement.id} ({others + 1})" if others else agreement.id] = agreement
    return Law(labelled)


def decided(agreement: Agreement, question: Question, field: str) -> Clause | None:
    """Return the clause under which Cedar lets the field go as part of the question's data class, or None."""
    if not is_covered(field, agreement.fields_of(question.data_class)):
        return None
    try:
        return decide(agreement, question)
    except ReleaseRefused:
        return None


def carrying(agreement: Agreement, case: Case) -> list[Clause]:
    """Return the clauses under which the agreement lets the case's field go, as part of any of its data classes."""
    questions = [replace(case.question, data_class=name) for name, _ in agreement.data_classes]
    found = [decided(agreement, question, case.field) for question in questions]
    return [clause for clause in found if clause is not None]
