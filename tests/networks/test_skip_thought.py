"""Sentence vectors: triples by hand, the network against plain torch, the map against NumPy."""

from __future__ import annotations

import pickle
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from skorch.callbacks import Callback
from torch.nn import functional as F

from textvec import CharTokenizer, SkipThought, SubwordTokenizer, Tokens, WordTokenizer, WordVectors
from textvec.networks._records import FitData
from textvec.nn import IGNORE_INDEX

STORIES = [
    "The cat sleeps. It purrs softly in the sun. A bird sings!",
    "",
    "One sentence only",
    "A dog barks. ... The cat runs away.",
    ["the dog sleeps", "it snores"],
]
TEXTS = STORIES[:4]
SMALL = {"hidden_size": 5, "embedding_dim": 4, "max_iter": 1, "random_state": 0}


def small(**options):
    return SkipThought(**(SMALL | options))


def still(**options):
    """Make a model whose fit computes the loss of its first weights, and changes nothing."""
    return small(optimizer="sgd", learning_rate_init=1e-30, batch_size=100, **options)


# --- triples ----------------------------------------------------------------------------------


def triples(model, documents):
    """Return (before, sentence, after) as the network reads them, in words."""
    plan = model._plan(FitData(documents), previous=model.net_)
    data = plan.examples.on(torch.device("cpu"))
    x, y = data.gather(torch.arange(len(data)), int(data.lengths_cpu.max()))
    assert y.before.data_ptr() != y.after.data_ptr()
    assert data.targets.before.values is data.rows.values  # no copy of the ids
    names = ["", "[UNK]", *model.vectorizer_.vocabulary_.tokens]

    def words(rows):
        columns = [[i for i in row if i not in (0, IGNORE_INDEX)] for row in rows.T.tolist()]
        return [" ".join(names[i] for i in row) for row in columns]

    return list(zip(words(y.before), words(x.values), words(y.after), strict=True))


def test_triples_by_hand():
    model = small().fit(TEXTS)
    assert model.n_sentences_ == 5
    a, b, c = "the cat sleeps", "it purrs softly in the sun", "a bird sings"
    d, e = "a dog barks", "the cat runs away"
    expected = [("", a, b), (a, b, c), (b, c, ""), ("", d, e), (d, e, "")]
    assert triples(model, TEXTS) == expected
    # A part of the rows, as a batch or a validation split takes it.
    assert triples(small(max_length=2).fit(TEXTS), TEXTS) == [
        tuple(" ".join(s.split()[:2]) for s in triple) for triple in expected
    ]


def test_lists_of_sentences_and_splitters():
    lists = [["the cat sleeps", "it purrs"], [], ["alone"], ("a", "b", "c")]
    model = small().fit(lists)
    assert triples(model, lists)[:2] == [
        ("", "the cat sleeps", "it purrs"),
        ("the cat sleeps", "it purrs", ""),
    ]
    lines = ["the cat sleeps\nit purrs", "", "alone", "a\nb\nc"]
    by_line = small(sentence_splitter=str.splitlines).fit(lines)
    assert triples(by_line, lines) == triples(model, lists)
    series = pd.Series(TEXTS)
    assert np.array_equal(small().fit(series).transform(TEXTS), small().fit(TEXTS).transform(TEXTS))


# --- against plain torch ----------------------------------------------------------------------


def plain_gru(layer):
    gru = torch.nn.GRU(layer.input_size, layer.hidden_size)
    gru.load_state_dict(layer.state_dict())
    return gru


def vectors_by_hand(model, ids):
    """Return the encoder's last state of a row of ids, (1, K), by plain torch."""
    module = deepcopy(model.net_.module_).cpu()
    x = module.embedding.weight[ids][:, None]  # (T, 1, D)
    states = [plain_gru(module.body.forward_layers[0])(x)[1]]
    if module.body.bidirectional:
        states.append(plain_gru(module.body.backward_layers[0])(x.flip(0))[1])
    return torch.cat(states, dim=2)[0]


