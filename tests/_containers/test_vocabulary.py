"""Vocabulary, held against a plain list and a dict."""

from __future__ import annotations

import json
import pickle
import tracemalloc
from collections import Counter
from collections.abc import Mapping

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textvec import SequenceVectorizer, Vocabulary
from textvec._containers._vocabulary import trusted_vocabulary

# Surrogates too; short, so that repeats and prefixes come up.
any_text = st.text(st.characters() | st.sampled_from("ab\0é語\ud800😀"), max_size=12)
token_lists = st.lists(any_text, unique=True, max_size=30)
first_ids = st.integers(0, 5)


@given(token_lists, first_ids, st.lists(any_text, max_size=10))
def test_is_a_mapping_like_a_dict(tokens, first_id, others):
    vocabulary = Vocabulary(tokens, first_id=first_id)
    plain = {token: first_id + i for i, token in enumerate(tokens)}
    assert isinstance(vocabulary, Mapping)
    assert vocabulary == plain
    assert plain == vocabulary
    assert vocabulary.tokens == list(vocabulary) == list(plain)
    assert list(vocabulary.items()) == list(plain.items())
    assert list(vocabulary.keys()) == list(plain.keys())
    assert list(vocabulary.values()) == list(plain.values())
    assert len(vocabulary) == len(plain)
    for token in [*tokens, *others]:
        assert (token in vocabulary) == (token in plain)
        assert vocabulary.get(token) == plain.get(token)
    for token, id in plain.items():
        assert vocabulary[token] == vocabulary.token_to_id(token) == id
        assert vocabulary.id_to_token(id) == token


@given(token_lists, first_ids, st.lists(any_text, max_size=20))
def test_lookup_of_many(tokens, first_id, wanted):
    vocabulary = Vocabulary(tokens, first_id=first_id)
    expected = [dict(vocabulary.items()).get(token, -1) for token in wanted]
    found = vocabulary.lookup(wanted)
    assert found.dtype == np.int32
    assert found.tolist() == expected
    distinct = list(dict.fromkeys(wanted))
    np.testing.assert_array_equal(
        vocabulary.lookup(Vocabulary(distinct, first_id=3)), vocabulary.lookup(distinct)
    )


@given(token_lists)
def test_argsort_is_the_order_of_sorted(tokens):
    vocabulary = Vocabulary(tokens)
    assert vocabulary.take(vocabulary.argsort()).tokens == sorted(tokens)


@given(token_lists, first_ids, st.data())
def test_take(tokens, first_id, data):
    positions = data.draw(st.permutations(range(len(tokens))))[: data.draw(st.integers(0, 30))]
    taken = Vocabulary(tokens, first_id=first_id).take(positions)
    assert taken == Vocabulary([tokens[i] for i in positions], first_id=first_id)
    assert taken.take([], first_id=7) == Vocabulary(first_id=7)


@given(token_lists, token_lists, token_lists, first_ids)
def test_merge_keeps_first_appearances_and_is_associative(a, b, c, first_id):
    parts = [Vocabulary(a, first_id=first_id), Vocabulary(b), Vocabulary(c, first_id=2)]
    merged, ids = parts[0].merge(*parts[1:])
    assert merged == Vocabulary(dict.fromkeys(a + b + c), first_id=first_id)
    for part, of_part in zip(parts, ids, strict=True):
        assert of_part.dtype == np.int32
        np.testing.assert_array_equal(of_part, merged.lookup(part))
    right = parts[1].merge(parts[2])[0]
    assert parts[0].merge(right)[0] == merged
    assert merged.merge()[0] == merged


