"""WordTokenizer, held against regular expressions, scikit-learn and Keras."""

from __future__ import annotations

import inspect
import re
import string
import unicodedata
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

from textvec import Tokens, Vocabulary, WordTokenizer

from .strategies import SPECIAL, documents

RULES = ["words", "sklearn", "keras", "whitespace"]
CODE_POINTS = [chr(c) for c in (*range(0x32000), *range(0xE0000, 0xE1000), 0x10FFFF)]


def _words_pattern() -> re.Pattern[str]:
    """Letters, digits and marks, joined by single apostrophes, from the definition."""
    marks = "".join(c for c in CODE_POINTS if unicodedata.category(c).startswith("M"))
    unit = rf"(?:[^\W_]|[{marks}])"
    return re.compile(rf"{unit}+(?:['’]{unit}+)*")


WORDS = _words_pattern()
KERAS = str.maketrans(dict.fromkeys(string.punctuation.replace("'", "") + "\t\n", " "))
REFERENCE = {
    "words": WORDS.findall,
    "sklearn": re.compile(r"(?u)\b\w\w+\b").findall,
    "keras": lambda text: [token for token in text.translate(KERAS).split(" ") if token],
    "whitespace": str.split,
}


@pytest.fixture(scope="module")
def keras_words(tmp_path_factory):
    """Keras' own text_to_word_sequence, with the defaults of its legacy Tokenizer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        patch.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))
        text = pytest.importorskip(
            "keras.src.legacy.preprocessing.text", reason="parity with Keras needs keras"
        )
        tokenizer = text.Tokenizer()
        yield lambda document: text.text_to_word_sequence(
            document, tokenizer.filters, tokenizer.lower, tokenizer.split
        )


def tokenize(X, *args, **params) -> list[list[str]]:
    return WordTokenizer(*args, **params).transform(X).to_list()


@pytest.mark.parametrize("lowercase", [True, False])
@pytest.mark.parametrize("rule", RULES)
@given(X=documents)
def test_any_text_equals_the_reference(rule, lowercase, X):
    expected = [REFERENCE[rule](x.lower() if lowercase else x) for x in X]
    assert tokenize(X, rule, lowercase=lowercase) == expected


@pytest.mark.parametrize("rule", RULES)
def test_every_code_point_equals_the_reference(rule):
    # Those whose lower case takes str.lower itself are left out, so that the tables are used.
    kept = [c for c in CODE_POINTS if c not in "\u0130\u03a3"]
    X = [" ".join(f"x{c}y" for c in kept[i : i + 64]) for i in range(0, len(kept), 64)]
    assert tokenize(X, rule) == [REFERENCE[rule](x.lower()) for x in X]


def test_no_letter_has_a_case_beyond_the_table():
    for c in range(0x20000, 0x110000):
        assert chr(c).lower() == chr(c)


@given(X=documents)
def test_rule_sklearn_is_scikit_learns_analyzer(X):
    analyze = CountVectorizer().build_analyzer()
    assert tokenize(X, "sklearn") == [analyze(x) for x in X]


@pytest.mark.filterwarnings("ignore:Your stop_words may be inconsistent")  # by both
@pytest.mark.parametrize("strip_accents", ["ascii", "unicode", str.swapcase])
@pytest.mark.parametrize("lowercase", [True, False])
@given(X=documents)
def test_strip_accents_and_stop_words_are_scikit_learns(strip_accents, lowercase, X):
    options = {"lowercase": lowercase, "strip_accents": strip_accents, "stop_words": ["ab", "éa"]}
    analyze = CountVectorizer(**options).build_analyzer()
    assert tokenize(X, "sklearn", **options) == [analyze(x) for x in X]


# The standardization and the split of Keras 3's TextVectorization, whose tf.strings.lower changes
# ASCII letters alone, and whose tf.strings.split knows ASCII white space alone.
STRIPPED = r"""[!"#$%&()\*\+,-\./:;<=>?@\[\\\]^_`{|}~\']"""
TO_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def keras_v3_words(document: str, *, lowercase: bool = True) -> list[str]:
    document = document.translate(TO_LOWER) if lowercase else document
    return re.findall(r"[^ \t\n\v\f\r]+", re.sub(STRIPPED, "", document))


def test_the_reference_strips_what_keras_strips():
    source = inspect.getsource(
        pytest.importorskip("keras.src.layers.preprocessing.text_vectorization").TextVectorization
    )
    assert f"r'{STRIPPED}'" in source
    assert "tf.strings.lower(inputs)" in source  # without an encoding
    assert "tf.strings.split(inputs)" in source  # without a separator


@pytest.mark.parametrize("lowercase", [True, False])
@given(X=st.one_of(documents, st.lists(st.text("aZéÉİΣ'-_.! \t\n\x0b\x1c\x85\xa0\u3000’漢😀"))))
def test_rule_keras_v3_is_text_vectorization(lowercase, X):
    expected = [keras_v3_words(x, lowercase=lowercase) for x in X]
    assert tokenize(X, "keras_v3", lowercase=lowercase) == expected
    assert tokenize(X, "keras_v3", lowercase=lowercase, spans=True, n_jobs=2) == expected


def test_rule_keras_v3_on_every_code_point():
    X = [" ".join(f"X{c}y{c}" for c in CODE_POINTS[i : i + 64]) for i in range(0, 0x32000, 64)]
    assert tokenize(X, "keras_v3") == [keras_v3_words(x) for x in X]


def test_rule_keras_v3_on_nine_languages(parallel_sentences):
    for X in parallel_sentences.values():
        assert tokenize(X, "keras_v3") == [keras_v3_words(x) for x in X]


def test_rule_keras_v3_keeps_places_and_strips_accents():
    text = "--Don't stop... ÉTÉ «ÉTÉ» ?!"
    tokens = WordTokenizer("keras_v3", spans=True).transform([text])
    assert tokens.to_list() == [["dont", "stop", "ÉtÉ", "«ÉtÉ»"]]
    assert [text[a:b] for a, b in tokens.spans] == ["Don't", "stop", "ÉTÉ", "«ÉTÉ»"]
    assert tokenize(["İ'İ ÉTÉ"], "keras_v3", spans=True) == [["İİ", "ÉtÉ"]]
    assert tokenize(["Été d'été"], "keras_v3", strip_accents="ascii") == [["ete", "dete"]]


# --- apostrophes --------------------------------------------------------------------------------


def test_apostrophes_are_folded():
    text = "don't don’t donʼt don＇t ‘quoted’"
    assert tokenize([text]) == [["don't", "don’t", "donʼt", "don", "t", "quoted"]]
    for params in ({}, {"normalize": "NFKC"}, {"strip_accents": "unicode"}):
        folded = WordTokenizer(fold_apostrophes=True, spans=True, **params).transform([text])
        assert folded.to_list() == [["don't"] * 4 + ["quoted"]]
        assert len(folded.vocabulary) == 2
        assert folded.spans[3].tolist() == [18, 23]
    assert tokenize(["DON’T"], pattern=r"\w+'\w", fold_apostrophes=True) == [["don't"]]


@pytest.mark.parametrize("rule", ["words", "keras", "whitespace"])
def test_english_stop_words_hold_contractions(rule):
    text = "It's not what they're doing I don't we’ve he'd let's won't frogs can't ain’t"
    assert tokenize([text], rule, stop_words="english") == [["doing", "frogs"]]
    kept = ["don", "t", "dont", "frog's"]
    assert tokenize([" ".join(["Its", *kept])], rule, stop_words="english") == [kept]


def test_english_stop_words_of_other_rules_are_scikit_learns():
    text = ["It's not what they're doing; I don't"]
    analyze = CountVectorizer(stop_words="english").build_analyzer()
    assert tokenize(text, "sklearn", stop_words="english") == [analyze(text[0])]
    kept = tokenize(text, pattern=r"[\w']+", stop_words="english")
    assert kept == [["it's", "they're", "doing", "don't"]]


@given(X=documents)
def test_rule_keras_is_keras_tokenizer(keras_words, X):
    assert tokenize(X, "keras") == [keras_words(x) for x in X]


def test_parity_on_nine_languages(parallel_sentences, keras_words):
    analyze = CountVectorizer().build_analyzer()
    for X in parallel_sentences.values():
        assert tokenize(X, "sklearn") == [analyze(x) for x in X]
        assert tokenize(X, "keras") == [keras_words(x) for x in X]
        assert tokenize(X, "words") == [WORDS.findall(x.lower()) for x in X]
        assert tokenize(X, "whitespace", lowercase=False) == [x.split() for x in X]


def test_parity_on_reviews(imdb_train, keras_words):
    X = imdb_train[::40]
    analyze = CountVectorizer().build_analyzer()
    assert tokenize(X, "sklearn") == [analyze(x) for x in X]
    assert tokenize(X, "keras") == [keras_words(x) for x in X]
    assert tokenize(X, "words") == [WORDS.findall(x.lower()) for x in X]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't 'quote' rock 'n' roll", ["don't", "quote", "rock", "n", "roll"]),
        ("don’t don''t 'tis o'", ["don’t", "don", "t", "tis", "o"]),
        ("snake_case I/O 3.14", ["snake", "case", "i", "o", "3", "14"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("ภาษาไทย", ["ภาษาไทย"]),
        ("cafe\u0301s ÉCOLE", ["cafe\u0301s", "école"]),
        ("👩‍👩‍👧 ok 😀", ["ok"]),
        ("nul\0byte", ["nul", "byte"]),
        ("ΟΔΟΣ İstanbul", ["οδος", "i̇stanbul"]),
        ("x" * 63 + " " + "y" * 64 + "'s " + "z" * 200, ["x" * 63, "y" * 64 + "'s", "z" * 200]),
    ],
)
def test_rule_words_by_example(text, words):
    assert tokenize([text]) == [words]


@pytest.mark.parametrize("length", [*range(1, 12), *range(60, 70), 127, 128, 129])
@pytest.mark.parametrize("char", ["a", "é", "語", "\U0001d400"])
def test_words_across_the_words_of_bits(length, char):
    for gap in (" ", "'", "''", " ' "):
        text = gap.join(["a" * length, char, char * length, "b"]) + gap
        for rule in RULES:
            assert tokenize([text], rule) == [REFERENCE[rule](text.lower())]


@pytest.mark.parametrize("rule", RULES)
@given(X=documents, lowercase=st.booleans())
def test_spans_give_the_tokens(rule, lowercase, X):
    # What stands around decides the lower case of a sigma; a dotted I has a test of its own.
    X = [x.replace("\u03a3", "s").replace("\u0130", "i") for x in X]
    tokens = WordTokenizer(rule, lowercase=lowercase, spans=True).transform(X)
    assert tokens.spans.dtype == np.int32
    for x, row, spans in zip(X, tokens.to_list(), _rows_of_spans(tokens), strict=True):
        sliced = [x[start:stop] for start, stop in spans]
        assert [s.lower() if lowercase else s for s in sliced] == row


@pytest.mark.parametrize("params", [{}, {"pattern": r"[^\s-]*"}, {"rule": "whitespace"}])
@pytest.mark.parametrize(
    "text", ["İstanbul'da İ İİ x", "aİb -İ", "İ", "ΟΔΟΣ İ ΣΑΣ", "no dotted i", "\U0001d400İ x"]
)
def test_spans_mind_the_two_characters_of_a_dotted_i(params, text):
    tokens = WordTokenizer(spans=True, **params).transform([text, "plain text", text])
    for x, row, spans in zip([text, "plain text", text], tokens.to_list(), _rows_of_spans(tokens)):
        # "I" in place of each, so that both texts are of one length, and no sigma is final.
        plain = x.replace("İ", "I").replace("Σ", "s")
        expected = WordTokenizer(spans=True, **params).transform([plain])
        assert spans == expected.spans.tolist()
        assert len(row) == len(spans)


def test_spans_of_prepared_documents_count_in_what_was_made_of_them():
    X = ["cafe\u0301 ﬁn", "né"]
    tokens = WordTokenizer(normalize="NFKC", spans=True).transform(X)
    assert tokens.to_list() == [["café", "fin"], ["né"]]
    assert tokens.spans.tolist() == [[0, 4], [5, 8], [0, 2]]
    tokens = WordTokenizer(strip_accents="unicode", spans=True, stop_words=["fin"]).transform(X)
    assert tokens.to_list() == [["cafe"], ["ne"]]
    assert tokens.spans.tolist() == [[0, 4], [0, 2]]


def test_no_spans_unless_asked_for():
    assert WordTokenizer().transform(["a"]).spans is None


def _rows_of_spans(tokens: Tokens) -> list[list[list[int]]]:
    bounds = tokens.offsets.tolist()
    return [tokens.spans[a:b].tolist() for a, b in pairwise(bounds)]


@pytest.mark.parametrize("rule", RULES)
def test_threads_give_the_same(rule):
    rng = np.random.default_rng(0)
    alphabet = list(SPECIAL) + [" "] * 20
    X = ["".join(rng.choice(alphabet, size)) for size in rng.integers(0, 4_000, 200)]
    X[17] = "long document " * 5_000
    one = WordTokenizer(rule, spans=True, stop_words=["ab"]).transform(X)
    for n_jobs in (2, 3, -1):
        many = WordTokenizer(rule, spans=True, stop_words=["ab"], n_jobs=n_jobs).transform(X)
        assert many == one
        assert many.vocabulary.tokens == one.vocabulary.tokens


@given(X=documents)
def test_ids_number_the_tokens_by_first_appearance(X):
    tokens = WordTokenizer().transform(X)
    flat = [token for row in tokens.to_list() for token in row]
    assert tokens.vocabulary == Vocabulary(dict.fromkeys(flat))
    assert tokens.vocabulary.lookup(flat).tolist() == tokens.values.tolist()


@given(X=documents)
def test_documents_are_left_alone(X):
    before = list(X)
    WordTokenizer(strip_accents="ascii", normalize="NFD").transform(X)
    assert before == X


@pytest.mark.parametrize("pattern", [r"\w+", r"(\w)\w*", r"a|(b)", r"[^\s']*", r"(?i)A+"])
@pytest.mark.parametrize("spans", [False, True])
@given(X=documents)
def test_pattern_finds_what_re_finds(pattern, spans, X):
    assume(not any("\u0130" in x for x in X) or not spans)
    expected = [re.findall(pattern, x.lower()) for x in X]
    for either in (pattern, re.compile(pattern)):
        tokens = WordTokenizer(pattern=either, spans=spans).transform(X)
        assert tokens.to_list() == expected
        if spans:
            for x, row, of_row in zip(X, expected, _rows_of_spans(tokens), strict=True):
                assert [x.lower()[start:stop] for start, stop in of_row] == row


def test_pattern_takes_the_place_of_the_rule():
    assert tokenize(["a-b c"], "keras", pattern=r"\S+") == [["a-b", "c"]]


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@given(X=documents)
def test_normalize_comes_first(form, X):
    expected = [WORDS.findall(unicodedata.normalize(form, x).lower()) for x in X]
    assert tokenize(X, normalize=form) == expected


@pytest.mark.parametrize("make", [list, tuple, set, frozenset, Vocabulary])
def test_stop_words_of_any_kind(make):
    X = ["The cat and the hat", "the", ""]
    assert tokenize(X, stop_words=make(["the", "and"])) == [["cat", "hat"], [], []]
    tokens = WordTokenizer(stop_words=make(["the", "and"])).transform(X)
    assert tokens.vocabulary.tokens == ["cat", "hat"]
    assert tokens.values.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("stop_words", "options", "made"),
    [
        (["The", "cat"], {}, ["the"]),
        (["no-one", "cat"], {}, ["no", "one"]),
        (["don't"], {"rule": "sklearn"}, ["don"]),
        (["d\u00e9j\u00e0"], {"strip_accents": "ascii"}, ["deja"]),
        (("Cat",), {"pattern": r"\w"}, ["a", "c", "t"]),
    ],
)
def test_stop_words_that_no_document_holds_are_a_warning_once(stop_words, options, made):
    tokenizer = WordTokenizer(**options, stop_words=stop_words)
    with pytest.warns(UserWarning, match=f"inconsistent.*{re.escape(str(made))} not in stop_words"):
        tokenizer.transform(["a cat"])
    tokenizer.transform(["a cat"])
    WordTokenizer(**options, stop_words=stop_words).transform(["a cat"])