@pytest.mark.parametrize("bidirectional", [False, True])
def test_vectors_are_the_last_state_of_a_plain_gru(bidirectional):
    model = small(bidirectional=bidirectional).fit(TEXTS)
    sentences = ["the cat sings", "a", "it zzz runs in the sun away", ""]
    vectors = model.transform(sentences)
    assert vectors.dtype == np.float32
    assert vectors.shape == (4, 10 if bidirectional else 5)
    rows = model.vectorizer_.transform(sentences)
    for row, vector in zip(list(rows)[:3], vectors[:3], strict=True):
        expected = vectors_by_hand(model, torch.tensor(row)).detach().numpy()[0]
        assert np.allclose(vector, expected, atol=1e-6)
    assert not vectors[3].any()


@pytest.mark.parametrize("options", [{}, {"bidirectional": True, "softmax": "adaptive"}])
def test_the_loss_by_plain_decoders(options):
    model = still(**options).fit(TEXTS)
    module = deepcopy(model.net_.module_).cpu()
    total, count = 0.0, 0
    for before, sentence, after in triples(model, TEXTS):
        ids = model.vectorizer_.transform([sentence])[0]
        context = vectors_by_hand(model, torch.tensor(ids))  # (1, K)
        for decoder, target in zip(module.decoders, (before, after), strict=True):
            if not target:
                continue
            wanted = torch.tensor(model.vectorizer_.transform([target])[0], dtype=torch.int64)
            inputs = module.embedding.weight[torch.cat([torch.zeros(1).long(), wanted])]
            x = torch.cat([inputs, context.expand(len(inputs), -1)], dim=1)[:, None]
            first = torch.tanh(decoder.initial(context))[None]
            states, _ = plain_gru(decoder.layers.forward_layers[0])(x, first)
            asked = torch.cat([wanted, torch.zeros(1).long()])
            total += F.nll_loss(
                module.output.log_proba(states[:, 0]), asked, reduction="sum"
            ).item()
            count += len(asked)
    assert model.loss_curve_ == [pytest.approx(total / count, abs=1e-5)]


def test_words_are_one_table_and_one_layer():
    model = small().fit(TEXTS)
    module = model.net_.module_
    names = [name for name, _ in module.named_parameters()]
    assert sum("embedding" in name for name in names) == 1
    assert {name.split(".")[0] for name in names} == {"encoder", "output", "decoders"}
    assert all(decoder.embedding is module.embedding for decoder in module.decoders)
    assert module.output.weight.shape == (model.vectorizer_.n_tokens_, 5)


# --- vocabulary expansion ---------------------------------------------------------------------


def word_vectors(words, dim=3):
    rng = np.random.default_rng(0)
    return WordVectors(words, rng.normal(size=(len(words), dim)).astype(np.float32))


def test_the_map_is_least_squares_over_shared_words():
    given = word_vectors(["toad", "cat", "the", "newt", "dog", "it", "a", "runs", "bird"])
    model = small(expand_from=given).fit(TEXTS)
    table = model.net_.module_.embedding.weight.detach().cpu().numpy()
    shared = [w for w in given if w in model.vectorizer_.vocabulary_]
    assert "toad" not in shared
    assert len(shared) == 7
    by_numpy = np.linalg.lstsq(
        given.vectors(shared).astype(float),
        table[[model.vectorizer_.vocabulary_[w] for w in shared]].astype(float),
        rcond=None,
    )[0]
    assert model.expansion_.shape == (3, 4)
    assert np.allclose(model.expansion_, by_numpy, atol=1e-6)