@given(token_lists, first_ids)
def test_pickles_and_hashes_the_same_before_and_after_use(tokens, first_id):
    vocabulary = trusted_vocabulary(
        Vocabulary(tokens).buffer, Vocabulary(tokens).offsets, first_id=first_id
    )
    before = joblib.hash(vocabulary), pickle.dumps(vocabulary)
    assert "missing" * 3 not in vocabulary
    assert (joblib.hash(vocabulary), pickle.dumps(vocabulary)) == before
    restored = pickle.loads(before[1])
    assert restored == vocabulary
    assert not restored.buffer.flags.writeable
    assert joblib.hash(restored) == before[0]


@given(token_lists, first_ids)
def test_from_buffer_gives_the_vocabulary_back(tokens, first_id):
    vocabulary = Vocabulary(tokens, first_id=first_id)
    assert bytes(vocabulary.buffer) == "".join(tokens).encode("utf-8", "surrogatepass") or any(
        "\ud800" <= c <= "\udfff" for c in "".join(tokens)
    )
    again = Vocabulary.from_buffer(
        vocabulary.buffer.tolist(), vocabulary.offsets.tolist(), first_id=first_id
    )
    assert again == vocabulary


def test_tokens_of_every_length_around_the_words_of_the_hash():
    tokens = [c * size for size in range(1, 40) for c in "ab"]
    tokens += ["x" * size + "\0" * zeros for size in range(9) for zeros in range(1, 9)]
    vocabulary = Vocabulary(["", *tokens])
    assert vocabulary.lookup(vocabulary.tokens).tolist() == list(range(len(tokens) + 1))
    assert vocabulary.lookup(["a" * 40, "\0", "a\0"]).tolist() == [-1, 1 + len(tokens) - 72, -1]


def test_many_tokens():
    tokens = [f"token number {i}" if i % 2 else f"{i:x}" for i in range(100_000)]
    vocabulary = Vocabulary(tokens)
    assert vocabulary.lookup(tokens[::-1]).tolist() == list(range(len(tokens)))[::-1]
    assert vocabulary.nbytes == len("".join(tokens)) + 8 * (len(tokens) + 1)


def test_equality_minds_order_and_first_id():
    vocabulary = Vocabulary(["a", "b"])
    assert vocabulary != Vocabulary(["b", "a"])
    assert vocabulary != Vocabulary(["a", "b"], first_id=1)
    assert vocabulary != Vocabulary(["ab"])
    assert vocabulary != ["a", "b"]


def test_is_read_only():
    buffer = np.frombuffer(b"ab", dtype=np.uint8).copy()
    vocabulary = Vocabulary.from_buffer(buffer, np.array([0, 1, 2]))
    for array in (vocabulary.buffer, vocabulary.offsets):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    buffer[0] = ord("c")
    assert vocabulary.tokens == ["a", "b"]
    with pytest.raises(AttributeError):
        vocabulary.first_id = 3
    with pytest.raises(TypeError):
        hash(vocabulary)


