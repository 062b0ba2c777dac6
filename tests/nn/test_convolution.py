"""Convolutions over padded batches against torch's on each row alone."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from textvec.nn import ConvolutionBody, FlattenPooling, IdentityBody, Randomness, dense_layers
from textvec.nn._convolution import _by_windows
from textvec.nn._initialization import convolution

LENGTHS = torch.tensor([4, 1, 0])
X = torch.randn(4, 3, 2, generator=torch.Generator().manual_seed(0))


def test_no_output_depends_on_padding():
    body = ConvolutionBody(2, [1, 2, 5], 3, randomness=Randomness(0))
    outputs = body(X, LENGTHS)
    assert outputs.shape == (4, 3, body.output_size) == (4, 3, 9)
    for b, n in enumerate(LENGTHS.tolist()):
        row = X[:n, b].T[None]  # (1, D, n)
        for i, (size, layer) in enumerate(zip(body.kernel_sizes, body.layers, strict=True)):
            padded = F.pad(row, ((size - 1) // 2, size // 2))
            if n:
                expected = F.conv1d(padded, layer.weight, layer.bias).relu()[0].T
                torch.testing.assert_close(outputs[:n, b, 3 * i : 3 * i + 3], expected)
    torch.testing.assert_close(body(X), body(X, torch.full((3,), 4)))


def test_flattened_steps():
    pooled = FlattenPooling(3, 2)(X, LENGTHS)
    assert pooled.shape == (3, 6)
    assert torch.equal(pooled[0], X[:3, 0].flatten())
    assert torch.equal(pooled[1], torch.cat([X[0, 1], torch.zeros(4)]))
    assert not pooled[2].any()
    longer = FlattenPooling(6, 2)(X, None)
    assert torch.equal(longer[:, :8], X.transpose(0, 1).flatten(1))
    assert not longer[:, 8:].any()


def test_no_body_and_dense_layers():
    assert IdentityBody(2, randomness=Randomness(0))(X) is X
    layers = dense_layers([2, 5, 3], dropout=0.0, randomness=Randomness(0))
    hidden = (X[0] @ layers[0].weight.T + layers[0].bias).relu()
    torch.testing.assert_close(layers(X[0]), hidden @ layers[-1].weight.T + layers[-1].bias)


def test_a_product_with_windows_is_the_convolution():
    """It takes the place of cuDNN's, whose gradients differ from run to run."""
    generator = torch.Generator().manual_seed(0)
    layer = convolution(3, 5, 4, generator)
    x = torch.randn(2, 3, 9, generator=generator, requires_grad=True)
    leaves = [x, *layer.parameters()]
    wanted, found = layer(x), _by_windows(x, layer)
    torch.testing.assert_close(found, wanted)
    pairs = (torch.autograd.grad(out.square().sum(), leaves) for out in (wanted, found))
    for a, b in zip(*pairs, strict=True):
        torch.testing.assert_close(a, b)
