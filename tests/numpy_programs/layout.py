"""Calls over many lines, comments in them, brackets and chains around them."""

import numpy as np


def sample(
    size=4,  # how many
):
    np.random.seed(  # the seed
        6,
    )
    values = (
        np.random  # the module
        .rand(
            size,  # rows
            2,
        )
        .round(3)
        .astype(float)
    )
    text = "np.random.rand(3)"  # np.random.seed(0) is no code here
    pairs = {(np.random.rand(2, 2) * 2 - 1).shape: f"{np.random.rand(1, 2).shape}"}
    if size: more = np.random.randn(2, 3); less = (np.random.randint)(5, size=2)
    return {
        "values": values, "text": len(text), "pairs": len(pairs), "more": more, "less": less,
        "large": np.random.weibull(2.0, 3000),
    }
