"""The vocabulary a user passes, with the ids that its source means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..._containers._vocabulary import FIRST, PAD, UNKNOWN, UNKNOWN_NAME, Vocabulary
from ..._containers._vocabulary_checks import check_no_counts
from ..._containers._vocabulary_files import PADDING_NAMES, UNKNOWN_NAMES
from ..._inputs._words import word_list


def check_no_iterator(vocabulary: object) -> None:
    """Raise a TypeError for what can be read only once."""
    if isinstance(vocabulary, Iterator):
        raise TypeError(
            f"vocabulary is an iterator ({type(vocabulary).__name__}), which only one fit can read "
            "and clone can't copy: pass a list, list(vocabulary)."
        )


def given_vocabulary(vocabulary: Mapping[str, int] | Iterable[str]) -> Vocabulary:
    """Return the user's vocabulary as a Vocabulary of ids from 2 on.

    Parameters
    ----------
    vocabulary : Mapping of str to int, or iterable of str
        A list that begins with names of padding and of the unknown token, or a mapping of these
        to 0 and 1, is read as Keras, torchtext and transformers mean it: ids are positions.
        Without these, a list counts from 2 on.

    Raises
    ------
    TypeError
        If it is an iterator.
    ValueError
        If it is empty, or its ids would not be those that its source means.
    """
    if isinstance(vocabulary, str):
        raise ValueError("vocabulary must be a mapping or an iterable of tokens, got one str.")
    check_no_iterator(vocabulary)
    if isinstance(vocabulary, Mapping):
        check_no_counts(vocabulary)
        tokens = _tokens_by_id(vocabulary)
    elif isinstance(vocabulary, (set, frozenset)):
        tokens = sorted(vocabulary, key=str)
    else:
        tokens = without_reserved(word_list(vocabulary, "vocabulary"))
    if not tokens:
        raise ValueError("vocabulary is empty.")
    if UNKNOWN_NAME in tokens:
        raise ValueError(
            f"vocabulary holds {UNKNOWN_NAME!r}, which stands for any unknown token and has the "
            f"id {UNKNOWN}: leave it out, or have a list begin with '' and {UNKNOWN_NAME!r}."
        )
    return Vocabulary(tokens, first_id=FIRST)


def without_reserved(tokens: list[str]) -> list[str]:
    """Return a list of tokens without the names of padding and unknown that it begins with.

    Raises
    ------
    ValueError
        If it begins with other special tokens than these two, in this order, so that the ids
        of its source can't be kept.
    """
    head = tokens[:FIRST]
    kinds = [_kind(token) for token in head]
    if kinds == [PAD, UNKNOWN]:
        return tokens[FIRST:]
    if any(kind is not None for kind in kinds):
        raise ValueError(
            f"vocabulary begins with {head}, but id {PAD} is padding and id {UNKNOWN} an unknown "
            f"token: have it begin with '' and {UNKNOWN_NAME!r}, and the rows of an embedding "
            "that was trained with it in the same order; or leave special tokens out, to number "
            f"the others from {FIRST} on."
        )
    return tokens


def _kind(token: object) -> int | None:
    if not isinstance(token, str):
        return None
    return PAD if token in PADDING_NAMES else UNKNOWN if token in UNKNOWN_NAMES else None


def _tokens_by_id(vocabulary: Mapping[str, int]) -> Sequence[str]:
    """Return the tokens of ids from 2 on, in order; names of padding and unknown may be 0 and 1."""
    tokens = sorted(vocabulary, key=lambda token: vocabulary[token])
    reserved = [t for t in tokens[:FIRST] if vocabulary[t] == _kind(t)]
    tokens = tokens[len(reserved) :]
    if [vocabulary[token] for token in tokens] != list(range(FIRST, FIRST + len(tokens))):
        raise ValueError(
            f"vocabulary must map its {len(tokens)} tokens to the ids {FIRST} to "
            f"{FIRST + len(tokens) - 1} ({PAD} is padding, {UNKNOWN} an unknown token). To number "
            "tokens anew in the same order, pass sorted(vocabulary, key=vocabulary.get)."
        )
    return tokens
