"""DC-analysis/dclab#178: a function seeds before it draws, and is called for each image.

All images are shifted by the same offset.
"""

import numpy as np


def offset(seed=42):
    np.random.seed(seed)  # expect: RNG101
    return np.random.uniform(0, 1, size=2)  # expect: RNG102


def convert(images):
    offsets = []
    for _ in images:
        offsets.append(offset())  # expect: RNG302
    return offsets


def reported():
    first, second = convert(["a", "b"])
    return first, second


# --- repaired ---


def offset_repaired(rng):
    return rng.uniform(0, 1, size=2)


def convert_repaired(images, seed=42):
    rng = np.random.default_rng(seed)
    return [offset_repaired(rng) for _ in images]


def repaired():
    first, second = convert_repaired(["a", "b"])
    return first, second
