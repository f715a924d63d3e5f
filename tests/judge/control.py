"""Statements with a suite: branches, loops, exceptions; and comprehensions."""

from __future__ import annotations

from judge.statements import sample
from judge.writing import Body, Known, merged

#: Loops over indices, with the number of rounds.
_RANGES = ("range(2)", "range(3)", "(0, 1)")


def if_else(body: Body) -> None:
    """A branch, with or without an `else`."""
    before = body.known.copy()
    ends = [_part(body, f"if {body.condition()}:", before)]
    if body.chance(3):
        ends.append(_part(body, f"elif {body.condition()}:", before))
    if body.chance(2):
        ends.append(_part(body, "else:", before))
    else:
        ends.append((before, False))
    body.join(ends)


def _part(body: Body, header: str, start: Known, size: int = 2) -> tuple[Known, bool]:
    """Writes one suite that starts with what was known; what is known at its end."""
    body.known = start.copy()
    with body.suite(header):
        body.block(size)
    return body.known, body.closed


def early_return(body: Body) -> None:
    """A branch that leaves the function."""
    before = body.known.copy()
    with body.suite(f"if {body.condition()}:"):
        body.block(1)
        if not body.closed:
            body.give_back()
    body.known, body.closed = before, False


def match(body: Body) -> None:
    """A branch by `match`."""
    before = body.known.copy()
    body.emit(f"match {body.flag()}:")
    body.depth += 1
    ends = [_part(body, "case True:", before)]
    last = body.pick(["case False:", "case _:", ""])
    ends.append(_part(body, last, before) if last else (before, False))
    body.depth -= 1
    body.join(ends)


def _loop(body: Body, header: str, names: dict[str, str], *, spent: bool = True) -> None:
    """Writes a loop; what was known before counts as spent in it, unless it is renewed there."""
    before = body.known.copy()
    first = body.chance(2) and bool(body.known.keys)
    renewed = body.key(plain=True) if first else None
    with body.suite(header):
        body.loops += 1
        if spent:
            for tokens in [item.tokens for item in body.all_keys()]:
                body.spend(tokens)
        for name, kind in names.items():
            if kind == "key":
                body.bind(name, body.fresh())
            else:
                body.indices.append(name)
        if renewed:
            name = body.name("sub")
            body.emit(f"{renewed.text}, {name} = jr.split({renewed.text})")
            body.bind(renewed.text, body.fresh())
            body.bind(name, body.fresh())
        body.block(2)
        if not body.closed and body.chance(5):
            _leave_loop(body)
        body.loops -= 1
        for name, kind in names.items():
            if kind == "index":
                body.indices.remove(name)
    after, body.closed = body.known, False
    body.known = before
    for text in before.keys:
        before.keys[text] = after.keys.get(text, before.keys[text])
    new = {item for item in after.spent if any(item in tokens for tokens in before.keys.values())}
    body.known.spent |= new if renewed else after.spent


def _leave_loop(body: Body) -> None:
    word = body.pick(["break", "continue"])
    if body.chance(2):
        with body.suite(f"if {body.condition()}:"):
            body.emit(word)
        body.closed = False
        body.block(1)
    else:
        body.leave("break")


def for_index(body: Body) -> None:
    """A loop over indices."""
    name = body.name("i")
    _loop(body, f"for {name} in {body.pick(_RANGES)}:", {name: "index"})


def for_keys(body: Body) -> None:
    """A loop over keys."""
    array, name = body.spent_array(), body.name("k")
    form, extra = body.pick(
        [
            ("for {k} in {ks}:", {}),
            ("for {i}, {k} in enumerate({ks}):", {"i": "index"}),
            ("for {i}, {k} in zip(range(3), {ks}):", {"i": "index"}),
            ("for {k} in {ks}[:2]:", {}),
            ("for {k} in reversed({ks}):", {}),
        ]
    )
    names = {name: "key"}
    index = body.name("i")
    if extra:
        names[index] = "index"
    _loop(body, form.format(k=name, ks=array, i=index), names)


