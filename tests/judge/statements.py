"""Statements without a suite: draws, splits, aliases, containers."""

from __future__ import annotations

from judge.writing import Body

RECORD = "class Record(NamedTuple):\n    first: Any\n    second: Any"
BOX = "@dataclass\nclass Box:\n    key: Any\n    count: int = 0"
HOLDER = """\
class Holder:
    def __init__(self, key):
        self.key = key

    def next_key(self):
        self.key, subkey = jr.split(self.key)
        return subkey

    def noise(self):
        return jr.normal(self.key)"""

_SAMPLERS = (
    "jr.normal({})",
    "jr.uniform({})",
    "jr.normal(key={})",
    "jr.normal({}, (2,))",
    "jax.random.bits({})",
)


def sample(body: Body) -> str:
    """A draw from some key."""
    form = body.pick(_SAMPLERS)
    return form.format(body.spent_key())


def draw(body: Body) -> None:
    """One draw."""
    body.emit(f"out.append({sample(body)})")


def draw_two(body: Body) -> None:
    """Two draws in one statement."""
    body.emit(f"out += [{sample(body)}, {sample(body)}]")


def draw_array(body: Body) -> None:
    """A draw from each key of an array, or of a part of it."""
    name, items = body.array()
    parts = [(0, None), (0, 2), (1, None), (0, 1), (2, None)]
    low, high = body.pick([item for item in parts if item[0] < len(items)])
    body.spend(frozenset().union(*items[low:high]))
    part = "" if (low, high) == (0, None) else f"[{low or ''}:{high or ''}]"
    body.emit(f"out.append(jax.vmap(jr.normal)({name}{part}))")


def unpack(body: Body) -> None:
    """A split into names."""
    key = body.spent_key()
    names = [body.name("k") for _ in range(body.pick([2, 2, 3]))]
    count = f", {len(names)}" if len(names) > 2 else body.pick(["", ", 2", ", num=2"])
    body.emit(f"{', '.join(names)} = jr.split({key}{count})")
    for name in names:
        body.bind(name, body.fresh())


def renew(body: Body) -> None:
    """A split that renews its key."""
    key = body.key(plain=True)
    name = body.name("sub")
    form = body.pick(["{k}, {s} = jr.split({k})", "{s}, {k} = jr.split({k})"])
    body.spend(key.tokens)
    body.emit(form.format(k=key.text, s=name))
    body.bind(key.text, body.fresh())
    body.bind(name, body.fresh())


def drop_new(body: Body) -> None:
    """A split of which only one half is kept: the parent stays as it is."""
    key = body.spent_key()
    name = body.name("sub")
    body.emit(body.pick(["_, {} = jr.split({})", "{} = jr.split({})[1]"]).format(name, key))
    body.bind(name, body.fresh())


def split_array(body: Body) -> None:
    """A split into an array."""
    key = body.spent_key()
    name = body.name("ks")
    count = body.pick([3, 2, 4])
    body.emit(f"{name} = jr.split({key}, {count})")
    body.bind_array(name, count)


def starred(body: Body) -> None:
    """A split into a key and a list of keys."""
    key = body.spent_key()
    first, rest = body.name("k"), body.name("rest")
    body.emit(f"{first}, *{rest} = jr.split({key}, 3)")
    body.bind(first, body.fresh())
    body.known.keys |= {f"{rest}[0]": body.fresh(), f"{rest}[1]": body.fresh()}


def unpack_array(body: Body) -> None:
    """Names for the keys of an array."""
    array, items = body.array()
    names = [body.name("k") for _ in items]
    body.emit(f"{', '.join(names)} = {array}")
    for name, tokens in zip(names, items, strict=True):
        body.bind(name, tokens)


def alias(body: Body) -> None:
    """A second name."""
    key = body.key()
    name = body.name("k")
    body.emit(f"{name} = {key.text}")
    body.bind(name, key.tokens)


