"""The optimum of a linear path: a linear model on tf-idf, before the network is trained."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix

from ._batches import Batch, EvaluationBatches, SequenceData
from ._criteria import Criterion
from ._loop import row_weights
from ._regression import RegressionCriterion
from ._torch_threads import one_thread
from ._wide import WideLinear


class _Recipe(NamedTuple):
    """How a linear path is fitted, and added to the network."""

    c: float  # the inverse of the penalty, on normalized rows
    share: float  # what its outputs are multiplied by in the sum with the network's
    network_share: float  # what the network's are


# As of the bags that are hard to beat: logistic regression with C=30, to which a fifth of the
# network's logits is added, which are too sure; ridge regression with alpha=1, and a mean of both.
_OF_LOGITS = _Recipe(30.0, 1.0, 0.2)
_OF_NUMBERS = _Recipe(1.0, 2 / 3, 1 / 3)

# Longer n-grams of one row only are not known: they tell of that row, and not of others.
_LEAST_ROWS = 2
_TOLERANCE, _MOST_STEPS, _HISTORY = 1e-4, 100, 10
# Beyond so many n-grams of all rows, or weights, it would take much more memory than the training.
_MOST_NGRAMS, MOST_WIDE_WEIGHTS = 2**24, 2**22
_AT_ONCE = 2**18  # n-grams, of which intermediate results are held
# One row in so many is held out to learn the scale of the outputs.
_HELD_OUT = 3
_WIDEST = 3.0  # of the logarithm of the scale


class _Terms(NamedTuple):
    """The distinct n-grams of rows, row after row."""

    codes: NDArray[np.int64]
    counts: NDArray[np.float32]
    per_row: NDArray[np.int64]


class _Rows(NamedTuple):
    """Rows of tf-idf with their targets and weights."""

    X: Any
    y: torch.Tensor
    weights: torch.Tensor

    def take(self, rows: NDArray[np.int64]) -> _Rows:
        """Select rows."""
        index = torch.from_numpy(rows)
        return _Rows(self.X[rows], self.y[index], self.weights[index])


def fit_wide(wide: WideLinear, data: SequenceData, criterion: Criterion) -> bool:
    """Set a linear path to the minimum of a penalized loss on rows, and its idf to theirs.

    The loss is the sum over the rows, the penalty half the sum of the squared weights over 30, as
    that of ``LogisticRegression(C=30)`` on the tf-idf of n-grams; of numbers over 1, as that of
    ``Ridge(alpha=1)``. Longer n-grams count if they are in two rows or more. Rows of weight 0 count
    as if they were not there. The outputs are then scaled by what minimizes the loss on every third
    row, under a model of the others; of numbers, they are two thirds of that, for the mean with a
    third of the network's. Computed on the CPU.

    Parameters
    ----------
    wide : WideLinear
        The linear path.
    data : SequenceData
        Training rows.
    criterion : Criterion
        Loss of the outputs.

    Returns
    -------
    bool
        Whether it is fitted now: not if the rows have more than 2 ** 24 n-grams, or their weights
        were more than 2 ** 22, for which it would take too much memory.
    """
    if data.weights is not None:
        data = data.take(np.flatnonzero(data.weights.cpu().numpy()))
    if wide.tfidf is None or _n_ngrams(data.lengths_cpu, wide.max_ngram) > _MOST_NGRAMS:
        return False
    ordered, _ = data.by_length()
    terms, y, weights = _read(wide, ordered)
    X, places, idf = _tfidf(wide, terms)
    del terms
    if X.shape[1] * criterion.n_outputs > MOST_WIDE_WEIGHTS:
        return False
    rows = _Rows(X, y, weights)
    held_out = np.arange(len(ordered)) % _HELD_OUT == _HELD_OUT - 1
    recipe = _recipe(criterion)
    with one_thread():
        scale, start = _scale(rows, held_out, criterion, recipe.c)
        weights = _minimum(rows, criterion, recipe.c, start)
    _set(wide, places, idf, recipe.share * scale * weights)
    wide.network_share = recipe.network_share
    return True


def _recipe(criterion: Criterion) -> _Recipe:
    if not isinstance(criterion, RegressionCriterion):
        return _OF_LOGITS
    # The loss is the mean over the targets of a row, each of which has weights of its own.
    return _OF_NUMBERS._replace(c=_OF_NUMBERS.c * criterion.n_outputs)


def _n_ngrams(lengths: NDArray[np.int64], max_ngram: int) -> int:
    """Return how many n-grams there are in rows of such lengths."""
    longest = np.minimum(lengths, max_ngram)
    return int((longest * lengths - longest * (longest - 1) // 2).sum())


def _read(wide: WideLinear, data: SequenceData) -> tuple[_Terms, torch.Tensor, torch.Tensor]:
    """Return the n-grams of all rows, targets and weights."""
    # Pages that are not written take no memory: there may be as many as n-grams.
    most, n_terms = _n_ngrams(data.lengths_cpu, wide.max_ngram), 0
    codes, counts = np.empty(most, np.int64), np.empty(most, np.float32)
    per_row, targets, weights = [], [], []
    for batch, y in EvaluationBatches(data):
        found = _distinct(wide, batch)
        place = slice(n_terms, n_terms + len(found.codes))
        codes[place], counts[place] = found.codes, found.counts
        n_terms = place.stop
        per_row.append(found.per_row)
        targets.append(y.cpu())
        weights.append(row_weights(batch).cpu())
    terms = _Terms(codes[:n_terms], counts[:n_terms], np.concatenate(per_row))
    return terms, torch.cat(targets), torch.cat(weights)


def _distinct(wide: WideLinear, batch: Batch) -> _Terms:
    """Return the distinct n-grams of a batch; their codes tell lengths apart."""
    most = wide.prime * wide.max_ngram
    rows = torch.arange(len(batch), device=batch.values.device)
    keys = [
        (rows * most + codes * wide.max_ngram + n)[present]
        for n, (codes, present) in enumerate(wide.ngrams(batch))
    ]
    found, counts = torch.unique(torch.cat(keys), return_counts=True)
    rows = torch.div(found, most, rounding_mode="floor")
    return _Terms(
        (found - rows * most).cpu().numpy(),
        counts.float().cpu().numpy(),
        torch.bincount(rows, minlength=len(batch)).cpu().numpy(),
    )


def _tfidf(wide: WideLinear, terms: _Terms) -> tuple[Any, NDArray[np.int64], NDArray[np.float32]]:
    """Return normalized rows of the known n-grams, whose weights stand at places, and their idf."""
    is_known = _known(wide, terms.codes)
    shape = (len(terms.per_row), int(is_known.sum()))
    X = csr_matrix(_counted(wide, terms, is_known), shape)
    X.sum_duplicates()
    in_rows = np.zeros(shape[1], np.int64)
    for part in _parts(X.nnz):
        in_rows += np.bincount(X.indices[part], minlength=shape[1])
    idf = 1 + np.log((1 + shape[0]) / (1 + in_rows))
    for part in _parts(X.nnz):
        values, known = X.data[part], idf[X.indices[part]]
        X.data[part] = (1 + np.log(values)) * known
    squares = csr_matrix((X.data * X.data, X.indices, X.indptr), shape).sum(axis=1)
    norms = np.sqrt(np.maximum(squares, np.finfo(np.float32).tiny))
    X.data /= np.repeat(np.asarray(norms, np.float32).ravel(), np.diff(X.indptr))
    return X, np.flatnonzero(is_known), idf.astype(np.float32)


def _known(wide: WideLinear, codes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which places have a weight: of ids, and of n-grams in two rows or more."""
    ordered = np.sort(codes)
    is_known = np.zeros(len(wide.weight), bool)
    for part in _parts(len(ordered)):
        some = ordered[part.start : part.stop + _LEAST_ROWS - 1]
        again = some[_LEAST_ROWS - 1 :] == some[: len(some) - _LEAST_ROWS + 1]
        is_known[_places(wide, some[_LEAST_ROWS - 1 :][again])] = True
        is_known[_places(wide, some[some % wide.max_ngram == 0])] = True
    return is_known