def test_words_never_seen_get_mapped_vectors():
    given = word_vectors(["toad", "cat", "the", "newt", "dog", "it"])
    plain, expanded = small().fit(TEXTS), small(expand_from=given).fit(TEXTS)
    sentences = ["the toad sleeps", "the newt sleeps", "the zzz sleeps"]
    # Without, all are unknown; with, only what the vectors lack. Known words stay as they are.
    unknown = plain.transform(sentences)
    assert np.allclose(unknown, unknown[0], rtol=0, atol=1e-7)  # rows of a batch round apart
    vectors = expanded.transform(sentences)
    assert np.array_equal(vectors[2], unknown[2])
    assert not np.allclose(vectors[0], vectors[1], atol=1e-6)
    assert np.array_equal(expanded.transform(["the cat"]), plain.transform(["the cat"]))
    module, ids = deepcopy(expanded.net_.module_).cpu(), expanded.vectorizer_.vocabulary_
    rows = module.embedding.weight.detach()
    toad = torch.tensor(given["toad"] @ expanded.expansion_)
    x = torch.stack([rows[ids["the"]], toad, rows[ids["sleeps"]]])[:, None]
    last = plain_gru(module.body.forward_layers[0])(x)[1][0].detach().numpy()
    assert np.allclose(vectors[:1], last, atol=1e-6)


class Lengths:
    """Subwords that make a vector of any word."""

    def vectors(self, words):
        return np.array([[len(w), 1.0, 0.0] for w in words], dtype=np.float32)


def test_subwords_give_a_vector_to_any_word():
    words = word_vectors(["cat", "the", "dog", "it"])
    given = WordVectors(words.vocabulary, words.matrix, subwords=Lengths())
    vectors = small(expand_from=given).fit(TEXTS).transform(["zz", "qq", "zzzzzzzzzz"])
    assert np.array_equal(vectors[0], vectors[1])
    assert not np.allclose(vectors[0], vectors[2])


def test_vectors_that_share_no_word_are_refused_before_learning():
    model = small(expand_from=word_vectors(["CAT", "DOG"])).set_params(max_iter=10**9)
    with pytest.raises(ValueError, match="shares none of its 2 words with the 18"):
        model.fit(TEXTS)
    assert not hasattr(model, "net_")


def test_an_expansion_that_fails_changes_nothing(monkeypatch):
    model = small(expand_from=word_vectors(["cat", "the", "dog", "it"])).fit(TEXTS)
    net, expansion = model.net_, model.expansion_

    def fail(*args):
        raise np.linalg.LinAlgError("no map")

    monkeypatch.setattr("textvec.networks._skip_thought.linear_map", fail)
    with pytest.raises(np.linalg.LinAlgError, match="no map"):
        model.fit(TEXTS)
    assert model.net_ is net
    assert model.expansion_ is expansion


# --- the estimator ----------------------------------------------------------------------------


def test_like_neighbours_make_like_vectors():
    rng = np.random.default_rng(0)
    of_kind = {
        "purrs": ["the cat sleeps", "a kitten plays", "our tomcat waits"],
        "barks": ["one puppy runs", "his hound digs", "that dog eats"],
    }
    documents = []
    for _ in range(120):
        sound = list(of_kind)[rng.integers(2)]
        documents.append([rng.choice(of_kind[sound]), f"then it {sound} and {sound} again"])
    model = SkipThought(
        hidden_size=16,
        embedding_dim=8,
        max_iter=20,
        batch_size=16,
        learning_rate_init=0.04,
        random_state=0,
    ).fit(documents)
    vectors = model.transform([s for sentences in of_kind.values() for s in sentences])
    vectors -= vectors.mean(axis=0)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    likeness = unit @ unit.T
    # No two sentences share a word: what they have in common is what follows.
    assert min(likeness[:3, :3].min(), likeness[3:, 3:].min()) > 0.5
    assert likeness[:3, 3:].max() < -0.5
    assert model.loss_curve_[-1] < model.loss_curve_[0] / 3


@pytest.mark.parametrize(
    "options",
    [
        {"cell": "lstm", "num_layers": 2, "bidirectional": True, "dropout": 0.5},
        {"cell": "rnn", "batch_size": 1},  # most batches have one neighbour only
        {"early_stopping": True, "validation_fraction": 0.4, "max_iter": 2},
        {"precision": "bfloat16", "tokenizer": CharTokenizer()},
        {"tokenizer": SubwordTokenizer(vocab_size=40), "max_length": None, "softmax": "full"},
    ],
    ids=str,
)
def test_all_sorts_learn_and_give_finite_numbers(options):
    model = small(**options).fit(TEXTS)
    vectors = model.transform([*TEXTS, "🐸"])
    assert np.isfinite(vectors).all()
    assert vectors[0].any()
    assert len(model.loss_curve_) == model.n_iter_ == model.max_iter
    if model.early_stopping:
        assert all(-5 < score < 0 for score in model.validation_scores_)


