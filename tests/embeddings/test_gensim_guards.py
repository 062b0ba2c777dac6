"""No rate, window or count crashes or hangs gensim's native code, and no error in it is lost."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest
from sklearn.utils._param_validation import InvalidParameterError

from textvec import Dna2Vec, Doc2Vec, FastText, FunctionTokenizer, Word2Vec
from textvec._kernels._finite_dot import guard_dot
from textvec.embeddings._gensim import TokenLists

pytest.importorskip("gensim", reason="gensim is not installed")

SMALL = {"embedding_dim": 4, "min_count": 1, "max_iter": 1, "random_state": 0}
DOCUMENTS = ["aa bb cc dd"] * 30
JOBS = ["aa bb cc dd " * 2500] * 20  # a document each, and more than gensim's queues hold
KINDS = [FastText, Word2Vec, Doc2Vec]


def small(kind, **options):
    buckets = {"n_buckets": 99} if kind is FastText else {}
    return kind(**SMALL | buckets | options)


# In a process of its own: it must live.
HIGH_RATES = """
import sys
import numpy as np
from textvec import Doc2Vec, FastText, Word2Vec
rng = np.random.default_rng(0)
drawn = [" ".join(f"word{i}" for i in rng.integers(0, 200, size=50)) for _ in range(100)]
repeated = ["aa bb aa bb aa aa " * 40] * 50
small = {"embedding_dim": 20, "min_count": 1, "max_iter": 1, "random_state": 0}
for rate in (0.5, 1.0, 100, 1e38, 1e39):
    for kind, other in (FastText, "skipgram"), (Word2Vec, "skipgram"), (Doc2Vec, "dbow"):
        for options in {}, {"method": other}, {"hierarchical_softmax": True}, {"window": 100}:
            for documents in drawn, repeated:
                learner = kind(learning_rate_init=rate, **small, **options)
                if kind is FastText:
                    learner.set_params(n_buckets=1000)
                try:
                    learner.fit(documents)
                except ValueError as error:
                    assert "learning_rate_init" in str(error), error
