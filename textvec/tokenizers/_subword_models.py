"""Subword models of the package `tokenizers`: learning them, and reading them from a file.

The library numbers what it learns in the order of hash maps that are seeded anew each time, so
two runs on the same documents differ. Here each model is learned or put in order such that the
same documents lead to the same model.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from .._compat import import_optional
from .._containers._vocabulary import Vocabulary
from .._inputs._paths import checked_path
from ._read_in_thread import read_in_thread

SubwordModel = Literal["bpe", "wordpiece", "unigram"]

UNKNOWN_TOKEN = "[UNK]"

# Unigram's trainer assigns the characters that no longer are pieces the lowest of all scores,
# each this much above the one before, in the order of a hash map.
_STEP = 1e-4

# Joining pairs takes time in the square of a word's length: a million letters without a space, as
# of a genome or in base64, would take minutes. Unigram takes as long for pieces of them.
_LONGEST = 4096
_UNBROKEN = re.compile(rf"\S{{{_LONGEST}}}(?=\S)")

_SURROGATE = re.compile("[\ud800-\udfff]")


def load(path: str | os.PathLike[str]) -> Any:
    """Read a ``tokenizer.json``; what it says of padding and truncation is dropped.

    Raises
    ------
    ValueError
        If the file holds no tokenizer.
    """
    file, complaint = checked_path(path, "path"), f"{os.fspath(path)!r} is no tokenizer.json"
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{complaint}: {error}") from error
    tokenizer = from_json(text, complaint)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def from_json(text: str, complaint: str = "no tokenizer") -> Any:
    """Return the tokenizer that a text describes.

    Raises
    ------
    ValueError
        If it describes none; the message begins with `complaint`.
    """
    try:
        return _library().Tokenizer.from_str(text)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the library panics, too, which is no Exception
        raise ValueError(f"{complaint}: {error}") from error


class TextBlocks:
    """Documents in blocks, without lone surrogates, which no UTF-8 can hold, or endless words.

    Parameters
    ----------
    blocks : callable
        Returns lists of str, anew in each call if documents are to be read more than once.

    Raises
    ------
    ValueError
        At the end, if there was no text in any.
    """

    def __init__(self, blocks: Callable[[], Iterable[list[str]]]):
        self._blocks = blocks

    def __iter__(self) -> Iterator[str]:
        has_text = False
        for block in self._blocks():
            has_text = has_text or any(map(str.strip, block))
            yield from map(_in_pieces, without_surrogates(block))
        if not has_text:
            raise ValueError(
                "empty vocabulary: there are no documents to learn from, or nothing in them."
            )


def _in_pieces(document: str) -> str:
    """Cut words that are too long to be learned from as a whole."""
    return document if len(document) <= _LONGEST else _UNBROKEN.sub(r"\g<0> ", document)


def learn(model: SubwordModel, documents: TextBlocks, *, vocab_size: int, lowercase: bool) -> Any:
    """Learn a tokenizer from documents, which ``"wordpiece"`` reads twice.

    Raises
    ------
    ValueError
        If there is nothing to learn from, or `vocab_size` is too small for Unigram.
    """
    if model == "bpe":
        return _rebuilt(_trained(model, documents, vocab_size, lowercase, [UNKNOWN_TOKEN]))
    if model == "unigram":
        tokenizer = _trained(model, documents, vocab_size, lowercase, [UNKNOWN_TOKEN])
        return _rebuilt(tokenizer, unigram=True)
    # Pairs of equal count are joined in the order of their parts' ids, so the parts get their
    # ids first: characters as they begin a word, and as they go on (##).
    characters = _trained(model, documents, 1, lowercase, []).get_vocab()
    first = [UNKNOWN_TOKEN, *sorted(characters)]
    return _rebuilt(_trained(model, documents, vocab_size, lowercase, first))


def vocabulary_of(tokenizer: Any) -> Vocabulary:
    """Return the tokens in the order of the library's ids; an id without one is ``<id 7>``."""
    token_of = {id: token for token, id in tokenizer.get_vocab(with_added_tokens=True).items()}
    n_ids = max(token_of, default=-1) + 1
    return Vocabulary(token_of.get(id, f"<id {id}>") for id in range(n_ids))