def rebind(body: Body) -> None:
    """A name that is known gets another key."""
    target, key = body.key(plain=True), body.key()
    body.emit(f"{target.text} = {key.text}")
    body.bind(target.text, key.tokens)


def swap(body: Body) -> None:
    """Two names change places."""
    one, other = body.key(plain=True), body.key(plain=True)
    body.emit(f"{one.text}, {other.text} = {other.text}, {one.text}")
    body.bind(one.text, other.tokens)
    body.bind(other.text, one.tokens if one.text != other.text else other.tokens)


def fold(body: Body) -> None:
    """A key derived from another by a constant."""
    key = body.key()
    name = body.name("k")
    data = body.pick([str(body.module.number()), "7", "0", "1"])
    body.emit(f"{name} = jr.fold_in({key.text}, {data})")
    body.bind(name, body.fresh())


def fold_and_draw(body: Body) -> None:
    """A draw from a derived key."""
    key = body.key()
    data = body.pick([str(body.module.number()), "7", "0"])
    body.emit(f"out.append(jr.normal(jr.fold_in({key.text}, {data})))")


def fold_index(body: Body) -> None:
    """A draw from a key derived by the index of a loop."""
    if not body.indices:
        return fold_and_draw(body)
    key = body.key()
    data = body.pick(body.indices)
    body.module.features.add("fold_in of an index")
    body.emit(f"out.append(jr.normal(jr.fold_in({key.text}, {data})))")
    return None


def clone(body: Body) -> None:
    """Permission to repeat a key."""
    body.emit(f"out.append(jr.normal(jr.clone({body.key().text})))")


def inspect(body: Body) -> None:
    """Something that only looks at a key."""
    form = body.pick(["{}.shape", "jr.key_data({})", "{}.dtype", "repr({})", "{0} == {0}"])
    body.emit(form.format(body.key().text))


def ternary(body: Body) -> None:
    """One of two keys."""
    one, other = body.key(), body.key()
    name = body.name("k")
    body.emit(f"{name} = {one.text} if {body.condition()} else {other.text}")
    body.bind(name, one.tokens | other.tokens)


def ternary_draw(body: Body) -> None:
    """One of two draws."""
    before = body.known.copy()
    one = sample(body)
    first, body.known = body.known, before.copy()
    other = sample(body)
    body.known.spent |= first.spent
    body.known.keys = {**first.keys, **body.known.keys}
    body.known.arrays = {**first.arrays, **body.known.arrays}
    body.emit(f"out.append({one} if {body.condition()} else {other})")


def container(body: Body) -> None:
    """Two keys in a tuple, a list or a dict."""
    one, other = body.key(), body.key()
    name = body.name("pair")
    form, first, second = body.pick(
        [
            ("({}, {})", "[0]", "[1]"),
            ("[{}, {}]", "[0]", "[-1]"),
            ("{{'x': {}, 'y': {}}}", "['x']", "['y']"),
        ]
    )
    body.emit(f"{name} = {form.format(one.text, other.text)}")
    body.known.keys |= {f"{name}{first}": one.tokens, f"{name}{second}": other.tokens}


def record(body: Body) -> None:
    """Two keys in a named tuple."""
    one, other = body.key(), body.key()
    name = body.name("pair")
    body.module.prelude["Record"] = RECORD
    form = body.pick(["Record({}, {})", "Record(second={1}, first={0})"])
    body.emit(f"{name} = {form.format(one.text, other.text)}")
    body.known.keys |= {f"{name}.first": one.tokens, f"{name}.second": other.tokens}


def boxed(body: Body) -> None:
    """A key as an attribute."""
    key = body.key()
    name = body.name("box")
    body.module.prelude["Box"] = BOX
    body.emit(f"{name} = Box({body.pick(['', 'key='])}{key.text})")
    body.known.keys[f"{name}.key"] = key.tokens