def test_english_stop_words_are_scikit_learns():
    assert tokenize([" ".join(ENGLISH_STOP_WORDS), "the film"], stop_words="english") == [
        [],
        ["film"],
    ]


def test_stop_words_changed_between_calls_count():
    stop_words = ["a"]
    tokenizer = WordTokenizer(stop_words=stop_words)
    assert tokenizer.transform(["a b"]).to_list() == [["b"]]
    stop_words.append("b")
    assert tokenizer.transform(["a b"]).to_list() == [[]]


def test_parameters_changed_between_calls_count():
    tokenizer = WordTokenizer()
    assert tokenizer.transform(["A b"]).to_list() == [["a", "b"]]
    assert tokenizer.set_params(lowercase=False).transform(["A b"]).to_list() == [["A", "b"]]
    with pytest.raises(ValueError, match="'lowercase' parameter of WordTokenizer"):
        tokenizer.set_params(lowercase=1).transform(["A b"])


@pytest.mark.parametrize("X", [[], [""], ["", "", ""], ["\0"], [" \n"], ["--"]])
def test_documents_without_words(X):
    tokens = WordTokenizer("sklearn", spans=True).transform(X)
    assert tokens.to_list() == [[]] * len(X)
    assert tokens.spans.shape == (0, 2)
    assert len(tokens.vocabulary) == 0