def test_repr_shows_the_first_tokens():
    assert repr(Vocabulary(["abc"])) == "Vocabulary(['abc'])"
    assert repr(Vocabulary(map(str, range(9)))) == (
        "Vocabulary(['0', '1', '2', '3', '4', '5', ... 9 tokens])"
    )


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Vocabulary("abc"), TypeError, "got one str: 'abc'"),
        (lambda: Vocabulary(["a", 3]), TypeError, "got int at position 1: 3"),
        (lambda: Vocabulary(["a", "b", "a"]), ValueError, "'a' at positions 0 and 2"),
        (lambda: Vocabulary(["a"], first_id=-1), ValueError, "got first_id=-1"),
        (lambda: Vocabulary(["a"], first_id=2**31 - 1), ValueError, "for 1 tokens"),
        (lambda: Vocabulary(["a"])["b"], KeyError, "b"),
        (lambda: Vocabulary(["a"])[3], KeyError, "3"),
        (lambda: Vocabulary(["a"], first_id=2).id_to_token(1), IndexError, "id 1 is not in"),
        (lambda: Vocabulary(["a"]).lookup(["a", None]), TypeError, "NoneType at position 1"),
        (lambda: Vocabulary(["a"]).take([1]), IndexError, "between 0 and 0, got 1 to 1"),
        (lambda: Vocabulary(["a", "b"]).take([1, 1]), ValueError, "distinct"),
        (lambda: Vocabulary(["a"]).take([0.5]), IndexError, "float64"),
    ],
)
def test_bad_input_is_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("buffer", "offsets", "message"),
    [
        (b"ab", [0, 1], "to the 2 bytes of the buffer, got offsets from 0 to 1"),
        (b"ab", [0, 2, 1, 2], "offsets must rise"),
        (b"ab", [], "at least one offset"),
        (b"\xff\xfe", [0, 2], "not UTF-8"),
        ("é".encode(), [0, 1, 2], "inside a character, at byte 1"),
        (b"aa", [0, 1, 2], "distinct, got 'a'"),
    ],
)
def test_buffers_are_hostile_until_checked(buffer, offsets, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary.from_buffer(np.frombuffer(buffer, dtype=np.uint8), np.array(offsets, int))


def test_a_mapping_keeps_its_ids():
    saved = {"frog": 3, "the": 2}
    assert dict(Vocabulary(saved, first_id=2)) == saved
    vocabulary = Vocabulary(saved)
    assert dict(vocabulary) == saved
    assert Vocabulary(vocabulary) == vocabulary
    assert Vocabulary(dict.fromkeys(["b", "a"])).tokens == ["b", "a"]


@pytest.mark.parametrize("mapping", [{"a": 0, "b": 2}, {"a": 1, "b": 1}])
def test_ids_of_a_mapping_follow_one_another(mapping):
    with pytest.raises(ValueError, match="a mapping of 2 tokens must have the ids"):
        Vocabulary(mapping)


def test_ids_of_a_mapping_are_integers_from_the_first_id():
    with pytest.raises(ValueError, match="must have the ids 0 to 0, got 2 to 2"):
        Vocabulary({"a": 2}, first_id=0)
    for id in (0.5, "0", True):
        with pytest.raises(TypeError, match=f"an id of a mapping must be an integer, got {id!r}"):
            Vocabulary({"a": id})
    with pytest.raises(TypeError, match="first_id must be an integer, got True"):
        Vocabulary(["a"], first_id=True)


def test_counts_are_no_ids():
    counts = Counter(["the", "the", "the", "a", "a"])  # 3 and 2 are ids, too
    for make in (Vocabulary, lambda v: SequenceVectorizer(vocabulary=v).fit(["a"]).vocabulary_):
        with pytest.raises(TypeError, match=r"to counts, not to ids: .*counter.most_common\(\)"):
            make(counts)
        assert make([token for token, _ in counts.most_common()]).tokens == ["the", "a"]


def test_a_set_is_sorted():
    assert Vocabulary({"the", "frog", "log", "toad"}).tokens == ["frog", "log", "the", "toad"]
    assert Vocabulary(frozenset({"b", "a", "é"})).tokens == ["a", "b", "é"]


def test_ids_are_whole_and_one_str_is_no_sequence_of_tokens():
    vocabulary = Vocabulary(["a", "b"])
    with pytest.raises(TypeError, match="must be an integer"):
        Vocabulary(["a"], first_id=2.5)
    with pytest.raises(TypeError, match="must be an integer"):
        vocabulary.id_to_token(1.9)
    assert vocabulary.id_to_token(np.int32(1)) == "b"
    with pytest.raises(TypeError, match="tokens must be a sequence of str, got one: 'ba'"):
        vocabulary.lookup("ba")


@given(st.lists(st.text(max_size=4), unique=True), st.sampled_from([0, 2, 7]))
def test_json_keeps_tokens_and_ids(tmp_path_factory, tokens, first_id):
    path = tmp_path_factory.mktemp("vocabulary") / "v.json"
    vocabulary = Vocabulary(tokens, first_id=first_id)
    vocabulary.to_json(path)
    assert json.loads(path.read_text("utf-8")) == dict(vocabulary)
    read = Vocabulary.from_json(path)
    assert dict(read) == dict(vocabulary)
    assert list(read) == tokens


def test_json_of_other_programs(tmp_path):
    path = tmp_path / "v.json"
    path.write_text('\ufeff{"frog": 3, "the": 2}', "utf-8")
    assert Vocabulary.from_json(path) == Vocabulary(["the", "frog"], first_id=2)
    path.write_text('["", "[UNK]", "the", "frog"]')
    assert Vocabulary.from_json(str(path)) == Vocabulary(["the", "frog"], first_id=2)
    path.write_text('["the", "frog"]')
    assert Vocabulary.from_json(path) == Vocabulary(["the", "frog"])
    lone = Vocabulary(["\udc80", "é"], first_id=2)
    lone.to_json(path)
    assert Vocabulary.from_json(path) == lone


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=4),
        unique=True,
    ),
    st.sampled_from([0, 2]),
)
def test_text_keeps_tokens_and_ids(tmp_path_factory, tokens, first_id):
    path = tmp_path_factory.mktemp("vocabulary") / "v.txt"
    vocabulary = Vocabulary(tokens, first_id=first_id)
    vocabulary.to_text(path)
    lines = path.read_text("utf-8").split("\n")
    assert all(lines[id] == token for token, id in vocabulary.items())
    assert Vocabulary.from_text(path) == vocabulary


