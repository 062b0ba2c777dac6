"""What the learners on gensim share: parameters, corpus, training."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from numbers import Integral, Real
from queue import Queue
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray

from .._compat import import_optional
from .._containers._read_only import read_only
from .._containers._tokens import Tokens
from .._containers._vocabulary import Vocabulary
from .._estimators._constraints import N_JOBS, POSITIVE, POSITIVE_INT, Interval
from .._kernels._finite_dot import guard_dot
from ..vectors import SubwordVectors, WordVectors
from ._epoch_reporter import EpochReporter
from ._frequent_enough import check_frequent_enough

# gensim's C code ignores what is beyond this many tokens of one list: long documents are split.
MAX_LENGTH = 10_000
MIN_LEARNING_RATE = 1e-4  # gensim's own, at the end of training

# Numbers of trained vectors have some units; in their thousands, they have left all meaning.
_DIVERGED = 1e3
_TRAINED = ("vectors", "vectors_vocab", "vectors_ngrams", "syn1", "syn1neg")

_MOST_THREADS = 256  # of which a corpus keeps a few busy; to start millions takes for ever

METHODS = {"cbow": 0, "skipgram": 1}

MOST_NEGATIVE = 10**6  # samples for each neighbour: more would take for ever
NATIVE_COUNT = Interval(Integral, 1, 2**31 - 1, closed="both")  # what an int of C holds

#: Constraints of the parameters that all learners on gensim have.
GENSIM_CONSTRAINTS: dict[str, list[Any]] = {
    "embedding_dim": [NATIVE_COUNT],
    "window": [NATIVE_COUNT],
    "negative": [Interval(Integral, 0, MOST_NEGATIVE, closed="both")],
    "hierarchical_softmax": ["boolean"],
    "sample": [Interval(Real, 0, 2**31, closed="both")],
    "learning_rate_init": [POSITIVE],
    "max_iter": [POSITIVE_INT],
    "n_jobs": N_JOBS,
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
        "workers": min(effective_n_jobs(learner.n_jobs), _MOST_THREADS),
        "seed": learner._seed(),
    }


def import_models(needed_for: str) -> Any:
    """Import gensim's models, or say how to install gensim.

    From then on no learning rate makes them read memory that is not theirs.
    """
    inner = import_optional("gensim.models.word2vec_inner", needed_for=needed_for)
    guard_dot(inner.__pyx_capi__["our_dot"])
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
        self._names = np.array(tokens.vocabulary.tokens, dtype=object)

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
        If there are no tokens, or none is frequent enough.
    """
    model.build_vocab(corpus)
    check_frequent_enough(model.corpus_total_words, len(model.wv), min_count)


