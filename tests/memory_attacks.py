"""Attacks on the memory of the kernels; `test_memory_safety` runs them as a program."""

from __future__ import annotations

import contextlib
import copy
import itertools
import pickle
import sys
import warnings

import numpy as np

from textvec import (
    BM25Transformer,
    CharTokenizer,
    CountVectorizer,
    Doc2Vec,
    DocumentDistance,
    EmbeddedSequences,
    EmbeddingVectorizer,
    FastText,
    FunctionTokenizer,
    GloVe,
    HashingVectorizer,
    KmerTokenizer,
    NgramDoc2Vec,
    OneHotVectorizer,
    Ragged,
    SequencePadder,
    SequenceVectorizer,
    SubwordTokenizer,
    TfidfVectorizer,
    Tokens,
    Vocabulary,
    Word2Vec,
    WordTokenizer,
    WordVectors,
)

DOCUMENTS = ["the frog sat on the log", "", "not good the frog", "x y the toad the"]
WORDS = ["the", "frog", "log", "toad"]
LEARNER = {"embedding_dim": 3, "min_count": 1, "max_iter": 1, "random_state": 0}
counts = {"steps": 0, "errors": 0}


def attempt(step):
    """Run a step; an error is an answer, a failed assertion or a huge allocation is none."""
    counts["steps"] += 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return step()
    except (AssertionError, SystemError, MemoryError):
        raise
    except Exception:
        counts["errors"] += 1
        return None


def tokens():
    return WordTokenizer(spans=True).transform(DOCUMENTS)


def ids():
    return SequenceVectorizer().fit_transform(DOCUMENTS)


def table():
    return WordVectors(WORDS, np.eye(4, 3, dtype=np.float32) + 1)


def embedded():
    return EmbeddingVectorizer(table()).fit_transform(DOCUMENTS)


CONTAINERS = [tokens, ids, lambda: Vocabulary(WORDS, first_id=2), embedded, table]
ARRAYS = [
    np.array([-1, 10**9, -(2**31)], np.int32),
    np.array([2**62, -(2**62), 5, 10**12], np.int64),
    np.array([0, 2**40], np.int64),
    np.array([5, 3, 9, 0], np.int64),
    np.array([], np.int64),
    np.array([0.5, np.nan]),
    np.array(["a", "b"]),
    np.array([None, {}], object),
    np.array([255, 128, 7], np.uint8),
    np.zeros((3, 4), np.int32),
    np.full((6, 3), 2**31 - 1, np.int64)[::2],
    np.int64(7),
    None,
    "text",
]
KEYS = [-1, 10**9, -(2**63), slice(None, None, -1), slice(10**18, -(10**18)), [], [0, 99], [True]]


FILES = {"load", "save", "from_gensim"}  # methods that are about files


def uses(container):
    """Return what reads a container: its public methods and the estimators that take it."""
    names = [n for n in dir(type(container)) if not n.startswith("_") and n not in FILES]
    methods = [getattr(container, n) for n in names if callable(getattr(type(container), n))]
    dunders = [len, list, repr, hash, copy.copy, copy.deepcopy, pickle.dumps, np.asarray]
    return [
        *methods,
        *((lambda f=f: f(container)) for f in dunders),
        *((lambda k=k: container[k]) for k in KEYS),
        lambda: container == copy.copy(container),
        lambda: container.concat(container),
        lambda: container.truncated(2).to_padded(3),
        lambda: container.to_padded(10),
        lambda: container.lookup(["frog", ""]),
        lambda: container.take([0, 1]),
        lambda: container.merge(container),
        lambda: container.nearest("frog", k=3),
        lambda: container.analogy(["frog"], ["toad"]),
        lambda: container.lookup_table(),
        lambda: container.to_ragged(),
    ]


def readers():
    return [
        CountVectorizer(ngram_range=(1, 3)),
        TfidfVectorizer(),
        HashingVectorizer(n_features=8, ngram_range=(1, 2)),
        SequenceVectorizer(),
        SequenceVectorizer(ngram_range=(1, 2)),
        OneHotVectorizer(),
        OneHotVectorizer(output="sequence"),
        EmbeddingVectorizer(table()),
        EmbeddingVectorizer(table(), pooling="mean"),
        EmbeddingVectorizer(table(), pooling="sif"),
        DocumentDistance(table()),
        DocumentDistance(table(), metric="rwmd"),
        GloVe(**LEARNER),
        SequencePadder(3),
        Word2Vec(**LEARNER),
        FastText(n_buckets=20, **LEARNER),
        Doc2Vec(**LEARNER),
        NgramDoc2Vec(**LEARNER),
    ]


