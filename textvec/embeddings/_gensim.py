"""What the learners on gensim share: the corpus it reads, and the passes it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import numpy as np
from joblib import effective_n_jobs

from .._compat import import_optional
from .._tokens import Tokens
from .._vocabulary import Vocabulary
from ..vectors import WordVectors
from ._vector_learner import Passes

# gensim's C code drops what is beyond this many tokens of one list: long documents go in parts.
MAX_LENGTH = 10_000
MIN_LEARNING_RATE = 1e-4  # gensim's own, which the learning rate falls to

METHODS = {"cbow": 0, "skipgram": 1}


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
        """Give each list with the row of its document; a long document has several.

        Parameters
        ----------
        start, stop : int
            Rows to give; a `stop` of None is behind the last.
        """
        values, names = self._tokens.values, self._names
        bounds = self._tokens.offsets[start : None if stop is None else stop + 1].tolist()
        for row, (first, end) in enumerate(pairwise(bounds), start):
            for at in range(first, max(end, first + 1), MAX_LENGTH):
                yield row, names[values[at : min(end, at + MAX_LENGTH)]].tolist()


class _Stopped(Exception):
    """A callback asks for no more passes."""


class PassReports:
    """Report gensim's passes; gensim calls the four methods below.

    Parameters
    ----------
    passes : Passes
        Told of each.
    fitted : callable
        Gives the fitted attributes of a model as it stands.
    meter : LossMeter or None, default=None
        Where the model has a loss.
    """

    def __init__(
        self,
        passes: Passes,
        fitted: Callable[[Any], dict[str, Any]],
        meter: LossMeter | None = None,
    ):
        self._passes = passes
        self._fitted = fitted
        self._meter = meter

    def on_train_begin(self, model: Any) -> None:
        pass

    def on_epoch_begin(self, model: Any) -> None:
        self._passes.begin()

    def on_epoch_end(self, model: Any) -> None:
        loss = None if self._meter is None else self._meter.take()
        if self._passes.end(lambda: self._fitted(model), loss):
            raise _Stopped

    def on_train_end(self, model: Any) -> None:
        pass


class LossMeter:
    """Sum a model's loss job by job.

    gensim adds up in one float32 for the whole fit, which takes nothing more on from 2**24 on:
    here each job, of some ten thousand tokens, begins at 0. Where threads share a model, what
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
        """Give the mean loss of a token since the last call."""
        mean = self._total / max(1, self._n_tokens)
        self._total, self._n_tokens = 0.0, 0
        return mean


def gensim_parameters(learner: Any) -> dict[str, Any]:
    """Give the parameters that learners on gensim have in common, by gensim's names."""
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


def check_vocabulary(model: Any, min_count: int) -> None:
    """Raise a ValueError if no token is frequent enough."""
    if not len(model.wv):
        raise ValueError(
            f"no token occurs min_count={min_count} times: lower min_count or give more documents."
        )


def train(
    model: Any,
    corpus: Any,
    reports: PassReports,
    *,
    compute_loss: bool = False,
    total_words: int | None = None,
) -> None:
    """Make all passes, or as many as callbacks let it make.

    Parameters
    ----------
    model : gensim model
        With its vocabulary.
    corpus : iterable
        Iterated once a pass. It must not raise: gensim would wait for it forever.
    reports : PassReports
        Told of each pass.
    compute_loss : bool, default=False
        Whether gensim adds its loss up.
    total_words : int or None, default=None
        Number of tokens of a pass, by which the learning rate falls; None goes by documents.
    """
    options: dict[str, Any] = {"compute_loss": True} if compute_loss else {}
    if total_words is None:
        options["total_examples"] = model.corpus_count
    else:
        options["total_words"] = total_words
    with suppress(_Stopped):
        model.train(corpus, epochs=model.epochs, callbacks=[reports], **options)


def word_vectors(keyed_vectors: Any, subwords: Any = None) -> WordVectors:
    """Copy vectors out of a model that may go on learning."""
    words = Vocabulary(keyed_vectors.index_to_key)
    matrix = np.array(keyed_vectors.vectors, dtype=np.float32)
    return WordVectors(words, matrix, subwords=subwords)


def import_models(needed_for: str) -> Any:
    """Import gensim's models, or say how to get them."""
    return import_optional("gensim.models", needed_for=needed_for)