def test_text_of_other_programs(tmp_path):
    path = tmp_path / "vocab.txt"
    path.write_bytes(b"<pad>\r\n<unk>\r\nthe\r\nfrog")
    assert Vocabulary.from_text(path) == Vocabulary(["the", "frog"], first_id=2)
    path.write_bytes(b"")
    assert Vocabulary.from_text(path) == Vocabulary()
    marked = Vocabulary(["\ufeffa"])
    marked.to_text(path)
    assert Vocabulary.from_text(path) == marked


@pytest.mark.parametrize(
    ("vocabulary", "message"),
    [
        (Vocabulary(["a\nb"]), r"'a\\nb' holds an end of line: use to_json"),
        (Vocabulary(["a\x85"]), "holds an end of line"),
        (Vocabulary(["a"], first_id=1), "begin with the id 0 or 2, got first_id=1: use to_json"),
        (Vocabulary(["[PAD]", "[UNK]", "a"]), r"begin with .* use to_json"),
        (Vocabulary(["\udc80"]), "no UTF-8, use to_json"),
    ],
)
def test_what_lines_of_text_cannot_hold_is_refused(tmp_path, vocabulary, message):
    path = tmp_path / "v.txt"
    path.write_text("old")
    with pytest.raises(ValueError, match=message):
        vocabulary.to_text(path)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["v.txt"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "is no vocabulary in JSON"),
        (b"3", "must hold an object of tokens and ids"),
        (b'{"a": 0, "a": 1}', "the token 'a' occurs twice"),
        (b'{"a": 0, "b": 2}', "must have the ids 0 to 1"),
        (b'["a", 3]', "must be"),
        (b'{"a": 0.5}', "an id of a mapping must be an integer, got 0.5"),
        (b"\xff", "is no vocabulary in JSON"),
    ],
)
def test_files_that_hold_no_vocabulary_are_named(tmp_path, text, message):
    path = tmp_path / "v.json"
    path.write_bytes(text)
    with pytest.raises((ValueError, TypeError), match=message):
        Vocabulary.from_json(path)


def test_iterating_reads_as_far_as_it_goes():
    tokens = [f"token{i}" for i in range(300_000)]
    vocabulary = Vocabulary(tokens)
    assert list(vocabulary) == tokens
    tracemalloc.start()
    assert next(iter(vocabulary)) == "token0"
    assert tracemalloc.get_traced_memory()[1] < 2**15
    tracemalloc.stop()