def test_batched_is_one_by_one_and_order_plays_no_part():
    model = small(expand_from=word_vectors(["toad", "cat", "the", "it"])).fit(TEXTS)
    sentences = ["the cat", "", "a toad runs away in the sun", "zzz"] * 40
    together = model.transform(sentences)
    assert np.allclose(np.vstack([model.transform([s]) for s in sentences]), together, atol=1e-6)
    assert np.allclose(model.transform(sentences[::-1]), together[::-1], atol=1e-6)
    assert model.transform([]).shape == (0, 5)
    tokens = WordTokenizer().transform(sentences)
    assert np.array_equal(model.transform(tokens), together)
    assert np.allclose(model.transform(tokens[2:3]), together[2:3], atol=1e-6)


def test_copies_and_fits_are_alike_to_the_last_bit():
    model = small(expand_from=word_vectors(["toad", "cat", "the"]), dropout=0.2).fit(TEXTS)
    expected = model.transform(TEXTS)
    assert np.array_equal(pickle.loads(pickle.dumps(model)).transform(TEXTS), expected)
    assert np.array_equal(clone(model).fit(TEXTS).transform(TEXTS), expected)
    refitted = clone(model).fit([["the x", "y z"], ["x y", "z"]]).fit(TEXTS)
    assert np.array_equal(refitted.transform(TEXTS), expected)
    assert vars(refitted).keys() == vars(model).keys()
    model.set_params(expand_from=None)
    assert np.array_equal(*model.transform(["the toad", "the zzz"]))  # unknown again
    assert model.fit(TEXTS).expansion_ is None


@pytest.mark.parametrize("before", [None, word_vectors(["toad", "cat", "the"])], ids=["none", "3"])
def test_other_vectors_to_expand_from_need_another_fit(before):
    model = small(expand_from=before).fit(TEXTS)
    model.set_params(expand_from=word_vectors(["toad", "cat", "the"], dim=2))
    with pytest.raises(ValueError, match="expand_from, of 2 dimensions, was another in fit: fit"):
        model.transform(["a toad"])


def test_warm_start_goes_on_with_the_same_words():
    model = small(warm_start=True).fit(TEXTS)
    before, words = model.transform(TEXTS), model.vectorizer_
    model.fit([["the cat xyz", "it sings"]])
    assert model.vectorizer_ is words
    assert model.n_iter_ == 2
    assert not np.array_equal(model.transform(TEXTS), before)


def test_partial_fit_is_an_epoch_with_the_words_of_the_first():
    model, parts = small(random_state=3), [TEXTS, [["the cat xyz", "it sings"]]]
    for part in parts:
        model.partial_fit(part)
    warm = small(random_state=3, warm_start=True)
    for part in parts:
        warm.fit(part)
    assert model.n_iter_ == 2
    assert "xyz" not in model.vectorizer_.vocabulary_
    assert np.array_equal(model.transform(TEXTS), warm.transform(TEXTS))


def test_the_score_is_that_of_validation_rows():
    others = ["A bird sings. The dog barks.", "It runs! The cat sleeps."]
    model = small().fit(TEXTS, X_val=others)
    assert model.score(others) == pytest.approx(model.validation_scores_[-1])
    assert model.score(iter(others)) == model.score(others)
    with pytest.raises(ValueError, match="none of the 1 documents has two sentences"):
        model.score(["One sentence"])


class Interrupted(Callback):
    """Press Ctrl-C in the second pass."""

    def on_epoch_begin(self, net, **kwargs):
        if len(net.history) == 2:
            raise KeyboardInterrupt


