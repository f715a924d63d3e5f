"""Functions: helpers of the module, closures, lambdas, partials, and what JAX runs."""

from __future__ import annotations

from judge.writing import Body, Entry, Helper, Tokens

_RESULTS = ("sample", "sample", "key", "key and sample", "two keys", "array")
_SIGNATURES = (("key",), ("key", "key"), ("keys",))


def call(body: Body) -> None:
    """A call of a function of the module."""
    helper = _helper(body)
    arguments, tokens = [], []
    for kind in helper.kinds:
        text, given = _argument(body, kind)
        arguments.append(text)
        tokens.append(given)
    for index in helper.spends:
        body.spend(tokens[index])
    if "flag" in helper.kinds and body.chance(3):
        arguments[-1] = f"use={arguments[-1]}"
    returned = [
        frozenset().union(*(tokens[index] for index in sources)) or body.fresh()
        for sources in helper.returned
    ]
    _take(body, helper, arguments, returned)


def _argument(body: Body, kind: str) -> tuple[str, Tokens]:
    if kind == "flag":
        return body.pick([body.flag(), "True", "False"]), frozenset()
    if kind == "keys":
        return body.two_keys()
    return body.key()


def _take(body: Body, helper: Helper, arguments: list[str], returned: list[Tokens]) -> None:
    """Writes the call, and binds what it returns."""
    function = helper.name
    if "flag" not in helper.kinds and body.chance(4):
        function = body.pick(["jax.jit({})", "partial({})"]).format(function)
        body.module.features |= {"jit"} if "jit" in function else set()
    text = f"{function}({', '.join(arguments)})"
    if helper.result == "sample":
        body.emit(f"out.append({text})")
        return
    if helper.result == "array":
        name = body.name("ks")
        body.emit(f"{name} = {text}")
        body.known.arrays[name] = (returned[0],) * 2
        return
    names = [body.name("k") for _ in returned]
    if arguments[0].isidentifier() and helper.kinds[0] == "key" and body.chance(2):
        names[0] = arguments[0]
    drawn = [body.name("x")] if helper.result == "key and sample" else []
    body.emit(f"{', '.join(names + drawn)} = {text}")
    for name, tokens in zip(names, returned, strict=True):
        body.bind(name, tokens)
    for name in drawn:
        body.emit(f"out.append({name})")


def _helper(body: Body) -> Helper:
    """A function that was written before, or a new one."""
    known = body.module.helpers
    if known and not body.chance(2):
        return body.pick(known)
    helper = _write(body)
    known.append(helper)
    return helper


def _write(caller: Body) -> Helper:
    """Writes a function of the module."""
    module = caller.module
    kinds = module.pick(_SIGNATURES)
    name = caller.name("helper")
    names = [f"p{index}" for index in range(len(kinds))]
    body = Body(module, ["use"], module.pick(_RESULTS), nested=True)
    given = [_parameter(body, item, kind) for item, kind in zip(names, kinds, strict=True)]
    body.emit("out = []")
    body.block(2)
    if not body.closed:
        body.give_back()
    if body.asked:
        kinds, names, given = (*kinds, "flag"), [*names, "use"], [*given, frozenset()]
    text = "\n".join([f"def {name}({', '.join(names)}):", *body.lines])
    module.functions.append(text)
    module.entries.append(Entry(name, tuple(zip(names, kinds, strict=True))))
    return Helper(
        name,
        kinds,
        body.result,
        tuple(_sources(given, position) for position in zip(*body.returned, strict=True)),
        frozenset(i for i, tokens in enumerate(given) if tokens & body.known.spent),
    )


def _parameter(body: Body, name: str, kind: str) -> Tokens:
    if kind == "keys":
        body.bind_array(name, 2)
        return frozenset().union(*body.known.arrays[name])
    body.bind(name, body.fresh())
    return body.known.keys[name]


def _sources(given: list[Tokens], returned: tuple[Tokens, ...]) -> frozenset[int]:
    """Which parameters a returned key may be."""
    every = frozenset[int]().union(*returned)
    return frozenset(index for index, tokens in enumerate(given) if tokens & every)


# -- functions within the function --------------------------------------------------------------


def closure(body: Body) -> None:
    """A function that captures a key, called once."""
    _closure(body, 1)


def closure_again(body: Body) -> None:
    """A function that captures a key, called twice."""
    _closure(body, 2)


def _closure(body: Body, calls: int) -> None:
    key = body.key()
    name = body.name("inner")
    form = body.pick(["def", "lambda", "partial"])
    if body.loops:
        body.module.features.add("closure in a loop")
    if form == "def":
        body.emit(f"def {name}():")
        body.emit(f"    return jr.normal({key.text})")
    elif form == "lambda":
        body.emit(f"{name} = lambda: jr.normal({key.text})")
    else:
        body.emit(f"{name} = partial(jr.normal, {key.text})")
    body.spend(key.tokens)
    for _ in range(calls):
        body.emit(f"out.append({name}())")


def closure_of_fold(body: Body) -> None:
    """A function that derives from the key that it captures."""
    key = body.key()
    name = body.name("inner")
    body.emit(f"{name} = lambda i: jr.normal(jr.fold_in({key.text}, i))")
    for turn in range(body.pick([1, 2])):
        body.emit(f"out.append({name}({turn}))")


def function_value(body: Body) -> None:
    """A function in a variable, that is given its key."""
    name = body.name("f")
    form = body.pick(["lambda k: jr.normal(k)", "partial(jr.normal, shape=())", "jr.normal"])
    body.emit(f"{name} = {form}")
    for _ in range(body.pick([1, 2])):
        body.emit(f"out.append({name}({body.spent_key()}))")