def without_surrogates(documents: list[str]) -> list[str]:
    """Replace lone surrogates, which no UTF-8 can hold, by U+FFFD."""
    return [d if d.isascii() else _SURROGATE.sub("\ufffd", d) for d in documents]


def _library() -> Any:
    return import_optional("tokenizers", needed_for="SubwordTokenizer")


def _trained(
    model: SubwordModel, documents: TextBlocks, vocab_size: int, lowercase: bool, first: list[str]
) -> Any:
    """Run the library's trainer; the tokens in `first` get the first ids."""
    library = _library()
    models, trainers, splitters = library.models, library.trainers, library.pre_tokenizers
    options = {"vocab_size": vocab_size, "show_progress": False, "special_tokens": first}
    if model == "wordpiece":
        tokenizer = library.Tokenizer(models.WordPiece(unk_token=UNKNOWN_TOKEN))
        trainer = trainers.WordPieceTrainer(**options)
        tokenizer.pre_tokenizer = splitters.BertPreTokenizer()
        tokenizer.decoder = library.decoders.WordPiece()
    else:
        if model == "bpe":
            tokenizer = library.Tokenizer(models.BPE(unk_token=UNKNOWN_TOKEN))
            trainer = trainers.BpeTrainer(**options)
        else:
            tokenizer = library.Tokenizer(models.Unigram())
            trainer = trainers.UnigramTrainer(**options, unk_token=UNKNOWN_TOKEN)
        tokenizer.pre_tokenizer = splitters.Sequence(
            [splitters.Metaspace(), splitters.Punctuation("isolated")]
        )
        tokenizer.decoder = library.decoders.Metaspace()
    tokenizer.normalizer = _normalizer(library, lowercase)

    def train(texts: Iterator[str]) -> None:
        try:
            tokenizer.train_from_iterator(texts, trainer)
        except Exception as error:  # the library raises nothing more special
            raise ValueError(
                f"learning {vocab_size} subwords by model={model!r} failed: {error}"
            ) from error

    read_in_thread(train, documents)
    return tokenizer


def _normalizer(library: Any, lowercase: bool) -> Any:
    steps = [
        library.normalizers.Replace(library.Regex(r"\s+"), " "),
        library.normalizers.Strip(),
    ]
    if lowercase:
        steps.append(library.normalizers.Lowercase())
    return library.normalizers.Sequence(steps)


def _rebuilt(tokenizer: Any, *, unigram: bool = False) -> Any:
    """Return the same tokenizer, in an order of its own and without special tokens.

    With them, a document that happens to hold the text ``[UNK]`` would hold the token.
    """
    state = json.loads(tokenizer.to_str())
    state["added_tokens"] = []
    if unigram:
        state["model"]["vocab"] = _in_order(state["model"]["vocab"])
    return _library().Tokenizer.from_str(json.dumps(state))


def _in_order(pieces: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Order the pieces of Unigram by falling score, ties by code point; [UNK] stays first."""
    unknown, *others = pieces
    # The sums that scores come from end in other digits from run to run.
    scores = {piece: round(score, 9) for piece, score in others}
    lowest = min(scores.values(), default=0.0)
    # Of the characters that stand on these steps nobody can say which ones the hash map put there.
    characters = sorted((score, piece) for piece, score in scores.items() if len(piece) == 1)
    pool: list[str] = []
    steps: list[int] = []
    for score, piece in characters:
        step = round((score - lowest) / _STEP)
        is_next = step - (steps[-1] if steps else 0) <= 1
        if not is_next or abs(score - lowest - _STEP * step) > _STEP / 100:
            break
        pool.append(piece)
        steps.append(step)
    for step, piece in zip(steps, sorted(pool), strict=True):
        scores[piece] = round(lowest + _STEP * step, 9)
    return [unknown, *sorted(scores.items(), key=lambda item: (-item[1], item[0]))]