"""


def test_high_rates_end_in_an_error_or_in_numbers():
    run = subprocess.run([sys.executable, "-c", HIGH_RATES], timeout=300, capture_output=True)
    assert run.returncode == 0, run.stderr.decode()


@pytest.mark.parametrize(("kind", "rate"), [(FastText, 1.0), (Word2Vec, 1e38), (Doc2Vec, 1e38)])
def test_training_that_diverges_is_an_error(kind, rate):
    documents = [" ".join(f"w{i * j % 37}" for j in range(40)) for i in range(99)]
    with pytest.raises(ValueError, match=r"diverged: .* learning_rate_init=.* is too high"):
        small(kind, learning_rate_init=rate, embedding_dim=20, max_iter=3).fit(documents)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["window", "negative", "embedding_dim"])
@pytest.mark.parametrize("value", [2**31, sys.maxsize, 10**30])
def test_counts_that_c_cannot_hold_are_refused(kind, name, value):
    with pytest.raises(InvalidParameterError, match=f"'{name}'"):
        small(kind, **{name: value}).fit(DOCUMENTS)


@pytest.mark.parametrize("name", ["min_n", "max_n", "n_buckets"])
def test_counts_of_subwords_that_c_cannot_hold_are_refused(name):
    with pytest.raises(InvalidParameterError, match=f"'{name}'"):
        small(FastText, **{name: 2**31}).fit(DOCUMENTS)


def test_numbers_for_which_a_fit_would_not_end_are_refused():
    # gensim draws each sample by itself, and makes the square root of a sum of the threshold.
    for learner, name in (
        (small(Word2Vec, negative=10**9), "negative"),
        (Dna2Vec(negative=10**9), "negative"),
        (Dna2Vec(negative=0), "negative"),
        (small(FastText, sample=1e308), "sample"),
        (small(Doc2Vec, infer_iter=10**9), "infer_iter"),
    ):
        with pytest.raises(InvalidParameterError, match=f"'{name}' parameter"):
            learner.fit(DOCUMENTS)


def test_the_widest_window_trains():
    assert len(small(Word2Vec, window=2**31 - 1).fit(DOCUMENTS).vectors_) == 4


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("method", ["_do_train_job", "_get_thread_working_mem", "corpus"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_error_in_a_thread_ends_fit(kind, method, n_jobs, monkeypatch):
    def fails(*args, **kwargs):
        raise MemoryError("of a thread")

    if method == "corpus":
        iterations = []
        whole = TokenLists.with_rows

        def with_rows(self, *args):
            iterations.append(1)
            return whole(self, *args) if len(iterations) == 1 else fails()

        monkeypatch.setattr(TokenLists, "with_rows", with_rows)
    else:
        # Doc2Vec and FastText have their own.
        for cls in kind_of_gensim(kind).__mro__:
            if method in vars(cls):
                monkeypatch.setattr(cls, method, fails)
    with pytest.raises(MemoryError, match="of a thread"):
        small(kind, n_jobs=n_jobs).fit(DOCUMENTS)


def kind_of_gensim(kind):
    from gensim import models

    return getattr(models, kind.__name__)


def test_a_model_has_its_own_methods_back():
    model = small(Doc2Vec).fit(DOCUMENTS).model_
    replaced = {"_do_train_job", "_get_thread_working_mem", "_log_epoch_progress"}
    assert not replaced & set(vars(model))


def test_only_the_pointer_of_gensim_is_taken():
    from gensim.models import word2vec_inner

    with pytest.raises(ValueError, match="gensim's dot product"):
        guard_dot(word2vec_inner.__pyx_capi__["sdot"])


def test_lone_surrogates_are_named_where_gensim_hashes_bytes():
    documents = ["cc dd", "a\ud800b cc", "cc dd"]
    tokenizer = FunctionTokenizer(str.split)
    assert len(small(Word2Vec, tokenizer=tokenizer).fit(documents).vectors_) == 3
    with pytest.raises(ValueError, match=r"row 1 holds the token 'a\\ud800b', which holds a lone"):
        small(FastText, tokenizer=tokenizer).fit(documents)
    rare = small(FastText, tokenizer=tokenizer, min_count=2).fit(documents)
    assert set(rare.vectors_) == {"cc", "dd"}
    assert np.isfinite(rare.transform(documents)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_documents_without_tokens_are_named(kind):
    with pytest.raises(ValueError, match="the documents hold no tokens"):
        small(kind).fit(["", " "])


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_changed_after_fit_are_checked_again(kind):
    learner = small(kind).fit(DOCUMENTS)
    before = learner.vectors_
    with pytest.raises(InvalidParameterError, match="'window'"):
        learner.set_params(window=2**40).fit(DOCUMENTS)
    assert learner.vectors_ is before
    learner.set_params(window=np.uint8(255), negative=np.int8(2), embedding_dim=np.int16(6))
    assert learner.fit(DOCUMENTS).vectors_.embedding_dim == 6


@pytest.mark.parametrize("kind", KINDS)
def test_more_threads_than_any_machine_has(kind):
    with pytest.raises(ValueError, match="The 'n_jobs' parameter of .* Got 1099511627776"):
        small(kind, n_jobs=2**40).fit(DOCUMENTS)
    assert len(small(kind, n_jobs=64).fit(DOCUMENTS).vectors_) == 4


def test_an_error_names_all_that_may_be_too_high():
    with pytest.raises(ValueError, match=r"negative=100000: lower either"):
        small(Word2Vec, negative=10**5).fit(DOCUMENTS)


@pytest.mark.parametrize("kind", KINDS)
def test_an_interruption_ends_fit_and_changes_nothing(kind, monkeypatch):
    learner = small(kind, n_jobs=2).fit(DOCUMENTS)
    before, threads = vars(learner).copy(), set(threading.enumerate())
    gensim, begun, over = kind_of_gensim(kind), [], threading.Event()
    wait, train = gensim._log_epoch_progress, gensim._do_train_job

    # Raised where the main thread waits for the others, and not by a signal: Python loses an
    # exception of a handler that happens to run in a callback of a weak reference.
    def interrupted(self, *args, **kwargs):
        begun.append(self)
        if len(begun) == 3:
            raise KeyboardInterrupt
        return wait(self, *args, **kwargs)

    def endless(self, *args):
        if len(begun) >= 3:
            over.wait()
        return train(self, *args)

    monkeypatch.setattr(gensim, "_log_epoch_progress", interrupted)
    monkeypatch.setattr(gensim, "_do_train_job", endless)
    try:
        with pytest.raises(KeyboardInterrupt):
            learner.set_params(max_iter=9).fit(JOBS)
    finally:
        over.set()
    assert len(begun) == 3
    for thread in set(threading.enumerate()) - threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    assert vars(learner) == before | {"max_iter": 9}
