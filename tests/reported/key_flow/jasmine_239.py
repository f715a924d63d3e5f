"""p-doom/jasmine#239: the masking of each training step starts from a key with a literal seed."""

import jax
import jax.numpy as jnp


class Masker:
    def mask(self, videos):
        rate_key, mask_key = jax.random.split(jax.random.key(0), 2)
        rate = jax.random.uniform(rate_key, (len(videos), 1))
        return jax.random.bernoulli(mask_key, rate, videos.shape)


def train(batches):
    masker = Masker()
    return [masker.mask(batch) for batch in batches]  # expect: RNG302


def reported():
    first, second = train([jnp.ones((4, 8)), jnp.ones((4, 8))])
    return first, second


# --- repaired ---


class RepairedMasker:
    def mask(self, key, videos):
        rate_key, mask_key = jax.random.split(key, 2)
        rate = jax.random.uniform(rate_key, (len(videos), 1))
        return jax.random.bernoulli(mask_key, rate, videos.shape)


def train_repaired(key, batches):
    masker = RepairedMasker()
    keys = jax.random.split(key, len(batches))
    return [masker.mask(key, batch) for key, batch in zip(keys, batches, strict=True)]


def repaired():
    first, second = train_repaired(jax.random.key(0), [jnp.ones((4, 8)), jnp.ones((4, 8))])
    return first, second
