"""The variables that hold one `RandomState`, and whether a `Generator` would do for all of them.

An object that is handed to a function of the same file lives on in a parameter there. Variables
between which objects are handed make one family, which is fixed as a whole.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rnglint.diagnostics import Edit, Span
from rnglint.facts.model import Facts, Handing, MethodUse, NameUse, Reference, Scope, ScopeKind
from rnglint.rewrite.attributes import is_in_sight
from rnglint.rewrite.naming import assigned_target
from rnglint.rewrite.numpy_calls import Draw, translation
from rnglint.rewrite.numpy_reasons import untranslatable
from rnglint.rewrite.numpy_stored import Stored
from rnglint.rewrite.places import Places
from rnglint.rewrite.purpose import is_program, is_subject
from rnglint.rewrite.reach import Reach
from rnglint.rewrite.words import code, opened_by

#: A variable: the index of the scope that binds it, and its name.
Variable = tuple[int, str]

PASSED = "no fix: it is passed to `{}`, which may call what a Generator has not; look there first"
ESCAPES = "no fix: it leaves `{}` in ways that cannot be followed; look at what becomes of it"
NOT_A_NAME = "no fix: what becomes of it cannot be followed here; bind it to a variable"
PARAMETER = "no fix: callers may pass a `RandomState` for `{}`, and a Generator lacks `{}`"
CLASS_LEVEL = "no fix: `{}` is an attribute, which others may use; change all its uses together"
COMPARED = "no fix: the same integer is passed as a seed too, and a Generator draws other numbers"
MIXED = "no fix: `{}` holds other things as well"


@dataclass(frozen=True, slots=True)
class Family:
    """Constructions of `RandomState` that belong together, and the uses of what they make."""

    made: tuple[Reference, ...]
    variables: tuple[Variable, ...] = ()


class Objects:
    """Tells for each family of one source whether it can change, and with which edits."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.places = Places(facts)
        self.stored = Stored(self.places, Reach(self.places))
        self.uses: defaultdict[Variable, list[NameUse]] = defaultdict(list)
        for use in facts.name_uses:
            self.uses[use.home, use.name].append(use)
        self.defined = {item.name for item in facts.scopes if item.kind is ScopeKind.FUNCTION}

    def families(self, made: list[Reference]) -> list[Family]:
        """The constructions, those together whose objects meet in one variable.

        Equal ones of one function stay together as well: what they draw may be compared.
        """
        held: defaultdict[Variable, list[Reference]] = defaultdict(list)
        alone: defaultdict[tuple[int, str], list[Reference]] = defaultdict(list)
        for item in made:
            variable = self._variable(item)
            if variable:
                held[variable].append(item)
            elif item.call:
                alone[item.scope, self.facts.text(item.call.span)].append(item)
        return [*(Family(tuple(equal)) for equal in alone.values()), *self._joined(held)]

    def _joined(self, held: dict[Variable, list[Reference]]) -> list[Family]:
        """Families of variables that objects are handed between."""
        beside: defaultdict[Variable, set[Variable]] = defaultdict(set)
        for variable, uses in self.uses.items():
            for use in uses:
                if use.handing and use.handing.scope is not None:
                    other = (use.handing.scope, use.handing.parameter)
                    beside[variable].add(other)
                    beside[other].add(variable)
        for variable, other in self._equal(held):
            beside[variable].add(other)
            beside[other].add(variable)
        families, seen = [], set[Variable]()
        for start in held:
            members: set[Variable] = set()
            new = {start} - seen
            while new:
                members |= new
                new = set().union(*(beside[item] for item in new)) - members
            if members:
                seen |= members
                made = [item for variable in sorted(members) for item in held.get(variable, ())]
                families.append(Family(tuple(made), tuple(sorted(members))))
        return families

    def _equal(self, held: dict[Variable, list[Reference]]) -> Iterator[tuple[Variable, Variable]]:
        """Pairs of variables of one scope that hold objects made with the same seed."""
        first: dict[tuple[int, str], Variable] = {}
        for variable, made in held.items():
            for item in made:
                if item.call and item.call.arguments:
                    key = (variable[0], self.facts.text(item.call.arguments_span))
                    if first.setdefault(key, variable) != variable:
                        yield first[key], variable

    def _variable(self, made: Reference) -> Variable | None:
        """The variable to which a construction is assigned, or the attribute of the own object."""
        if made.call is None:
            return None
        name = assigned_target(self.facts, made.statement, made.call.span)
        if name is None or "." not in name:
            return (made.scope, name) if name else None
        for use in self.facts.name_uses:
            if use.store and use.name == name and use.statement == made.statement:
                return use.home, name
        return None

    # -- one family -----------------------------------------------------------------------------

    def edits(self, family: Family) -> tuple[Edit, ...] | str:
        """The edits of all uses of a family's objects, or why there are none."""
        edits: list[Edit] = []
        for item in () if family.variables else family.made:
            spot = self._on_the_spot(item)
            if isinstance(spot, str):
                return spot
            edits += spot
        made = {item.statement for item in family.made}
        for variable in family.variables:
            part = self._of_variable(variable, made)
            if isinstance(part, str):
                return part
            edits += part
        return tuple(edits)

    def _on_the_spot(self, made: Reference) -> tuple[Edit, ...] | str:
        """`RandomState(0).rand(3)`, or `f(rng=RandomState(0))`."""
        assert made.call is not None
        for use in self.facts.method_uses:
            behind = (use.span.start.row, use.span.start.column - 1)
            end = made.call.span.end
            if (end.row, end.column) == behind and use.span.cell == made.span.cell:
                return self._method(use)
        handing = self._handed_at_once(made)
        if handing is None:
            return NOT_A_NAME
        return () if self._takes_generators(handing) else PASSED.format(handing.function)

    def _handed_at_once(self, made: Reference) -> Handing | None:
        """The call that gets a construction for a keyword argument."""
        if made.statement is None or made.call is None:
            return None
        start = self.facts.statements[made.statement].span.start
        before = code(self.facts.text(Span(start, made.span.start, made.span.cell)))
        keyword = re.search(r"[(,]\s*(\w+)\s*=\s*$", before)
        opened = opened_by(before)
        return Handing(opened, keyword[1]) if keyword and opened else None

    def _of_variable(self, variable: Variable, made: set[int | None]) -> tuple[Edit, ...] | str:
        scope, name = self.facts.scopes[variable[0]], variable[1]
        uses = self.uses[variable]
        if scope.kind is ScopeKind.CLASS and not self._is_all_of(scope, name):
            return CLASS_LEVEL.format(name)
        stores = {use.statement for use in uses if use.store}
        if not all(item in made or self._gives_none(item) for item in stores):
            return MIXED.format(name)
        edits: list[Edit] = []
        for use in uses:
            part = () if use.store or use.test else self._of_use(use)
            if isinstance(part, str):
                return part
            edits += part
        changed = _changed(uses, edits) if name in scope.parameters else ""
        if changed and not self._is_only_called_here(variable):
            return PARAMETER.format(name, changed)
        return tuple(edits)

    def _is_all_of(self, holder: Scope, name: str) -> bool:
        """Whether the uses of a class's variable are all there are."""
        if "." in name:
            return is_in_sight(self.places, holder, name)
        return self.places.all_words[name] == len(self.uses[holder.index, name])

    def _gives_none(self, statement: int | None) -> bool:
        """Whether a statement only says that there is no object yet."""
        if statement is None or self.facts.statements[statement].kind != "Assign":
            return False
        text = self.facts.text(self.facts.statements[statement].span)
        return re.fullmatch(r"[\w.]+\s*=\s*None", text) is not None

    def _of_use(self, use: NameUse) -> tuple[Edit, ...] | str:
        if use.member:
            return self._method(use.member)
        if use.handing is None:
            return ESCAPES.format(use.name)
        inside = use.handing.scope is not None
        if inside or self._takes_generators(use.handing):
            return ()
        return PASSED.format(use.handing.function or "something")

    def _method(self, use: MethodUse) -> tuple[Edit, ...] | str:
        edits = translation(self.facts, Draw.of(use), python_int=True)
        return untranslatable(Draw.of(use)) if edits is None else edits

    def _takes_generators(self, handing: Handing) -> bool:
        """Whether a function of somebody else is known to take a Generator as well.

        By SPEC 7, which SciPy and its relatives follow, a parameter named `rng` does.
        """
        last = handing.function.rpartition(".")[2]
        if last in self.defined:
            return False
        if handing.function.startswith("scipy.") or last == "rvs":
            return handing.keyword in ("random_state", "rng", "seed")
        return handing.keyword == "rng" or handing.function == "numpy.random.default_rng"

    def _is_only_called_here(self, variable: Variable) -> bool:
        """Whether all callers of a function are in sight and pass objects of the family."""
        scope = self.facts.scopes[variable[0]]
        private = scope.name.startswith("_") or is_program(self.places, ())
        handed = [
            use
            for uses in self.uses.values()
            for use in uses
            if use.handing and (use.handing.scope, use.handing.parameter) == variable
        ]
        return private and self.places.all_words[scope.name] == 1 + len(handed)

    def is_compared_with_seed(self, family: Family) -> bool:
        """Whether a function gets the object's bare seed too, to see that both do the same."""
        return any(map(self._meets_its_seed, family.made))

    def _meets_its_seed(self, made: Reference) -> bool:
        arguments = made.call.arguments if made.call else ()
        functions = self.places.functions(made.scope)
        if not functions or len(arguments) != 1:
            return False
        text = code(self.facts.text(functions[-1].span)).replace("RandomState(seed=", "")
        seed = re.escape(arguments[0].text)
        return re.search(rf"\b(?:rng|seed|random_state)\s*=\s*{seed}\s*[,)]", text) is not None

    def is_subject(self, family: Family) -> bool:
        """Whether a test is about `RandomState`, or about a method that is called on an object."""
        members = (use.member for item in family.variables for use in self.uses[item])
        methods = {(use.scope, use.attribute) for use in members if use}
        made = {(item.scope, item.entry.name) for item in family.made}
        return any(is_subject(self.places, scope, name) for scope, name in methods | made)

    def is_stored(self, family: Family) -> bool:
        """Whether stored numbers hang on what the objects draw."""
        uses: Iterable[MethodUse | Reference] = [
            *family.made,
            *(use.member for item in family.variables for use in self.uses[item] if use.member),
        ]
        return any(map(self.stored.depends_on, uses))


def _changed(uses: list[NameUse], edits: list[Edit]) -> str:
    """The first method that will have another name, or other arguments; "" if none has."""
    places = {edit.span for edit in edits}
    for use in uses:
        member = use.member
        if member is None or member.span not in places:
            continue
        texts = [edit.content for edit in edits if edit.span == member.span]
        if texts != [member.attribute]:
            return member.attribute
    inserted = any(edit.span.start == edit.span.end for edit in edits)
    return "randint" if inserted else ""