def for_elements(body: Body) -> None:
    """A loop over the indices of an array of keys."""
    array = body.spent_array()
    name = body.name("i")
    before = body.known.copy()
    with body.suite(f"for {name} in range({body.pick([2, len(body.known.arrays[array])])}):"):
        body.emit(f"out.append(jr.normal({array}[{body.pick([name, name, '0'])}]))")
    body.known, body.closed = before, False


def while_loop(body: Body) -> None:
    """A loop with a counter, or one without an end of its own."""
    name = body.name("n")
    body.emit(f"{name} = 0")
    endless = body.chance(3)
    before = body.known.copy()
    with body.suite("while True:" if endless else f"while {name} < 2:"):
        body.loops += 1
        renewed = body.key(plain=True)
        for tokens in [item.tokens for item in body.all_keys()]:
            body.spend(tokens)
        body.emit(f"{name} += 1")
        new = body.name("sub")
        body.emit(f"{renewed.text}, {new} = jr.split({renewed.text})")
        body.bind(renewed.text, body.fresh())
        body.bind(new, body.fresh())
        body.block(2)
        if endless and not body.closed:
            with body.suite(f"if {name} > 1:"):
                body.emit("break")
            body.closed = False
        body.loops -= 1
    after, body.known, body.closed = body.known, before, False
    for text in before.keys:
        before.keys[text] = after.keys.get(text, before.keys[text])


def try_except(body: Body) -> None:
    """A `try` with a handler, and perhaps `else` and `finally`."""
    before = body.known.copy()
    with body.suite("try:"):
        body.block(2)
        if not body.closed and body.chance(3):
            with body.suite(f"if {body.condition()}:"):
                body.emit("raise ValueError")
            body.closed = False
    normal = (body.known, body.closed)
    handler = _part(body, "except ValueError:", before)
    body.join([normal, handler])
    if body.chance(4):
        _finally(body, before)


def try_finally(body: Body) -> None:
    """A `try` without a handler."""
    before = body.known.copy()
    with body.suite("try:"):
        body.block(2)
    _finally(body, before)


def _finally(body: Body, before: Known) -> None:
    """Writes a `finally` suite; what the `try` made may not be there."""
    closed, body.closed = body.closed, False
    if closed:
        body.module.features.add("finally after return")
    body.known = merged([before, body.known])
    with body.suite("finally:"):
        body.block(1)
    body.closed = closed or body.closed


def with_block(body: Body) -> None:
    """A context that changes nothing."""
    with body.suite("with contextlib.nullcontext():"):
        body.block(2)


def comprehension(body: Body) -> None:
    """A draw for each of several keys."""
    array = body.spent_array()
    form = body.pick(
        [
            "[jr.normal(k) for k in {}]",
            "[jr.normal(k) + i for i, k in enumerate({})]",
            "[jr.normal(k) for k in {} if {}]",
            "[x for k in {} for x in (jr.normal(k), 1.0)]",
            "(jr.normal(k) for k in {})",
        ]
    )
    body.emit(f"out += {form.format(array, body.condition())}")


def mapped(body: Body) -> None:
    """A draw for each of several keys, by `map`."""
    body.emit(f"out += map(jr.normal, {body.spent_array()})")


def comprehension_of_folds(body: Body) -> None:
    """A draw for each index, from one key."""
    key = body.key()
    data = body.pick(["i", "i", "i + 1", "7"])
    body.emit(f"out += [jr.normal(jr.fold_in({key.text}, {data})) for i in range(2)]")


def comprehension_of_one(body: Body) -> None:
    """One key for all rounds."""
    body.emit(f"out += [{sample(body)} for _ in range({body.pick([2, 1])})]")


#: Statements, by name, and how often each is written.
CONTROL = {
    "if": (if_else, 7),
    "early return": (early_return, 3),
    "match": (match, 1),
    "for over indices": (for_index, 4),
    "for over keys": (for_keys, 3),
    "for over elements": (for_elements, 1),
    "while": (while_loop, 2),
    "try except": (try_except, 2),
    "try finally": (try_finally, 1),
    "with": (with_block, 1),
    "comprehension over keys": (comprehension, 2),
    "map": (mapped, 1),
    "comprehension of fold_in": (comprehension_of_folds, 1),
    "comprehension of one key": (comprehension_of_one, 1),
}