def test_an_interrupted_fit_leaves_a_model_that_knows_the_mapped_words():
    given = word_vectors(["toad", "cat", "the"])
    model = small(expand_from=given, max_iter=3, callbacks=[Interrupted()])
    with pytest.raises(KeyboardInterrupt):
        model.fit(TEXTS)
    once = small(expand_from=given).fit(TEXTS)
    assert model.n_iter_ == 1
    assert np.array_equal(model.transform(["a toad"]), once.transform(["a toad"]))


def test_a_checkpoint_goes_on_to_what_one_go_gives(tmp_path):
    options = {"checkpoint": tmp_path / "run", "dropout": 0.3}
    small(max_iter=1, **options).fit(TEXTS)
    resumed = small(max_iter=3, **options).fit(TEXTS)
    whole = small(max_iter=3, dropout=0.3).fit(TEXTS)
    assert resumed.loss_curve_ == whole.loss_curve_
    assert np.array_equal(resumed.transform(TEXTS), whole.transform(TEXTS))


def test_in_a_pipeline_and_as_a_frame():
    model = small().set_output(transform="pandas").fit(TEXTS)
    frame = model.transform(pd.Series(["the cat", "a dog"]))
    assert frame.columns.tolist() == [f"skipthought{i}" for i in range(5)]
    assert frame.dtypes.eq(np.float32).all()
    X, y = ["The cat purrs. It sleeps.", "A dog barks. It runs."] * 3, [0, 1] * 3
    assert make_pipeline(small(), LogisticRegression()).fit(X, y).predict(X).shape == (6,)


def test_summary_lists_each_layer_once(capsys):
    model = small().fit(TEXTS)
    model.summary()
    text = capsys.readouterr().out
    n_parameters = sum(p.numel() for p in model.net_.module_.parameters())
    assert f"Total params: {n_parameters:,}" in text
    rows = text.partition("=\n")[2].partition("\n==")[0].splitlines()
    assert sum(int(row.split()[-1].replace(",", "")) for row in rows) == n_parameters
    for name in ("embedding", "gru", "before_first_state", "after_gru", "output"):
        assert f"\n{name} (" in text


@pytest.mark.parametrize(
    ("documents", "error", "message"),
    [
        ([], ValueError, "no documents to fit SkipThought on"),
        (["One.", "", "Two"], ValueError, "none of the 3 documents has two sentences with words"),
        (["One. ... !"], ValueError, "none of the 1 documents has two sentences"),
        ([["one"], []], ValueError, "none of the 2 documents"),
        ("One. Two.", ValueError, "put a single document into a list"),
        (["One. Two.", None], TypeError, "row 1 is missing"),
        (
            [["a", "b"], "c. D"],
            TypeError,
            "sentences must be an iterable of str, got str for row 1",
        ),
        (
            [["a", "b"], ["c", 3]],
            TypeError,
            "sentences must be str, got int among the sentences of row 1",
        ),
        (
            [["a", "b"], None],
            TypeError,
            "sentences must be an iterable of str, got NoneType for row 1",
        ),
        (Tokens.from_lists([["a", "b"]]), TypeError, "does not say where sentences end"),
    ],
    ids=str,
)
def test_mistaken_documents_are_named_and_nothing_changes(documents, error, message):
    with pytest.raises(error, match=message):
        small().fit(documents)
    model = small().fit(TEXTS)
    before = vars(model).copy()
    with pytest.raises(error, match=message):
        model.fit(documents)
    assert vars(model) == before


def test_a_splitter_must_give_strings():
    with pytest.raises(TypeError, match="sentences must be an iterable of str, got int for row 0"):
        small(sentence_splitter=len).fit(TEXTS)


def test_transform_takes_texts_of_a_fitted_model():
    with pytest.raises(NotFittedError):
        small().transform(TEXTS)
    with pytest.raises(TypeError, match="row 0 is list"):
        small().fit(TEXTS).transform([["the cat", "it"]])


def test_documents_of_an_iterator_are_read_once():
    documents = ["A frog sat. It croaked. The toad left."] * 2
    model = SkipThought(hidden_size=2, embedding_dim=2, max_iter=1, min_count=1, random_state=0)
    expected = model.fit_transform(documents)
    np.testing.assert_array_equal(model.fit_transform(iter(documents)), expected)