class Jobs:
    """Run a model's jobs of training in gensim's threads, and keep the first error of any thread.

    gensim would wait forever for a thread that an error has ended. Here the jobs that follow it
    are left out, and :meth:`check` raises it. An error where gensim waits for the threads, such as
    an interruption by the user, lets them end as well; they would wait for good, with the model.

    The loss is summed job by job: gensim adds up in one float32 for the whole fit, which takes
    nothing more on from 2**24 on. Each job, of some ten thousand tokens, starts from 0. Where
    threads share a model, what one of them adds is at times lost, in gensim as here.

    Parameters
    ----------
    model : gensim model
    corpus : iterable
        What it learns from; it may raise.
    """

    def __init__(self, model: Any, corpus: Any):
        self._model = model
        self._corpus = corpus
        self._train = model._do_train_job
        self._memory = model._get_thread_working_mem
        self._wait = model._log_epoch_progress
        self._error: BaseException | None = None
        self._total, self._n_tokens = 0.0, 0

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Let the model call this object instead of its own methods."""
        self._model._do_train_job = self._run
        self._model._get_thread_working_mem = self._working_memory
        self._model._log_epoch_progress = self._wait_for_threads
        try:
            yield
        finally:
            del self._model._do_train_job, self._model._get_thread_working_mem
            del self._model._log_epoch_progress

    def __iter__(self) -> Iterator[Any]:
        try:
            for document in self._corpus:
                if self._error is not None:
                    return
                yield document
        except Exception as error:
            self._error = self._error or error

    def _wait_for_threads(self, reports: Queue[Any], *args: Any, **options: Any) -> Any:
        try:
            return self._wait(reports, *args, **options)
        except BaseException as error:
            self._error = self._error or error
            with reports.not_full:  # from now on nobody takes them out
                reports.maxsize = sys.maxsize
                reports.not_full.notify_all()
            raise

    def _working_memory(self) -> Any:
        try:
            return self._memory()
        except BaseException as error:
            self._error = self._error or error

    def _run(self, job: Any, alpha: float, memory: Any) -> tuple[int, int]:
        if self._error is not None:
            return 0, 0
        self._model.running_training_loss = 0.0
        try:
            n_trained, n_tokens = self._train(job, alpha, memory)
        except BaseException as error:
            self._error = self._error or error
            return 0, 0
        self._total += float(self._model.running_training_loss)
        self._n_tokens += n_trained
        return n_trained, n_tokens

    def check(self) -> None:
        """Raise what a thread raised, or a ValueError if the training has diverged."""
        if self._error is not None:
            raise self._error
        model = self._model
        for part in (model, model.wv, getattr(model, "dv", None)):
            for name in _TRAINED:
                _check_size(getattr(part, name, None), model)

    def take_loss(self) -> float:
        """Return the mean loss of a token since the last call."""
        mean = self._total / max(1, self._n_tokens)
        self._total, self._n_tokens = 0.0, 0
        return mean


def _check_size(vectors: NDArray[np.float32] | None, model: Any) -> None:
    if vectors is None or not np.size(vectors):
        return
    # Both are NaN if any number is, and no comparison holds for it.
    largest = max(abs(float(vectors.min())), abs(float(vectors.max())))
    if not largest < _DIVERGED:
        raise ValueError(
            f"the training diverged: a number of its vectors became {largest:.3g}. "
            f"learning_rate_init={model.alpha} is too high for these documents and "
            f"negative={model.negative}: lower either."
        )


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
        Iterated once an epoch.
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

    Raises
    ------
    ValueError
        If the training diverges. Any other error of the corpus or of a thread, too.
    """
    options: dict[str, Any] = {"compute_loss": True} if has_loss else {}
    if total_words is None:
        options["total_examples"] = model.corpus_count
    else:
        options["total_words"] = total_words
    jobs = Jobs(model, corpus)
    callback = _EpochCallback(reporter, fitted, jobs, has_loss=has_loss)
    with jobs.in_place(), suppress(_Stopped):
        model.train(jobs, epochs=model.epochs, callbacks=[callback], **options)
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
    jobs : Jobs
        The model's.
    has_loss : bool
        Whether gensim computes the model's loss.
    """

    def __init__(
        self,
        reporter: EpochReporter,
        fitted: Callable[[Any], dict[str, Any]],
        jobs: Jobs,
        *,
        has_loss: bool,
    ):
        self._reporter = reporter
        self._fitted = fitted
        self._jobs = jobs
        self._has_loss = has_loss

    def on_train_begin(self, model: Any) -> None:
        pass

    def on_epoch_begin(self, model: Any) -> None:
        self._reporter.begin()

    def on_epoch_end(self, model: Any) -> None:
        self._jobs.check()
        loss = self._jobs.take_loss() if self._has_loss else None
        if self._reporter.end(lambda: self._fitted(model), loss):
            raise _Stopped

    def on_train_end(self, model: Any) -> None:
        pass


def word_vectors(keyed_vectors: Any, subwords: SubwordVectors | None = None) -> WordVectors:
    """Copy vectors out of a model that may go on learning."""
    words = Vocabulary(keyed_vectors.index_to_key)
    matrix = read_only(np.array(keyed_vectors.vectors, dtype=np.float32))
    return WordVectors(words, matrix, subwords=subwords)
