"""huggingface/diffusers#175: the training loop seeds torch before it draws the noise of a step."""

import torch


def train(model, loader):
    losses = []
    for images in loader:
        generator = torch.manual_seed(0)  # expect: RNG301
        noise = torch.randn(images.shape, generator=generator)
        losses.append(model(images + noise))
    return losses


# --- repaired ---


def train_repaired(model, loader, seed):
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for images in loader:
        noise = torch.randn(images.shape, generator=generator)
        losses.append(model(images + noise))
    return losses