def read_by_all(X):
    for estimator in readers():
        attempt(lambda e=estimator: e.fit_transform(X))
        attempt(lambda e=estimator: e.fit(DOCUMENTS).transform(X))


def writes(container):
    """Try to write to every array of a container, by every way NumPy has."""
    for name in ("values", "offsets", "spans", "buffer", "matrix", "table"):
        array = getattr(container, name, None)
        if not isinstance(array, np.ndarray):
            continue
        attempt(lambda a=array: a.__setitem__(slice(None), 10**9 % 251))
        attempt(lambda a=array: a.setflags(write=True))
        attempt(lambda a=array: a.base.setflags(write=True))
        attempt(lambda a=array: np.copyto(a, 99, casting="unsafe"))
        attempt(lambda a=array: np.putmask(a, a >= 0, 10**9))
        attempt(lambda a=array: a.resize(1000))
        attempt(lambda a=array: setattr(a, "shape", (-1, 1)))
        attempt(lambda a=array: a.view(np.int8).__setitem__(0, 1))
        attempt(lambda a=array: a.sort())
        attempt(lambda a=array: memoryview(a).__setitem__(0, 1))
        for value in ARRAYS:
            attempt(lambda n=name, v=value: setattr(container, n, v))


def attack_containers():
    for make in CONTAINERS:
        container = make()
        writes(container)
        for use in uses(container):
            attempt(use)
        for name, value in itertools.product(("values", "offsets", "n_ids", "vocabulary"), ARRAYS):
            attempt(lambda n=name, v=value, c=container: object.__setattr__(c, n, v))
        for use in uses(container):
            attempt(use)
        read_by_all(container)
    for values, offsets in itertools.product(ARRAYS, ARRAYS):
        rows = attempt(lambda v=values, o=offsets: Ragged(v, o))
        if rows is not None:
            for use in uses(rows):
                attempt(use)
        attempt(lambda v=values, o=offsets: Tokens(v, o, Vocabulary(WORDS)).to_list())
        attempt(lambda v=values, o=offsets: Vocabulary.from_buffer(v, o).tokens)
    for values in ARRAYS:
        attempt(lambda v=values: Ragged.from_rows([v, v]).to_padded(5))
        attempt(lambda v=values: Vocabulary(WORDS).take(v))
        attempt(lambda v=values: EmbeddedSequences(Ragged.from_rows([v]), np.zeros((3, 2))))
        attempt(lambda v=values: WordVectors(WORDS, v))


def attack_states():
    """Put lying arrays into the states that pickles and copies are made of."""
    for make in CONTAINERS:
        container = make()
        kind, arguments, *rest = container.__reduce_ex__(4)
        for place, value in itertools.product(range(len(arguments)), ARRAYS):
            changed = [*arguments[:place], value, *arguments[place + 1 :]]
            exercise(attempt(lambda k=kind, c=changed: k(*c)))
        state = rest[0] if rest and isinstance(rest[0], dict) else {}
        for name, value in itertools.product(state, ARRAYS):
            exercise(attempt(lambda m=make, s={**state, name: value}: with_state(m(), s)))


def attack_attributes():
    """Overwrite private attributes, where only the memory is safe: results may be anything."""
    for make in CONTAINERS:
        names = [*getattr(make(), "__dict__", {}), *getattr(type(make()), "__slots__", ())]
        for name, value in itertools.product(names, ARRAYS):
            container = attempt(lambda m=make, n=name, v=value: with_attribute(m(), n, v))
            with contextlib.suppress(MemoryError):
                exercise(container)


def with_state(container, state):
    made = type(container).__new__(type(container))
    made.__setstate__(state)
    return made


def with_attribute(container, name, value):
    object.__setattr__(container, name, value)
    return container


def exercise(container):
    if container is None:
        return
    for use in uses(container):
        attempt(use)
    if isinstance(container, Tokens):
        for estimator in readers()[:10]:
            attempt(lambda e=estimator: e.fit_transform(container))
            attempt(lambda e=estimator: e.fit(DOCUMENTS).transform(container))
    if isinstance(container, Vocabulary):
        attempt(
            lambda: SequenceVectorizer(vocabulary=container).fit(DOCUMENTS).transform(DOCUMENTS)
        )