def test_a_document_of_a_million_words():
    words = [f"w{i % 1000}" for i in range(1_000_000)]
    tokens = WordTokenizer().transform(["", " ".join(words), "w1"])
    assert tokens.lengths.tolist() == [0, 1_000_000, 1]
    assert tokens.vocabulary.tokens == words[:1000]
    np.testing.assert_array_equal(tokens[1], np.arange(1_000_000) % 1000)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"rule": "nltk"}, "'rule' parameter of WordTokenizer must be a str among"),
        ({"rule": ["words"]}, r"Got \['words'\] instead"),
        ({"lowercase": None}, "'lowercase' parameter"),
        ({"normalize": "NFX"}, "'normalize' parameter"),
        ({"stop_words": "german"}, "'stop_words' parameter"),
        ({"strip_accents": "utf"}, "'strip_accents' parameter"),
        ({"spans": "yes"}, "'spans' parameter"),
        ({"missing": "drop"}, "'missing' parameter"),
        ({"n_jobs": 1.5}, "'n_jobs' parameter"),
        ({"pattern": r"(a)(b)"}, "at most one capturing group, got 2"),
        ({"pattern": re.compile(rb"a")}, "not of bytes"),
        ({"n_jobs": 0}, "n_jobs == 0"),
    ],
)
def test_parameters_are_checked_without_fit(params, message):
    for _ in range(2):
        with pytest.raises(ValueError, match=message):
            WordTokenizer(**params).transform(["a", "b"])


def test_stop_words_must_be_strings():
    with pytest.raises(TypeError, match="got int at position 1: 3"):
        WordTokenizer(stop_words=["a", 3]).transform(["a"])


def test_bad_documents_are_named():
    with pytest.raises(ValueError, match="list"):
        WordTokenizer().transform("one document")
    with pytest.raises(TypeError, match="row 1"):
        WordTokenizer().transform(["a", None])
    assert tokenize(["a", None, float("nan")], missing="empty") == [["a"], [], []]


@pytest.mark.parametrize("spans", [False, True])
@pytest.mark.parametrize(
    "strip",
    [
        str.encode,
        lambda d: None,
        str.split,
        lambda d: 3,
        lambda d: bytearray(b"a"),
        lambda d: object(),
    ],
)
def test_strip_accents_must_return_text(strip, spans):
    tokenizer = WordTokenizer(strip_accents=strip, spans=spans)
    with pytest.raises(TypeError, match="strip_accents must return str, got .* for row 0"):
        tokenizer.transform(["café", "naïve"])
