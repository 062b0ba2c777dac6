"""Tokens of onnxruntime are those of our tokenizers, for the texts that the guide names."""

from __future__ import annotations

import random
import re
import subprocess
import sys

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from textvec import (
    CharTokenizer,
    KmerTokenizer,
    SequenceMLPClassifier,
    SequenceVectorizer,
    WordTokenizer,
    to_onnx,
)
from textvec.exporting._graph import Graph
from textvec.exporting._step_rows import row_count
from textvec.exporting._text_nodes import some_texts, token_ids, token_pattern, tokenizer_of

from .runtime import outputs

RULES = ["words", "sklearn", "keras", "whitespace"]
EVERY_CHARACTER = [chr(c) for c in range(sys.maxunicode + 1) if not 0xD800 <= c < 0xE000]


def session_of(vectorizer):
    """Return a session from texts to the ids of a vectorizer."""
    ort = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    tokenizer, graph = tokenizer_of(vectorizer.tokenizer, "a vectorizer"), Graph()
    texts = graph.input("X", object, ["n"])
    ids = token_ids(
        graph,
        some_texts(graph, texts, row_count(graph, texts)),
        token_pattern(tokenizer),
        vectorizer.vocabulary_,
        lowercase=tokenizer.lowercase,
        unknown=1,
    )
    graph.output("ids", ids, np.int64, ["n", "length"])
    return ort.InferenceSession(graph.model("ids").SerializeToString())


def different(session, vectorizer, texts):
    """Return the texts whose ids differ."""
    found, expected = outputs(session, texts)["ids"], vectorizer.transform(texts)
    width = max(found.shape[1], int(expected.lengths.max(initial=0)))
    found = np.pad(found, ((0, 0), (0, width - found.shape[1])))
    wrong = (found != expected.to_padded(width, padding="post")).any(axis=1)
    return [texts[i] for i in np.flatnonzero(wrong)]


@pytest.mark.parametrize("tokenizer", [*(WordTokenizer(r, lowercase=False) for r in RULES), None])
def test_any_text_without_lowercase(tokenizer):
    tokenizer = CharTokenizer() if tokenizer is None else tokenizer
    # A character as part of a word, alone, and between others that join or part words.
    texts = [f"a{c}b {c}{c} '{c}'{c}a" for c in EVERY_CHARACTER[::23]]
    rng = random.Random(0)
    alphabet = "abAB'\u2019.-_ \t\n\r\x00\u00a0ÉéΣσς1٣中\u0301\u200d😀"
    texts += ["".join(rng.choices(alphabet, k=rng.randrange(12))) for _ in range(2000)]
    vectorizer = SequenceVectorizer(tokenizer=tokenizer).fit(texts[::2])
    assert different(session_of(vectorizer), vectorizer, texts) == []


def has_no_capital_beyond_ascii(text):
    """Return whether the guide says that tokens of a text are equal, lower-cased ones too."""
    return all(c.isascii() or c == c.lower() for c in text)


@pytest.mark.parametrize("tokenizer", [*map(WordTokenizer, RULES), CharTokenizer(lowercase=True)])
def test_any_text_without_capitals_beyond_ascii(tokenizer):
    small = list(filter(has_no_capital_beyond_ascii, EVERY_CHARACTER))
    rng = random.Random(0)
    alphabets = ["abABiI'\u2019.-_, \t\n\r\x00\u00a0", "σςǆßı\u0307\u0301\u200d", small]
    texts = [
        "".join(rng.choice(rng.choice(alphabets)) for _ in range(rng.randrange(20)))
        for _ in range(2000)
    ]
    assert all(map(has_no_capital_beyond_ascii, texts))
    vectorizer = SequenceVectorizer(tokenizer=tokenizer).fit(texts[::2])
    assert different(session_of(vectorizer), vectorizer, texts) == []


WORDS = ["the", "Straße", "naïve", "café", "d'été", "σίσυφος", "россия", "санкт-петербург"]
WORDS += ["istanbul", "été-école", "ǆur", "пунта-дель-эсте"]
WAYS = [
    str.lower,
    str.upper,
    str.capitalize,
    str.title,
    lambda word: re.sub(r"(?<=['-]).", lambda match: match[0].upper(), word),
]


@pytest.mark.parametrize("rule", RULES)
def test_words_capitalized_in_the_usual_ways(rule):
    texts = [way(word) for word in WORDS for way in WAYS]
    texts += [*("İstanbul", "THE tHe", "café's", "CAFÉ'S"), " ".join(texts)]
    vectorizer = SequenceVectorizer(tokenizer=WordTokenizer(rule)).fit(texts)
    assert different(session_of(vectorizer), vectorizer, texts) == []


def test_what_the_guide_says_differs():
    texts = ["МакНейлли", "macNeilly", "МАКНЕЙЛЛИ"]
    vectorizer = SequenceVectorizer().fit(texts)
    assert different(session_of(vectorizer), vectorizer, texts) == ["МакНейлли"]


def test_capitals_of_every_character():
    letters = [c for c in EVERY_CHARACTER if c.lower() != c]
    vectorizer = SequenceVectorizer().fit([f"{c}x" for c in letters])
    texts = [f"{c}x y{c.lower()}" for c in letters]
    kelvin = "\u212a"  # its lower case is the ASCII letter k
    assert different(session_of(vectorizer), vectorizer, texts) == [f"{kelvin}x yk"]


def has_mixed_word(text):
    """Return whether a word has capitals beyond ASCII in its middle, but is not all capitals."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if word != word.upper()]
    return any(c.isupper() and not c.isascii() for word in words for c in word[1:])


@pytest.mark.parametrize("rule", RULES)
def test_nine_languages(rule, parallel_sentences):
    texts = [text for sentences in parallel_sentences.values() for text in sentences]
    vectorizer = SequenceVectorizer(tokenizer=WordTokenizer(rule)).fit(texts)
    wrong = different(session_of(vectorizer), vectorizer, texts)
    assert len(wrong) < 10  # of 9,000
    assert all(map(has_mixed_word, wrong))


@pytest.mark.parametrize(
    ("tokenizer", "part"),
    [
        (WordTokenizer(pattern=r"\w+"), "pattern='"),
        (WordTokenizer(normalize="NFC"), "normalize='NFC'"),
        (WordTokenizer(strip_accents="ascii"), "strip_accents='ascii'"),
        (WordTokenizer("keras_v3"), "rule='keras_v3'"),
        (WordTokenizer(fold_apostrophes=True), "fold_apostrophes=True"),
        (KmerTokenizer(3), "its tokenizer KmerTokenizer"),
        (str.split, "its tokenizer"),
    ],
    ids=repr,
)
def test_tokenizers_that_are_refused(tokenizer, part):
    with pytest.raises(TypeError, match=f"{re.escape(part)}.* Export the last step"):
        tokenizer_of(tokenizer, "SequenceVectorizer")


def test_shape_inference_of_onnx_reads_the_graph(tmp_path):
    onnx = pytest.importorskip("onnx")
    model = make_pipeline(SequenceVectorizer(), SequenceMLPClassifier(max_iter=1))
    to_onnx(model.fit(["a b", "b"], [0, 1]), tmp_path / "model.onnx")
    # In a process of its own: it crashes where an operator of another domain has no type.
    check = "import sys, onnx; onnx.checker.check_model(sys.argv[1], full_check=True)"
    subprocess.run([sys.executable, "-c", check, str(tmp_path / "model.onnx")], check=True)
    assert onnx.load(tmp_path / "model.onnx").opset_import[0].version == 18
