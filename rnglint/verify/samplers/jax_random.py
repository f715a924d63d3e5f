"""Every function of `jax.random` that takes a key, once or in each of its ways to draw.

`rnglint verify samplers` runs each of them alone in every mode, which shows what JAX promises of
its own samplers before anybody's code comes into it.
"""

# mypy: ignore-errors

import jax
import jax.numpy as jnp

SHAPE = (7,)
LOGITS = jnp.array([0.1, 0.2, 0.3, 0.4])
MEAN = jnp.array([0.5, -1.0, 2.0])
COVARIANCE = jnp.array([[2.0, 0.5, 0.3], [0.5, 1.5, 0.2], [0.3, 0.2, 1.0]])


def sample_ball(key):
    return jax.random.ball(key, 3, shape=SHAPE)


def sample_bernoulli(key):
    return jax.random.bernoulli(key, 0.3, SHAPE)


def sample_beta(key):
    return jax.random.beta(key, 2.0, 3.0, SHAPE)


def sample_binomial(key):
    return jax.random.binomial(key, 10.0, 0.3, SHAPE)


def sample_bits(key):
    return jax.random.bits(key, SHAPE)


def sample_categorical(key):
    return jax.random.categorical(key, LOGITS, shape=SHAPE)


def sample_cauchy(key):
    return jax.random.cauchy(key, SHAPE)


def sample_chisquare(key):
    return jax.random.chisquare(key, 3.0, shape=SHAPE)


def sample_choice(key):
    return jax.random.choice(key, 20, SHAPE)


def sample_choice_without_replacement(key):
    return jax.random.choice(key, 20, SHAPE, replace=False)


def sample_choice_with_weights(key):
    return jax.random.choice(key, 4, SHAPE, p=LOGITS)


def sample_clone(key):
    return jax.random.normal(jax.random.clone(key), SHAPE)


def sample_dirichlet(key):
    return jax.random.dirichlet(key, LOGITS, SHAPE)


def sample_double_sided_maxwell(key):
    return jax.random.double_sided_maxwell(key, 0.5, 2.0, SHAPE)


def sample_exponential(key):
    return jax.random.exponential(key, SHAPE)


def sample_f(key):
    return jax.random.f(key, 3.0, 5.0, SHAPE)


def sample_fold_in(key):
    return jax.random.fold_in(key, 3)


def sample_gamma(key):
    return jax.random.gamma(key, 2.0, SHAPE)


def sample_gamma_below_one(key):
    return jax.random.gamma(key, 0.3, SHAPE)


def sample_generalized_normal(key):
    return jax.random.generalized_normal(key, 1.5, SHAPE)


def sample_geometric(key):
    return jax.random.geometric(key, 0.3, SHAPE)


def sample_gumbel(key):
    return jax.random.gumbel(key, SHAPE)


def sample_laplace(key):
    return jax.random.laplace(key, SHAPE)


def sample_loggamma(key):
    return jax.random.loggamma(key, 2.0, SHAPE)


def sample_logistic(key):
    return jax.random.logistic(key, SHAPE)


def sample_lognormal(key):
    return jax.random.lognormal(key, 0.5, SHAPE)


def sample_maxwell(key):
    return jax.random.maxwell(key, SHAPE)


def sample_multinomial(key):
    return jax.random.multinomial(key, 10.0, LOGITS)


def sample_multivariate_normal(key):
    return jax.random.multivariate_normal(key, MEAN, COVARIANCE, SHAPE)


def sample_multivariate_normal_svd(key):
    return jax.random.multivariate_normal(key, MEAN, COVARIANCE, SHAPE, method="svd")


def sample_normal(key):
    return jax.random.normal(key, SHAPE)


def sample_orthogonal(key):
    return jax.random.orthogonal(key, 3)


def sample_pareto(key):
    return jax.random.pareto(key, 2.0, SHAPE)


def sample_permutation(key):
    return jax.random.permutation(key, 7)


def sample_permutation_independent(key):
    return jax.random.permutation(key, jnp.arange(21).reshape(7, 3), independent=True)


def sample_poisson(key):
    return jax.random.poisson(key, 5.0, SHAPE)


def sample_poisson_large(key):
    return jax.random.poisson(key, 100.0, SHAPE)


def sample_rademacher(key):
    return jax.random.rademacher(key, SHAPE)


def sample_randint(key):
    return jax.random.randint(key, SHAPE, 0, 100)


def sample_rayleigh(key):
    return jax.random.rayleigh(key, 2.0, SHAPE)


def sample_split(key):
    return jax.random.split(key, 3)


def sample_t(key):
    return jax.random.t(key, 3.0, SHAPE)


def sample_triangular(key):
    return jax.random.triangular(key, 0.0, 1.0, 3.0, SHAPE)


def sample_truncated_normal(key):
    return jax.random.truncated_normal(key, -1.0, 2.0, SHAPE)


def sample_uniform(key):
    return jax.random.uniform(key, SHAPE)


def sample_wald(key):
    return jax.random.wald(key, 2.0, SHAPE)


def sample_weibull_min(key):
    return jax.random.weibull_min(key, 2.0, 1.5, SHAPE)
