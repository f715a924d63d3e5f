"""Which run-time defect shows which rule's misuse, and which differences JAX documents."""

from __future__ import annotations

#: What a defect of each kind means, in the words of the report.
KINDS = {
    "key-reuse": "JAX says that a key is reused",
    "equal-samples": "samples repeat that ought to differ",
    "dependent-samples": "one sample determines the other",
    "frozen-draw": "a draw is frozen under jit",
    "equal-workers": "worker processes draw the same",
    "global-state": "NumPy's hidden global state is touched",
    "stdlib-state": "the hidden global state of Python's random is touched",
    "random-state": "a legacy RandomState is made",
    "attribute-error": "an attribute is missing",
}

#: What is a misuse only where a rule says so.
CIRCUMSTANTIAL = frozenset({"equal-workers", "stdlib-state"})

_SAMPLES = frozenset({"key-reuse", "equal-samples", "dependent-samples"})

_SHOWN_BY = {
    "RNG101": frozenset({"global-state"}),
    "RNG102": frozenset({"global-state"}),
    "RNG103": frozenset({"random-state"}),
    "RNG104": frozenset({"global-state"}),
    "RNG105": frozenset({"attribute-error"}),
    # Streams of neighbouring seeds look independent in any small sample.
    "RNG107": frozenset(),
    "RNG109": frozenset({"equal-workers", "equal-samples"}),
    "RNG201": _SAMPLES,
    "RNG202": _SAMPLES,
    "RNG203": _SAMPLES,
    # The key that is used instead is as good, until it is used again.
    "RNG204": frozenset(),
    "RNG205": _SAMPLES,
    "RNG206": _SAMPLES,
    "RNG207": frozenset({"frozen-draw", "equal-samples"}),
    # Raw and typed keys draw the same numbers.
    "RNG208": frozenset(),
    "RNG301": _SAMPLES,
    "RNG303": _SAMPLES,
    "RNG401": frozenset({"stdlib-state"}),
}

#: Where JAX itself says that samples differ: the PRNG implementations, the modes, and why.
_DOCUMENTED = (
    (
        frozenset({"rbg", "unsafe_rbg"}),
        frozenset({"vmap", "jit(vmap)"}),
        "under vmap this PRNG draws for all lanes from the first key, as JAX documents",
    ),
)


def shown_by(code: str) -> frozenset[str]:
    """The kinds of defect that show the misuse `code`; any will do for a rule not listed.

    Empty for a misuse that does not show itself at run time.
    """
    return _SHOWN_BY.get(code, frozenset(KINDS))


def counts(kind: str, code: str | None) -> bool:
    """Whether a defect of that kind must be gone after the fix for the misuse `code`."""
    return kind not in CIRCUMSTANTIAL or kind in _SHOWN_BY.get(code or "", ())


def documented(mode: str, impl: str | None) -> str:
    """Why samples differ in that mode under that PRNG, in JAX's own words; "" if they must not."""
    for impls, modes, why in _DOCUMENTED:
        if impl in impls and mode in modes:
            return why
    return ""
