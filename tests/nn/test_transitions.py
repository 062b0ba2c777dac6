"""Schemes of labels, against the label sequences of chunks themselves."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from textvec import Ragged
from textvec.nn import SCHEMES, Transitions

# How each scheme writes a chunk of n steps of type t; `after` is the type of the chunk before it.
WRITERS = {
    "BIO": lambda n, t, after: [f"B-{t}", *[f"I-{t}"] * (n - 1)],
    "IOB1": lambda n, t, after: [f"B-{t}" if after == t else f"I-{t}", *[f"I-{t}"] * (n - 1)],
    "BIOES": lambda n, t, after: with_ends("BIES", n, t),
    "BIOUL": lambda n, t, after: with_ends("BILU", n, t),
    "BMES": lambda n, t, after: with_ends("BMES", n, t),
}


def with_ends(letters, n, t):
    begin, inside, end, single = (f"{letter}-{t}" for letter in letters)
    return [single] if n == 1 else [begin, *[inside] * (n - 2), end]


def written(scheme, length):
    """Yield all sequences of labels of a length that chunks of two types make, and O."""

    def continue_from(labels, after):
        if len(labels) == length:
            yield tuple(labels)
            return
        yield from continue_from([*labels, "O"], None)
        for n, t in product(range(1, length - len(labels) + 1), "XY"):
            yield from continue_from([*labels, *WRITERS[scheme](n, t, after)], t)

    return set(continue_from([], None))


def labels_of(scheme):
    return sorted({"O", *(f"{x}-{t}" for x in SCHEMES[scheme].letters if x != "O" for t in "XY")})


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_what_a_scheme_can_write_is_allowed_and_nothing_else(scheme, length):
    labels = labels_of(scheme)
    allowed = Transitions.of(np.array(labels), scheme)
    paths = list(product(range(len(labels)), repeat=length))
    if len(paths) > 3000:
        rng = np.random.default_rng(0)
        paths = [paths[i] for i in rng.choice(len(paths), 3000, replace=False)]
    expected = written(scheme, length)
    for path in paths:
        is_allowed = (
            allowed.start[path[0]]
            and allowed.end[path[-1]]
            and all(allowed.pairs[a, b] for a, b in pairwise(path))
        )
        assert is_allowed == (tuple(labels[i] for i in path) in expected)


def test_the_first_violation_is_found_over_steps_without_a_label():
    labels = ["B-X", "E-X", "I-X", "O"]
    allowed = Transitions.of(np.array(labels), "BIOES")

    def find(*rows):
        numbers = [[-100 if x is None else labels.index(x) for x in row] for row in rows]
        return allowed.first_violation(Ragged.from_rows(numbers, dtype=np.int64))

    good = ["B-X", None, "E-X", "O"]
    assert find(good, [], [None] * 3, ["O"]) is None
    assert find(good, ["O", "I-X"]) == (1, 1)
    assert find(good, ["E-X"]) == (1, 0)
    assert find(["B-X", "E-X", "B-X"]) == (0, 3)
    assert find(["O", None, "E-X"], ["B-X", None, "O"]) is None
    assert find(["O", None, "I-X", None], ["O", "B-X", None]) is None
    assert find(["O", None, "I-X", "O"]) == (0, 3)


@pytest.mark.parametrize("label", ["E-X", "N", "Ix", "O-X", ""])
def test_labels_of_other_schemes_are_named(label):
    with pytest.raises(ValueError, match=f"'B-...', 'I-...', 'O', got '{label}'"):
        Transitions.of(np.array(["B-X", label]), "BIO")
