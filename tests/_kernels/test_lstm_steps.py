"""The bounds of the steps of an LSTM; what they compute is tested in tests/nn."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from textvec._kernels._lstm_steps import lstm_backward, lstm_forward, multiplies_bfloat16

SIZE, N_ROWS, N_STEPS = 3, 2, 4


NEEDS_BFLOAT16 = pytest.mark.skipif(
    not multiplies_bfloat16(), reason="the CPU has no instructions for bfloat16"
)
BFLOAT16 = pytest.param(np.uint16, marks=NEEDS_BFLOAT16)


def arguments(factor=np.float32):
    """Make what both functions take: rows of 4 steps and of 2, one after the other."""
    starts, lengths = np.array([0, 4]), np.array([4, 2])
    shapes = {"gates": (6, 12), "before": (6, 3), "cells": (6, 3), "squashed": (6, 3)}
    shapes |= {"weights": (12, 3), "hidden": (2, 3), "cell": (2, 3), "outputs": (4, 2, 3)}
    rng = np.random.default_rng(0)
    arrays = {name: rng.normal(size=s).astype(np.float32) for name, s in shapes.items()}
    arrays |= {"sums": rng.normal(size=(6, 12)).astype(np.float32)}
    known = {"starts": starts, "lengths": lengths, "stride": 1, "backward": False, **arrays}
    return with_factors(known, factor)


def with_factors(known, factor):
    """Turn the factors of products into bfloat16 numbers, if `factor` is the type of their bits."""
    if factor == np.float32:
        return known
    return known | {name: to_bits(known[name]) for name in ("sums", "before")}


def to_bits(values):
    return torch.from_numpy(values).bfloat16().view(torch.uint16).numpy()


def from_bits(bits):
    return torch.from_numpy(bits).view(torch.bfloat16).double().numpy()


def of_gradient(known):
    """Turn arguments of the one function into those of the other."""
    known = dict(known)
    sums = known.pop("sums")
    hidden, cell, outputs = known.pop("hidden"), known.pop("cell"), known.pop("outputs")
    known |= {"first_cell": cell.copy(), "by_hidden": hidden, "by_cell": cell}
    return {**known, "by_outputs": outputs, "by_gates": np.empty_like(sums)}


@pytest.mark.parametrize("factor", [np.float32, BFLOAT16])
@pytest.mark.parametrize("backward", [False, True])
def test_what_is_no_step_is_neither_read_nor_written(backward, factor):
    known = {**arguments(factor), "backward": backward}
    known["outputs"][:] = 7
    lstm_forward(**known)
    assert (known["outputs"][2:, 1] == 7).all()
    assert (known["outputs"][:2, 1] != 7).all()
    assert (known["outputs"][:, 0] != 7).all()
    known["outputs"][2:, 1] = np.nan
    found = of_gradient(known)
    lstm_backward(**found)
    by_gates = found["by_gates"]
    assert np.isfinite(from_bits(by_gates) if factor == np.uint16 else by_gates).all()


def test_outputs_may_be_a_part_of_wider_ones():
    plain, wide = arguments(), arguments()
    whole = np.zeros((4, 2, 8), np.float32)
    wide["outputs"] = whole[:, :, 4:7]
    for known in (plain, wide):
        known["outputs"][:] = 0
        lstm_forward(**known)
    np.testing.assert_array_equal(whole[:, :, 4:7], plain["outputs"])
    assert not whole[:, :, :4].any()
    assert not whole[:, :, 7].any()


def test_gates_may_be_what_the_input_adds():
    apart, same = arguments(), arguments()
    same["gates"] = same["sums"]
    for known in (apart, same):
        lstm_forward(**known)
    np.testing.assert_array_equal(same["gates"], apart["gates"])


@NEEDS_BFLOAT16
@pytest.mark.parametrize("n_rows", [1, 16, 17, 32, 33, 70])
@pytest.mark.parametrize("size", [1, 4, 16, 31, 32, 40])
def test_factors_of_products_are_rounded(size, n_rows):
    rng = np.random.default_rng(size)
    shapes = dict.fromkeys(["sums", "gates"], (n_rows, 4 * size)) | {"weights": (4 * size, size)}
    shapes |= dict.fromkeys(["before", "cells", "squashed", "hidden", "cell"], (n_rows, size))
    known = {name: rng.normal(size=s).astype(np.float32) for name, s in shapes.items()}
    known |= {"outputs": rng.normal(size=(1, n_rows, size)).astype(np.float32)}
    known |= {"starts": np.arange(n_rows), "lengths": np.ones(n_rows, int), "stride": n_rows}
    known = with_factors({**known, "backward": False}, np.uint16)
    weights, hidden = to_bits(known["weights"]), to_bits(known["hidden"])
    products = from_bits(hidden) @ from_bits(weights).T
    candidate = np.tanh(from_bits(known["sums"]) + products)[:, 2 * size : 3 * size]
    lstm_forward(**known)
    np.testing.assert_allclose(
        known["gates"][:, 2 * size : 3 * size], candidate, rtol=2e-6, atol=2e-6
    )
    np.testing.assert_array_equal(known["before"], hidden)
    found = of_gradient(known)
    lstm_backward(**found)
    by_hidden = from_bits(found["by_gates"]) @ from_bits(weights)
    np.testing.assert_allclose(found["by_hidden"], by_hidden, rtol=1e-5, atol=1e-5)


@NEEDS_BFLOAT16
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_rounding_keeps_what_is_no_number_and_what_is_infinite(value):
    known = arguments(np.uint16)
    known["weights"][1, 1] = value
    known["hidden"][:] = 1
    lstm_forward(**known)
    assert known["gates"][0, 1] in (0, 1) or np.isnan(known["gates"][0, 1])
    assert np.isfinite(known["gates"][0, 0])


@pytest.mark.skipif(multiplies_bfloat16(), reason="this CPU has them")
def test_bfloat16_needs_instructions():
    with pytest.raises(ValueError, match="multiplies no bfloat16"):
        lstm_forward(**arguments(np.uint16))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("starts", np.array([0])),
        ("starts", np.array([0, 5])),
        ("starts", np.array([-1, 4])),
        ("lengths", np.array([5, 2])),
        ("lengths", np.array([-1, 2])),
        ("lengths", np.array([2**62, 2])),
        ("stride", 0),
        ("stride", 2),
        ("stride", 2**62),
        ("gates", np.zeros((5, 12), np.float32)),
        ("gates", np.zeros((6, 11), np.float32)),
        ("before", np.zeros((6, 2), np.float32)),
        ("before", np.zeros((6, 0), np.float32)),
        ("cells", np.zeros((5, 3), np.float32)),
        ("squashed", np.zeros((6, 4), np.float32)),
        ("weights", np.zeros((12, 2), np.float32)),
        ("weights", np.zeros((11, 3), np.float32)),
        ("hidden", np.zeros((1, 3), np.float32)),
        ("cell", np.zeros((2, 2), np.float32)),
        ("outputs", np.zeros((3, 2, 3), np.float32)),
        ("outputs", np.zeros((4, 1, 3), np.float32)),
        ("outputs", np.zeros((4, 2, 4), np.float32)),
        ("outputs", np.zeros((4, 2, 6), np.float32)[:, :, ::2]),
    ],
)
def test_arrays_that_do_not_fit_are_errors(name, value):
    known = {**arguments(), name: value}
    with pytest.raises(ValueError, match=r"must be|of the .* places|has .* steps|contiguous"):
        lstm_forward(**known)
    with pytest.raises(ValueError, match=r"must be|of the .* places|has .* steps|contiguous"):
        lstm_backward(**of_gradient(known))


def test_what_the_input_adds_must_be_of_the_shape_of_the_gates():
    with pytest.raises(ValueError, match="sums"):
        lstm_forward(**{**arguments(), "sums": np.zeros((6, 3), np.float32)})


def test_gradients_of_gates_must_be_of_their_shape():
    with pytest.raises(ValueError, match="by_gates"):
        lstm_backward(**{**of_gradient(arguments()), "by_gates": np.zeros((6, 3), np.float32)})


@pytest.mark.parametrize("factor", [np.float32, BFLOAT16])
def test_no_rows(factor):
    known = arguments(factor) | {
        "starts": np.zeros(0, np.int64),
        "lengths": np.zeros(0, np.int64),
    }
    known |= {name: np.zeros((0, 3), np.float32) for name in ("hidden", "cell")}
    known["outputs"] = np.zeros((4, 0, 3), np.float32)
    lstm_forward(**known)
    lstm_backward(**of_gradient(known))
