"""Which run-time defect shows which rule's misuse."""

from __future__ import annotations

#: What a defect of each kind means, in the words of the report.
KINDS = {
    "key-reuse": "JAX says that a key is reused",
    "equal-samples": "samples repeat that ought to differ",
    "dependent-samples": "one sample determines the other",
    "global-state": "NumPy's hidden global state is touched",
    "random-state": "a legacy RandomState is made",
    "attribute-error": "an attribute is missing",
}

_SAMPLES = frozenset({"key-reuse", "equal-samples", "dependent-samples"})

_SHOWN_BY = {
    "RNG101": frozenset({"global-state"}),
    "RNG102": frozenset({"global-state"}),
    "RNG103": frozenset({"random-state"}),
    "RNG104": frozenset({"global-state"}),
    "RNG105": frozenset({"attribute-error"}),
    "RNG201": _SAMPLES,
    "RNG202": _SAMPLES,
    "RNG206": _SAMPLES,
    # Raw and typed keys draw the same numbers.
    "RNG208": frozenset(),
    "RNG301": _SAMPLES,
}


def shown_by(code: str) -> frozenset[str]:
    """The kinds of defect that show the misuse `code`; any will do for a rule not listed.

    Empty for a misuse that does not show itself at run time.
    """
    return _SHOWN_BY.get(code, frozenset(KINDS))