def attack_estimators():
    """Foreign tokens, vocabularies and arrays, and fitted attributes that are written to."""
    foreign = Tokens.from_lists([["zebra", "frog"], [], ["\ud800", "x" * 10_000]])
    for X in [foreign, foreign[[2, 0]], foreign[:0], tokens(), ids(), embedded(), *ARRAYS]:
        read_by_all(X)
    for estimator in readers():
        estimator.fit(ids() if isinstance(estimator, SequencePadder) else DOCUMENTS)
        for name in [n for n in vars(estimator) if n.endswith("_")]:
            kept = getattr(estimator, name)
            for value in [*ARRAYS, {}, {"the": 10**9}, {"the": -1}, Vocabulary(["q"]), table()]:
                attempt(lambda e=estimator, n=name, v=value: setattr(e, n, v))
                attempt(lambda e=estimator: e.transform(DOCUMENTS))
                attempt(lambda e=estimator: e.transform(foreign))
                attempt(lambda e=estimator: e.get_feature_names_out())
                attempt(lambda e=estimator: e.inverse_transform(ids()))
            attempt(lambda e=estimator, n=name, v=kept: setattr(e, n, v))
    for X in ARRAYS:
        attempt(lambda X=X: BM25Transformer().fit_transform(X))


RUBBISH = [
    None,
    3,
    b"bytes",
    "text",
    [b"x"],
    [None],
    [1, 2],
    [["a"]],
    ["\ud800", "\0", ""],
    {"a", "b"},
    {"a": 1},
    iter([]),
    np.array([1, 2]),
    np.array(["a", "b"]),
    object(),
    foreign_error := ValueError("raised by the user's function"),
]


def returning(value):
    def function(document):
        if isinstance(value, Exception):
            raise value
        return value

    return function


def attack_functions():
    """Functions of the user's that return anything."""
    for value in RUBBISH:
        attack_by(value)


def attack_by(value):
    function = returning(value)
    for option in ("tokenizer", "preprocessor", "analyzer", "strip_accents"):
        for kind in (CountVectorizer, TfidfVectorizer, HashingVectorizer):
            attempt(lambda k=kind, o=option: k(**{o: function}).fit_transform(DOCUMENTS))
    attempt(lambda: FunctionTokenizer(function).transform(DOCUMENTS))
    attempt(lambda: WordTokenizer(strip_accents=function).transform(DOCUMENTS))
    for kind in (SequenceVectorizer, OneHotVectorizer, GloVe, Word2Vec):
        attempt(lambda k=kind: k(tokenizer=function).fit_transform(DOCUMENTS))
    attempt(lambda: Tokens.from_lists([value]))
    attempt(lambda: Vocabulary(value))
    attempt(lambda: Vocabulary(WORDS).lookup(value))
    attempt(lambda: table().nearest(value))
    fitted = attempt(lambda: SubwordTokenizer(vocab_size=40).fit(DOCUMENTS))
    attempt(lambda f=fitted: with_attribute(f, "tokenizer_", value).transform(DOCUMENTS))
    attempt(lambda f=fitted: with_attribute(f, "vocabulary_", value).transform(DOCUMENTS))


def attack_parameters():
    """Parameters that are no sizes."""
    sizes = [0, -1, 2**31, 2**63, 10**30, 1.5, float("nan"), "3", None, True, (3, 1), [2]]
    for kind in (CountVectorizer, TfidfVectorizer, HashingVectorizer, SequenceVectorizer):
        for name, value in itertools.product(kind().get_params(), sizes):
            attempt(lambda k=kind, n=name, v=value: k(**{n: v}).fit_transform(DOCUMENTS))
    for kind in (WordTokenizer, CharTokenizer, KmerTokenizer, OneHotVectorizer):
        names = kind(3).get_params() if kind is KmerTokenizer else kind().get_params()
        for name, value in itertools.product(names, sizes):
            attempt(lambda k=kind, n=name, v=value: k(**{n: v}).fit_transform(DOCUMENTS))
    for name, value in itertools.product(SequencePadder().get_params(), sizes):
        if value not in (2**31, 2**63, 10**30):  # of memory
            attempt(lambda n=name, v=value: SequencePadder(**{n: v}).fit_transform(ids()))
    for value in sizes:
        attempt(lambda v=value: Ragged.from_rows([[1], [2, 3]]).truncated(v))
        attempt(lambda v=value: Ragged.from_rows([[1], [2, 3]], n_ids=v))
        attempt(lambda v=value: table().nearest("frog", k=v, limit=v))
        attempt(lambda v=value: Vocabulary(WORDS, first_id=v))


def limit_memory():
    """Let a huge allocation fail at once, where the system can be told so."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))


if __name__ == "__main__":
    limit_memory()
    for group in sys.argv[1:]:
        counts.update(steps=0, errors=0)
        globals()[f"attack_{group}"]()
        print(group, counts["steps"], counts["errors"], flush=True)
