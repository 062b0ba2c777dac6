"""SubwordTokenizer: the library's own answers, learned the same way each time."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.utils import get_tags

from textvec import CountVectorizer, SequenceVectorizer, SubwordTokenizer, Tokens
from textvec.datasets import load_reviews

from .strategies import documents

library = pytest.importorskip("tokenizers")

MODELS = ["bpe", "wordpiece", "unigram"]
X, Y = load_reviews(subset="test", return_X_y=True)
X, Y = X[::3], Y[::3]
each_model = pytest.mark.parametrize("model", MODELS)


@pytest.fixture(scope="module")
def learned():
    return {m: SubwordTokenizer(m, vocab_size=300, spans=True).fit(X) for m in MODELS}


@each_model
def test_tokens_are_the_librarys(learned, model):
    tokenizer = learned[model]
    tokens = tokenizer.transform([*X, ""])
    encodings = tokenizer.tokenizer_.encode_batch([*X, ""], add_special_tokens=False)
    assert tokens.to_list() == [e.tokens for e in encodings]
    assert [row.tolist() for row in tokens] == [e.ids for e in encodings]
    spans = np.concatenate([np.reshape(e.offsets, (-1, 2)) for e in encodings])
    assert np.array_equal(tokens.spans, spans)
    without = clone(tokenizer).set_params(spans=False).fit(X).transform([*X, ""])
    assert without.spans is None
    assert without.to_list() == tokens.to_list()


@each_model
def test_the_vocabulary_is_the_librarys_and_not_above_its_size(learned, model):
    tokenizer = learned[model]
    ids = tokenizer.tokenizer_.get_vocab()
    assert dict(tokenizer.vocabulary_) == ids
    assert len(ids) <= 300
    assert tokenizer.vocabulary_["[UNK]"] == 0


def test_the_same_documents_give_the_same_model_in_any_process_and_order(learned):
    first = [joblib.hash(tokenizer) for tokenizer in learned.values()]
    backwards = [clone(tokenizer).fit(X[::-1]) for tokenizer in learned.values()]
    assert list(map(joblib.hash, backwards)) == first
    code = (
        "import sys, json, joblib; from textvec import SubwordTokenizer;"
        "X, models = json.load(sys.stdin);"
        "new = [SubwordTokenizer(m, vocab_size=300, spans=True).fit(X) for m in models];"
        "print(json.dumps(list(map(joblib.hash, new))))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps([X, list(learned)]),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) == first


@each_model
@settings(deadline=None, max_examples=30)
@given(documents)
def test_spans_point_at_the_text(learned, model, texts):
    tokens = learned[model].transform(texts)
    for row, document in enumerate(texts):
        bounds = slice(*tokens.offsets[row : row + 2])
        names = tokens[row : row + 1].to_list()[0]
        previous = 0
        for (start, stop), name in zip(tokens.spans[bounds].tolist(), names, strict=True):
            assert 0 <= previous <= start <= stop <= len(document)
            bare = name.replace("▁", "").removeprefix("##")
            if document.isascii() and bare and name != "[UNK]":
                assert document[start:stop].strip().lower() == bare
            previous = start


def test_parts_join_to_the_text(learned):
    text = "nothing is as unforgettable as this"
    for model in MODELS:
        parts = learned[model].transform([text]).to_list()[0]
        assert len(parts) > len(text.split())
        joined = "".join(f" {p}" if not p.startswith("##") else p[2:] for p in parts)
        if model != "wordpiece":
            joined = "".join(parts).replace("▁", " ")
        assert joined.strip() == text


@each_model
def test_unknown_characters_and_the_name_of_the_unknown_token(learned, model):
    rows = learned[model].transform(["frog 🐸", "[UNK]", "a\ud800b", "\x00"]).to_list()
    assert rows[0][-1] == "[UNK]"
    assert rows[1] != ["[UNK]"]  # its letters are known, and the brackets are not
    assert "unk" in "".join(rows[1]).replace("##", "")
    assert "[UNK]" in rows[2]
    assert len(rows[3]) <= 2


def test_white_space_is_white_space_and_case_may_count():
    rows = SubwordTokenizer(vocab_size=300).fit(X).transform(["good film", "  Good\n\n\tFILM "])
    assert rows.to_list()[0] == rows.to_list()[1]
    cased = SubwordTokenizer(vocab_size=300, lowercase=False).fit(["The the The the"])
    assert cased.transform(["The the"]).to_list() == [["▁The", "▁the"]]


@each_model
def test_a_file_says_all(learned, model, tmp_path):
    path = tmp_path / "tokenizer.json"
    tokenizer = learned[model]
    tokenizer.tokenizer_.save(str(path))
    expected = tokenizer.transform(X)
    for given_path in (path, str(path)):
        read = SubwordTokenizer(path=given_path, spans=True)
        assert not get_tags(read).requires_fit
        assert read.transform(X) == expected
        assert not hasattr(read, "tokenizer_")
    fitted = pickle.loads(pickle.dumps(SubwordTokenizer(path=path, spans=True).fit()))
    path.unlink()
    assert fitted.transform(X) == expected


def test_a_file_is_read_again_when_it_has_changed(learned, tmp_path):
    path = tmp_path / "tokenizer.json"
    tokenizer = SubwordTokenizer(path=path)
    rows = []
    for seconds, model in enumerate(("bpe", "wordpiece")):
        learned[model].tokenizer_.save(str(path))
        os.utime(path, (seconds, seconds))
        rows.append(tokenizer.transform(["unforgettable"]).to_list())
    assert rows[0] != rows[1]


def test_special_tokens_truncation_padding_and_gaps_of_a_file_stay_out(tmp_path):
    path = tmp_path / "tokenizer.json"
    model = library.models.WordLevel({"[UNK]": 0, "[CLS]": 2, "frog": 5}, unk_token="[UNK]")
    tokenizer = library.Tokenizer(model)
    tokenizer.pre_tokenizer = library.pre_tokenizers.Whitespace()
    tokenizer.post_processor = library.processors.TemplateProcessing(
        single="[CLS] $A", special_tokens=[("[CLS]", 2)]
    )
    tokenizer.enable_truncation(2)
    tokenizer.enable_padding(length=9, pad_token="[UNK]")
    tokenizer.save(str(path))
    tokens = SubwordTokenizer(path=path).transform(["frog a frog", ""])
    assert tokens.to_list() == [["frog", "[UNK]", "frog"], []]
    assert tokens.values.tolist() == [5, 0, 5]
    assert tokens.vocabulary.tokens == ["[UNK]", "<id 1>", "[CLS]", "<id 3>", "<id 4>", "frog"]


def test_files_that_are_none(tmp_path):
    path = tmp_path / "tokenizer.json"
    with pytest.raises(FileNotFoundError, match=r"tokenizer\.json"):
        SubwordTokenizer(path=path).fit()
    for text in ("", "{}", '{"model": 1', "[]"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"tokenizer\.json' is no tokenizer\.json: "):
            SubwordTokenizer(path=path).fit()
        with pytest.raises(ValueError, match="is no tokenizer"):
            SubwordTokenizer(path=path).transform(["frog"])


def test_not_fitted():
    with pytest.raises(NotFittedError):
        SubwordTokenizer().transform(["frog"])
    assert get_tags(SubwordTokenizer()).requires_fit


@each_model
@pytest.mark.parametrize("nothing", [[], [""], [" \n", "\t"]], ids=repr)
def test_nothing_to_learn_from(model, nothing):
    with pytest.raises(ValueError, match="empty vocabulary: there are no documents"):
        SubwordTokenizer(model).fit(nothing)


def test_too_few_tokens():
    with pytest.raises(ValueError, match="learning 3 subwords by model='unigram' failed"):
        SubwordTokenizer("unigram", vocab_size=3).fit(X)
    assert len(SubwordTokenizer("bpe", vocab_size=3).fit(["frog"]).vocabulary_) == 6


def test_a_failed_fit_leaves_what_was_learned(learned):
    tokenizer = pickle.loads(pickle.dumps(learned["bpe"]))
    expected = tokenizer.transform(X)
    with pytest.raises(ValueError, match="empty vocabulary"):
        tokenizer.fit([])
    assert tokenizer.transform(X) == expected


def test_missing_documents():
    with pytest.raises(TypeError, match="row 1 is missing"):
        SubwordTokenizer().fit(["a", None])
    tokenizer = SubwordTokenizer(missing="empty").fit(["frog", None])
    assert tokenizer.transform([None, "frog"]).to_list() == [[], ["▁frog"]]


def test_many_documents_and_a_long_one(learned):
    tokenizer = learned["bpe"]
    one = tokenizer.transform(X[:1])
    many = tokenizer.transform(X[:1] * 2500)  # more than a batch
    assert many.shape == (2500,)
    assert many[2400] is not None
    assert np.array_equal(many[2400], one[0])
    long = tokenizer.transform(["frog " * 100_000 + "x" * 100_000])
    assert long.spans[-1, 1] == 600_000


def test_before_other_steps():
    model = make_pipeline(
        SubwordTokenizer(vocab_size=400), CountVectorizer(), LogisticRegression()
    ).fit(X, Y)
    assert model.score(X, Y) > 0.9
    ids = make_pipeline(SubwordTokenizer(vocab_size=400), SequenceVectorizer()).fit_transform(X)
    assert len(ids) == len(X)
    assert isinstance(model[:1].transform(X), Tokens)


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(ImportError, match=r"pip install 'textvec-learn\[subword\]'"):
        SubwordTokenizer().fit(X)


LOW = ["low low low low low", "lower lower newest newest newest", "widest widest"]


def test_unigram_is_the_same_in_every_run():
    models = {
        tuple(SubwordTokenizer("unigram", vocab_size=40).fit(LOW).vocabulary_) for _ in range(14)
    }
    assert len(models) == 1


def test_a_generator_loses_no_rows():
    tokenizer = SubwordTokenizer("bpe", vocab_size=26)
    assert tokenizer.fit_transform(d for d in LOW) == tokenizer.transform(LOW)


def test_tokens_added_after_fit_are_in_the_vocabulary():
    tokenizer = SubwordTokenizer("bpe", vocab_size=26).fit(LOW)
    tokenizer.tokenizer_.add_tokens(["<user>", "<url>"])
    tokens = tokenizer.transform(["<user> low <url>", "low"])
    assert tokens.values.max() < len(tokens.vocabulary)
    assert {"<user>", "<url>"} < {token for row in tokens.to_list() for token in row}
    assert SequenceVectorizer().fit_transform(tokens).lengths.tolist() == tokens.lengths.tolist()


def test_a_tokenizer_trained_again_is_read_as_it_is():
    tokenizer = SubwordTokenizer("bpe", vocab_size=26).fit(LOW)
    tokenizer.tokenizer_.train_from_iterator(["xx yy zz"])
    assert "".join(tokenizer.transform(["xx"]).to_list()[0]) == "▁xx"
    with pytest.raises(ValueError, match="tokenizer_ can't cut the documents"):
        tokenizer.transform(["low"])


@pytest.mark.parametrize("option", ["padding", "truncation"])
def test_padding_and_truncation_switched_on_are_refused(option):
    tokenizer = SubwordTokenizer("bpe", vocab_size=26).fit(LOW)
    if option == "padding":
        tokenizer.tokenizer_.enable_padding(pad_id=99)
    else:
        tokenizer.tokenizer_.enable_truncation(2)
    with pytest.raises(ValueError, match="tokenizer_ pads or truncates"):
        tokenizer.transform(LOW)


@pytest.mark.parametrize("model", ["bpe", "wordpiece", "unigram"])
def test_a_word_without_end_is_learned_from_in_pieces(model):
    word = "".join(np.random.default_rng(0).choice([*"acgt"], 3 * 4096 + 5))
    pieces = [word[start : start + 4096] for start in range(0, len(word), 4096)]
    learned = SubwordTokenizer(model, vocab_size=60).fit([word])
    assert learned.vocabulary_ == SubwordTokenizer(model, vocab_size=60).fit(pieces).vocabulary_


def test_parameters_set_after_fit_are_checked():
    tokenizer = SubwordTokenizer(vocab_size=26).fit(LOW).set_params(spans="no")
    with pytest.raises(ValueError, match="The 'spans' parameter of SubwordTokenizer"):
        tokenizer.transform(LOW)