def renew_place(body: Body) -> None:
    """A split that renews an attribute or an element."""
    places = [text for text in body.known.keys if text.endswith((".key", "['x']", "['y']"))]
    if not places:
        return boxed(body)
    place = body.pick(places)
    name = body.name("sub")
    body.spend(body.known.keys[place])
    body.emit(f"{place}, {name} = jr.split({place})")
    body.known.keys[place] = body.fresh()
    body.bind(name, body.fresh())
    return None


def held(body: Body) -> None:
    """An object that hands out keys, and then draws from its own."""
    body.module.prelude["Holder"] = HOLDER
    name = body.name("holder")
    body.emit(f"{name} = Holder({body.spent_key()})")
    for _ in range(body.pick([1, 2, 3])):
        drawn = body.pick(["jr.normal({}.next_key())", "{}.noise()"])
        body.emit(f"out.append({drawn.format(name)})")


def walrus(body: Body) -> None:
    """A key that is named where it is used."""
    key = body.key()
    name = body.name("k")
    body.emit(f"out.append(jr.normal({name} := {key.text}))")
    body.spend(key.tokens)
    body.bind(name, key.tokens)


def copied(body: Body) -> None:
    """The same key in another object."""
    _copied(body, ("jnp.copy({})", "jnp.asarray({})", "jax.device_put({})", "jnp.squeeze({})"))


def copied_by_method(body: Body) -> None:
    """The same key in another object, made by a method."""
    _copied(body, ("{}.copy()", "{}.reshape(())", "{}.squeeze()"))


def _copied(body: Body, forms: tuple[str, ...]) -> None:
    key = body.key()
    name = body.name("k")
    body.emit(f"{name} = {body.pick(forms).format(key.text)}")
    body.bind(name, key.tokens)


def stacked(body: Body) -> None:
    """Two keys made an array."""
    one, other = body.key(), body.key()
    name = body.name("ks")
    form = body.pick(["jnp.stack([{}, {}])", "jnp.array([{}, {}])"])
    body.emit(f"{name} = {form.format(one.text, other.text)}")
    body.forget(name)
    body.known.arrays[name] = (one.tokens, other.tokens)


def iterator(body: Body) -> None:
    """An iterator over keys, and what it hands out."""
    name = body.name("it")
    body.emit(f"{name} = iter({body.spent_array()})")
    for _ in range(body.pick([1, 2])):
        body.emit(f"out.append(jr.normal(next({name})))")


def popped(body: Body) -> None:
    """A list of keys that are taken out."""
    name = body.name("bag")
    body.emit(f"{name} = list({body.spent_array()})")
    for _ in range(body.pick([1, 2])):
        body.emit(f"out.append(jr.normal({name}.pop()))")


def flip(body: Body) -> None:
    """A condition that is another one from here on."""
    flag = body.flag()
    body.emit(f"{flag} = not {flag}")


#: Statements, by name, and how often each is written.
STATEMENTS = {
    "draw": (draw, 9),
    "two draws": (draw_two, 2),
    "draw from an array": (draw_array, 2),
    "unpack": (unpack, 4),
    "renew": (renew, 4),
    "drop the new key": (drop_new, 2),
    "split into an array": (split_array, 3),
    "starred": (starred, 1),
    "unpack an array": (unpack_array, 1),
    "alias": (alias, 2),
    "rebind": (rebind, 2),
    "swap": (swap, 1),
    "fold_in": (fold, 2),
    "fold_in and draw": (fold_and_draw, 2),
    "fold_in of an index": (fold_index, 2),
    "clone": (clone, 1),
    "inspect": (inspect, 1),
    "ternary": (ternary, 1),
    "ternary draw": (ternary_draw, 1),
    "container": (container, 3),
    "record": (record, 1),
    "box": (boxed, 2),
    "renew a place": (renew_place, 2),
    "holder": (held, 1),
    "walrus": (walrus, 1),
    "copy": (copied, 1),
    "copy by a method": (copied_by_method, 1),
    "stack": (stacked, 1),
    "iterator": (iterator, 1),
    "pop": (popped, 1),
    "flip": (flip, 1),
}
