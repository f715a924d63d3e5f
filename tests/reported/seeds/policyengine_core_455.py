"""PolicyEngine/policyengine-core#455: a simulation takes its seeds from `hash` of a text.

Python salts the hashes of texts anew in each process, so that no result can be repeated.
"""

import hashlib

import numpy as np


def random_for(variable, period, count):
    rng = np.random.default_rng(abs(hash(f"{variable}-{period}")))  # expect: RNG304
    return rng.random(count)


# --- repaired ---


def random_for_repaired(variable, period, count):
    digest = hashlib.sha256(f"{variable}-{period}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest, "big"))
    return rng.random(count)
