"""`rnglint verify`: its options, and nothing else."""

from __future__ import annotations

import sys
from typing import Any

import click


class _Names(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """Names between commas; which of them exist is checked where they are known."""

    name = "name,…"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """The names in their order, each once."""
        if isinstance(value, tuple):
            return value
        return tuple(dict.fromkeys(filter(None, map(str.strip, value.split(",")))))


_NAMES: dict[str, Any] = {"type": _Names(), "default": ()}


@click.command()
@click.argument("targets", nargs=-1, type=click.Path())
@click.option(
    "--key-arg",
    "key_argument",
    default="",
    metavar="NAME",
    help="The parameter of your function that takes the JAX key; `key` and the like are found.",
)
@click.option(
    "--args",
    "arguments",
    default="",
    metavar="ARGUMENTS",
    help='The other arguments of your function, as in a call: --args "3, x=jnp.ones(4)".',
)
@click.option(
    "--modes",
    **_NAMES,
    help="Compare these with the eager run, instead of all: disable_jit, jit, vmap, jit(vmap), "
    "lax.map, scan, fori_loop, pmap, shard_map.",
)
@click.option(
    "--impl",
    "implementations",
    **_NAMES,
    help="Run once with each PRNG implementation, such as threefry2x32,rbg.",
)
@click.option(
    "--x64", is_flag=False, flag_value="on", **_NAMES, help="Run with x64: on, off or on,off."
)
@click.option(
    "--partitionable", **_NAMES, help="Run with jax_threefry_partitionable: on, off or on,off."
)
@click.option(
    "--backends",
    **_NAMES,
    help="Run on the first, and compare the others with it: cpu,gpu.",
)
@click.option("--strict", is_flag=True, help="Only samples that are equal bit for bit pass.")
@click.option(
    "--output-format",
    default="table",
    show_default=True,
    metavar="FORMAT",
    help="table, json, junit or html.",
)
@click.option("--output-file", type=click.Path(dir_okay=False), help="Write there.")
@click.option(
    "-v", "--verbose", is_flag=True, help="Show each misuse before and after, in numbers."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="The seconds that one step of a program may take.",
)
@click.option(
    "--memory",
    type=click.FloatRange(min=0, min_open=True),
    default=4.0,
    show_default=True,
    help="The gigabytes that one process and its children may take.",
)
@click.option(
    "-j", "--jobs", "workers", type=click.IntRange(min=1), help="How many processes to use."
)
def verify(**options: Any) -> None:
    """Run programs before and after the fix, in many modes, and compare what they draw.

    TARGETS are folders of fixtures, files with functions `sample*`, codes or names of bundled
    fixtures, or functions: `module:function` or `FILE::function`. By default all bundled fixtures
    are verified.

    Each mode (jit, vmap, lax.map, several devices, another process …) is compared with the
    eager run, bit for bit. This is the only command that runs the code it is given. It needs
    `rnglint[verify]`.
    """
    from rnglint.verify import run
    from rnglint.verify.request import Request

    sys.exit(run(Request(**options)))