def function_with_default(body: Body) -> None:
    """A function whose default is a key."""
    key = body.spent_key()
    name = body.name("inner")
    body.emit(f"def {name}(k={key}):")
    body.emit("    return jr.normal(k)")
    body.emit(f"out.append({name}({body.pick(['', body.spent_key()])}))")


# -- what JAX runs ------------------------------------------------------------------------------


def jit(body: Body) -> None:
    """A compiled function, called with a key."""
    name = body.name("f")
    form = body.pick(["jax.jit(jr.normal)", "jax.jit(lambda k: jr.normal(k))"])
    body.emit(f"{name} = {form}")
    for _ in range(body.pick([1, 2])):
        body.emit(f"out.append({name}({body.spent_key()}))")


def jit_capturing(body: Body) -> None:
    """A compiled function that captures a key."""
    name = body.name("f")
    body.emit(f"{name} = jax.jit(lambda: jr.normal({body.spent_key()}))")
    for _ in range(body.pick([1, 2])):
        body.emit(f"out.append({name}())")


def vmap_capturing(body: Body) -> None:
    """A mapped function for which one key stands in all lanes."""
    key = body.key()
    form, spent = body.pick(
        [
            ("jax.vmap(lambda i: jr.normal(jr.fold_in({}, i)))(jnp.arange(2))", False),
            ("jax.vmap(lambda x: x + jr.normal({}))(jnp.arange(2.0))", True),
            ("jax.vmap(lambda k, x: x + jr.normal(k), (None, 0))({}, jnp.arange(2.0))", True),
        ]
    )
    if spent:
        body.spend(key.tokens)
    body.emit(f"out.append({form.format(key.text)})")


def scan_carry(body: Body) -> None:
    """A `scan` that carries a key, renewed or not."""
    key = body.key()
    name, new, drawn = body.name("step"), body.name("k"), body.name("x")
    renewed = not body.chance(4)
    body.emit(f"def {name}(k, _):")
    if renewed:
        body.emit("    k, sub = jr.split(k)")
    body.emit(f"    return k, jr.normal({'sub' if renewed else 'k'})")
    body.emit(f"{new}, {drawn} = lax.scan({name}, {key.text}, length=2)")
    body.emit(f"out.append({drawn})")
    body.spend(key.tokens)
    body.bind(new, body.fresh() if renewed else key.tokens)


def scan_keys(body: Body) -> None:
    """A `scan` or `map` over an array of keys."""
    array = body.spent_array()
    form = body.pick(
        ["lax.map(jr.normal, {})", "lax.scan(lambda c, k: (c, jr.normal(k)), 0.0, {})[1]"]
    )
    body.emit(f"out.append({form.format(array)})")


def loop_capturing(body: Body) -> None:
    """A loop that JAX runs and that captures a key."""
    key = body.key()
    drawn = body.pick(["jr.fold_in({}, i)", "jr.fold_in({}, i)", "{}", "jr.fold_in({}, 7)"])
    if drawn == "{}":
        body.spend(key.tokens)
    drawn = f"jr.normal({drawn.format(key.text)})"
    form = body.pick(
        [
            "lax.fori_loop(0, 2, lambda i, x: x + {}, 0.0)",
            "lax.scan(lambda x, i: (x + {}, x), 0.0, jnp.arange(2))[0]",
            "lax.while_loop(lambda s: s[0] < 2, lambda s: (lambda i, x: (i + 1, x + {}))(*s),"
            " (0, 0.0))[1]",
            "lax.map(lambda i: {}, jnp.arange(2))",
        ]
    )
    body.emit(f"out.append({form.format(drawn)})")


def loop_carrying(body: Body) -> None:
    """A `fori_loop` or `while_loop` that carries a key."""
    key = body.key()
    name, new = body.name("body"), body.name("k")
    counted = body.chance(2)
    renewed = not body.chance(4)
    body.emit(f"def {name}({'i, ' if counted else ''}state):")
    body.emit("    n, k, x = state")
    if renewed:
        body.emit("    k, sub = jr.split(k)")
    body.emit(f"    return n + 1, k, x + jr.normal({'sub' if renewed else 'k'})")
    first = (
        f"lax.fori_loop(0, 2, {name}"
        if counted
        else (f"lax.while_loop(lambda state: state[0] < 2, {name}")
    )
    body.emit(f"_, {new}, x = {first}, (0, {key.text}, 0.0))")
    body.emit("out.append(x)")
    body.spend(key.tokens)
    body.bind(new, body.fresh() if renewed else key.tokens)


def cond(body: Body) -> None:
    """A branch that JAX takes."""
    key = body.spent_key()
    form = body.pick(
        [
            "lax.cond({}, jr.normal, jr.uniform, {})",
            "lax.cond({}, lambda k: jr.normal(k), lambda k: 0.0, {})",
            "lax.cond({}, lambda: jr.normal({}), lambda: 0.0)",
            "lax.switch(jnp.int32({}), [lambda k: jr.normal(k), lambda k: 1.0], {})",
        ]
    )
    body.emit(f"out.append({form.format(body.condition(), key)})")


#: Statements, by name, and how often each is written.
FUNCTIONS = {
    "call": (call, 8),
    "closure": (closure, 2),
    "closure of fold_in": (closure_of_fold, 1),
    "closure, called again": (closure_again, 1),
    "function value": (function_value, 1),
    "default": (function_with_default, 1),
}

#: Statements that JAX compiles: slow to run, so they are traced only.
COMPILED = {
    "jit": (jit, 1),
    "jit, captured": (jit_capturing, 1),
    "vmap, captured": (vmap_capturing, 1),
    "scan": (scan_carry, 1),
    "scan over keys": (scan_keys, 1),
    "lax loop, captured": (loop_capturing, 1),
    "lax loop": (loop_carrying, 1),
    "cond": (cond, 1),
}
