"""What the learners on gensim share: parameters, corpus, training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from numbers import Integral
from typing import Any

import numpy as np
from joblib import effective_n_jobs

from .._compat import import_optional
from .._constraints import NOT_NEGATIVE, NOT_NEGATIVE_INT, POSITIVE, POSITIVE_INT
from .._tokens import Tokens
from .._vocabulary import Vocabulary
from ..vectors import WordVectors
from ._epoch_reporter import EpochReporter

# gensim's C code ignores what is beyond this many tokens of one list: long documents are split.
MAX_LENGTH = 10_000
MIN_LEARNING_RATE = 1e-4  # gensim's own, at the end of training

METHODS = {"cbow": 0, "skipgram": 1}

#: Constraints of the parameters that all learners on gensim have.
GENSIM_CONSTRAINTS: dict[str, list[Any]] = {
    "negative": [NOT_NEGATIVE_INT],
    "hierarchical_softmax": ["boolean"],
    "sample": [NOT_NEGATIVE],
    "learning_rate_init": [POSITIVE],
    "max_iter": [POSITIVE_INT],
    "n_jobs": [Integral, None],
}


def gensim_parameters(learner: Any) -> dict[str, Any]:
    """Return the parameters that learners on gensim have in common, by gensim's names."""
    if not (learner.negative or learner.hierarchical_softmax):
        raise ValueError("negative=0 needs hierarchical_softmax=True: nothing would be learned.")
    return {
        "vector_size": int(learner.embedding_dim),
        "window": int(learner.window),
        "min_count": int(learner.min_count),
        "negative": int(learner.negative),
        "hs": int(learner.hierarchical_softmax),
        "sample": learner.sample,
        "alpha": learner.learning_rate_init,
        "min_alpha": min(learner.learning_rate_init, MIN_LEARNING_RATE),
        "epochs": int(learner.max_iter),
        "workers": effective_n_jobs(learner.n_jobs),
        "seed": learner._seed(),
    }


def import_models(needed_for: str) -> Any:
    """Import gensim's models, or say how to install gensim."""
    return import_optional("gensim.models", needed_for=needed_for)


class TokenLists:
    """Documents as lists of str, made one at a time on every iteration.

    There is one str for each distinct token: 25,000 reviews take a few megabytes and not the
    hundreds that all of their lists would.

    Parameters
    ----------
    tokens : Tokens
        The documents.
    """

    def __init__(self, tokens: Tokens):
        self._tokens = tokens
        self._names = np.empty(len(tokens.vocabulary), dtype=object)
        self._names[:] = tokens.vocabulary.tokens

    def __iter__(self) -> Iterator[list[str]]:
        return (part for _, part in self.with_rows())

    def with_rows(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, list[str]]]:
        """Iterate over lists with the row of their document; a long document has several.

        Parameters
        ----------
        start, stop : int
            The rows to iterate over; a `stop` of None is the end.
        """
        values, names = self._tokens.values, self._names
        bounds = self._tokens.offsets[start : None if stop is None else stop + 1].tolist()
        for row, (first, end) in enumerate(pairwise(bounds), start):
            for at in range(first, max(end, first + 1), MAX_LENGTH):
                yield row, names[values[at : min(end, at + MAX_LENGTH)]].tolist()


def build_vocabulary(model: Any, corpus: Any, min_count: int) -> None:
    """Build a model's vocabulary.

    Raises
    ------
    ValueError
        If no token is frequent enough.
    """
    model.build_vocab(corpus)
    if not len(model.wv):
        raise ValueError(
            f"no token occurs min_count={min_count} times: lower min_count or fit on more "
            "documents."
        )


class LossMeter:
    """Sum a model's loss job by job.

    gensim adds up in one float32 for the whole fit, which takes nothing more on from 2**24 on:
    here each job, of some ten thousand tokens, starts from 0. Where threads share a model, what
    one of them adds is at times lost, in gensim as here.
    """

    def __init__(self, model: Any):
        self._model = model
        self._train = model._do_train_job
        self._total, self._n_tokens = 0.0, 0
        model._do_train_job = self

    def __call__(self, job: Any, alpha: float, memory: Any) -> tuple[int, int]:
        self._model.running_training_loss = 0.0
        n_trained, n_tokens = self._train(job, alpha, memory)
        self._total += float(self._model.running_training_loss)
        self._n_tokens += n_trained
        return n_trained, n_tokens

    def take(self) -> float:
        """Return the mean loss of a token since the last call."""
        mean = self._total / max(1, self._n_tokens)
        self._total, self._n_tokens = 0.0, 0
        return mean


def train(
    model: Any,
    corpus: Any,
    reporter: EpochReporter,
    fitted: Callable[[Any], dict[str, Any]],
    *,
    has_loss: bool = False,
    total_words: int | None = None,
) -> dict[str, Any]:
    """Train a model for its epochs, or until a callback stops it.

    Parameters
    ----------
    model : gensim model
        With its vocabulary.
    corpus : iterable
        Iterated once an epoch. It must not raise: gensim would wait for it forever.
    reporter : EpochReporter
        Reports each epoch.
    fitted : callable
        Returns the fitted attributes of a model as it is, all but those of training.
    has_loss : bool, default=False
        Whether gensim computes the model's loss.
    total_words : int or None, default=None
        Number of tokens of an epoch, by which the learning rate falls; None goes by documents.

    Returns
    -------
    dict
        The fitted attributes, with ``n_iter_`` and, if there is a loss, ``loss_curve_``.
    """
    options: dict[str, Any] = {"compute_loss": True} if has_loss else {}
    if total_words is None:
        options["total_examples"] = model.corpus_count
    else:
        options["total_words"] = total_words
    callback = _EpochCallback(reporter, fitted, LossMeter(model) if has_loss else None)
    with suppress(_Stopped):
        model.train(corpus, epochs=model.epochs, callbacks=[callback], **options)
    curve = {"loss_curve_": reporter.losses} if has_loss else {}
    return fitted(model) | curve | {"n_iter_": reporter.n_done}


class _Stopped(Exception):
    """Raised where a callback stops the training."""


class _EpochCallback:
    """Report gensim's epochs; gensim calls the four public methods.

    Parameters
    ----------
    reporter : EpochReporter
        Reports each epoch.
    fitted : callable
        Returns the fitted attributes of a model as it is.
    meter : LossMeter or None
        Of a model with a loss.
    """

    def __init__(
        self,
        reporter: EpochReporter,
        fitted: Callable[[Any], dict[str, Any]],
        meter: LossMeter | None,
    ):
        self._reporter = reporter
        self._fitted = fitted
        self._meter = meter

    def on_train_begin(self, model: Any) -> None:
        pass

    def on_epoch_begin(self, model: Any) -> None:
        self._reporter.begin()

    def on_epoch_end(self, model: Any) -> None:
        loss = None if self._meter is None else self._meter.take()
        if self._reporter.end(lambda: self._fitted(model), loss):
            raise _Stopped

    def on_train_end(self, model: Any) -> None:
        pass


def word_vectors(keyed_vectors: Any, subwords: Any = None) -> WordVectors:
    """Copy vectors out of a model that may go on learning."""
    words = Vocabulary(keyed_vectors.index_to_key)
    matrix = np.array(keyed_vectors.vectors, dtype=np.float32)
    return WordVectors(words, matrix, subwords=subwords)
