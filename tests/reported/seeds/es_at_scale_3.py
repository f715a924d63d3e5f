"""VsonicV/es-at-scale#3: each parameter of a model is perturbed by a generator with the same seed.

The seed changes from candidate to candidate, but not from parameter to parameter.
"""

import torch


def perturb(model, seeds, scale):
    for seed in seeds:
        for parameter in model.parameters():
            generator = torch.Generator(device=parameter.device)
            generator.manual_seed(int(seed))  # expect: RNG301
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.data.add_(scale * noise)


# --- repaired ---


def perturb_repaired(model, seeds, scale):
    for seed in seeds:
        generator = torch.Generator()
        generator.manual_seed(int(seed))
        for parameter in model.parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.data.add_(scale * noise)
