"""google-deepmind/mujoco_playground#349: parts of a start state share their keys.

One subkey draws joints and spinner; and a method splits the key that its caller splits again.
"""

import jax
import jax.numpy as jnp


class Finger:
    def reset(self, rng):
        rng, rng1 = jax.random.split(rng, 2)
        joints = jax.random.uniform(rng1, (2,), minval=-1.0, maxval=1.0)
        spinner = jax.random.uniform(rng1, minval=-3.0, maxval=3.0)  # expect: RNG201
        return {"joints": joints, "spinner": spinner, "rng": rng}


class Cartpole:
    def positions(self, rng):
        slider_rng, hinge_rng = jax.random.split(rng, 2)
        slider = jax.random.normal(slider_rng, (4,))
        hinge = jax.random.normal(hinge_rng, (4,))
        return slider, hinge

    def reset(self, rng):
        slider, hinge = self.positions(rng)
        rng, rng1 = jax.random.split(rng, 2)  # expect: RNG201
        velocity = jax.random.normal(rng1, (4,))
        return {"position": jnp.stack([slider, hinge]), "velocity": velocity, "rng": rng}


def reported():
    state = Cartpole().reset(jax.random.key(0))
    return state["position"][1], state["velocity"]


# --- repaired ---


class RepairedFinger:
    def reset(self, rng):
        rng, rng1, rng2 = jax.random.split(rng, 3)
        joints = jax.random.uniform(rng1, (2,), minval=-1.0, maxval=1.0)
        spinner = jax.random.uniform(rng2, minval=-3.0, maxval=3.0)
        return {"joints": joints, "spinner": spinner, "rng": rng}


class RepairedCartpole:
    def positions(self, rng):
        slider_rng, hinge_rng = jax.random.split(rng, 2)
        slider = jax.random.normal(slider_rng, (4,))
        hinge = jax.random.normal(hinge_rng, (4,))
        return slider, hinge

    def reset(self, rng):
        rng, position_rng, velocity_rng = jax.random.split(rng, 3)
        slider, hinge = self.positions(position_rng)
        velocity = jax.random.normal(velocity_rng, (4,))
        return {"position": jnp.stack([slider, hinge]), "velocity": velocity, "rng": rng}


def repaired():
    state = RepairedCartpole().reset(jax.random.key(0))
    return state["position"][1], state["velocity"]