def _counted(
    wide: WideLinear, terms: _Terms, is_known: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int32]]:
    """Return the counts of known n-grams, their columns, and where each row begins."""
    column = (np.cumsum(is_known) - 1).astype(np.int32)
    ends = np.cumsum(terms.per_row)
    begins = np.zeros(1 + len(ends), np.int32)
    counts, columns = np.empty(len(terms.codes), np.float32), np.empty(len(terms.codes), np.int32)
    n_kept = 0
    for part in _parts(len(terms.codes)):
        places = _places(wide, terms.codes[part])
        kept = is_known[places]
        kept_until = n_kept + np.cumsum(kept)
        written = slice(n_kept, int(kept_until[-1]))
        counts[written], columns[written] = terms.counts[part][kept], column[places[kept]]
        first, last = np.searchsorted(ends, [part.start, part.stop], side="right")
        begins[1 + first : 1 + last] = kept_until[ends[first:last] - part.start - 1]
        n_kept = written.stop
    return counts[:n_kept], columns[:n_kept], begins


def _places(wide: WideLinear, codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where the weights of n-grams are: codes are ids, 0; else hashes, n - 1."""
    numbers, longer = np.divmod(codes, wide.max_ngram)
    return np.where(longer, wide.n_tokens + numbers % max(1, wide.n_buckets), numbers)


def _parts(n: int) -> Iterator[slice]:
    """Yield slices of so many terms that what is computed of them takes little memory."""
    for start in range(0, n, _AT_ONCE):
        yield slice(start, min(n, start + _AT_ONCE))


def _minimum(rows: _Rows, criterion: Criterion, c: float, start: torch.Tensor) -> torch.Tensor:
    """Return the intercepts, and below them the weights, (1 + n_features, C)."""
    penalty = 1 / (c * float(rows.weights.sum()))
    weights = start.clone().requires_grad_()

    def loss() -> torch.Tensor:
        current = weights.detach()
        value, slope = _loss(rows, current, criterion)
        by_weights = torch.from_numpy(rows.X.T @ slope.numpy())
        by_weights.add_(current[1:], alpha=penalty)
        weights.grad = torch.cat([slope.sum(dim=0, keepdim=True), by_weights])
        plain = current[1:].flatten()
        return value + 0.5 * penalty * plain.dot(plain)

    solver = torch.optim.LBFGS(
        [weights],
        max_iter=_MOST_STEPS,
        tolerance_grad=_TOLERANCE,
        history_size=_HISTORY,
        line_search_fn="strong_wolfe",
    )
    solver.step(loss)  # type: ignore[no-untyped-call]
    return weights.detach()


def _loss(
    rows: _Rows, weights: torch.Tensor, criterion: Criterion
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the mean loss of rows, and its slope by their outputs, (n_rows, C)."""
    outputs = _outputs(rows.X, weights).requires_grad_()
    with torch.enable_grad():
        loss = _mean_loss(criterion, outputs, rows)
        (slope,) = torch.autograd.grad(loss, outputs)
    return loss.detach(), slope


def _mean_loss(criterion: Criterion, outputs: torch.Tensor, rows: _Rows) -> torch.Tensor:
    losses: torch.Tensor = criterion(outputs, rows.y).double()
    return (losses * rows.weights).sum() / rows.weights.sum()


def _outputs(X: Any, weights: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(X @ weights[1:].numpy()).add_(weights[0])


def _scale(
    rows: _Rows, held_out: NDArray[np.bool_], criterion: Criterion, c: float
) -> tuple[float, torch.Tensor]:
    """Return what outputs are to be multiplied by, learned on rows that are held out.

    Its logarithm has a normal prior, lest a few rows decide. The second result is the minimum on
    the others, (1 + n_features, C).
    """
    train, valid = (rows.take(np.flatnonzero(part)) for part in (~held_out, held_out))
    start = torch.zeros(1 + rows.X.shape[1], criterion.n_outputs, dtype=torch.float32)
    if not train.weights.any() or not valid.weights.any():
        return 1.0, start
    weights = _minimum(train, criterion, c, start)
    outputs = _outputs(valid.X, weights)
    total = float(valid.weights.sum())

    def loss(log_scale: float) -> float:
        scaled = math.exp(log_scale) * outputs
        return total * _mean_loss(criterion, scaled, valid).item() + log_scale**2 / 2

    found = minimize_scalar(loss, bounds=(-_WIDEST, _WIDEST), method="bounded")
    return math.exp(found.x), weights


@torch.no_grad()
def _set(
    wide: WideLinear,
    places: NDArray[np.int64],
    idf: NDArray[np.float32],
    weights: torch.Tensor,
) -> None:
    """Write intercepts, weights and idf of the known n-grams; all others are zero."""
    index = torch.from_numpy(places).to(wide.weight.device)
    wide.weight.zero_()[0] = weights[0].to(wide.weight)
    wide.weight[index] = (weights[1:] / wide.gain).to(wide.weight)
    wide.idf.zero_()[index] = torch.from_numpy(idf).to(wide.idf)
    wide.is_fitted = True
