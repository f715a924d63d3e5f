"""bayesflow-org/bayesflow#723: one generator is copied into every job, which all draw alike."""

import numpy as np
from joblib import Parallel, delayed

RNG = np.random.default_rng(1)


def simulate(scale):
    return scale * RNG.normal(size=3)  # expect: RNG109


def sample_parallel(batch):
    return Parallel(n_jobs=-1)(delayed(simulate)(2.0) for _ in range(batch))


# --- repaired ---


def simulate_repaired(scale, rng):
    return scale * rng.normal(size=3)


def sample_parallel_repaired(batch, seed):
    generators = np.random.default_rng(seed).spawn(batch)
    return Parallel(n_jobs=-1)(delayed(simulate_repaired)(2.0, rng) for rng in generators)
