"""Words of a vocabulary that a missing one may have been meant for."""

from __future__ import annotations

from string import ascii_lowercase

import numpy as np

from .._containers._vocabulary import Vocabulary

_LONGEST = 40  # a longer text is no misspelt word
_MOST = 2  # words that a message names


def near_spellings(vocabulary: Vocabulary, word: str) -> list[str]:
    """Return words that differ by case or by one letter, the most frequent first.

    As fast as some hundred lookups, whatever the size of the vocabulary, so that a loop which
    catches the error is not slowed down.
    """
    if not 1 < len(word) <= _LONGEST:
        return []
    lower = word.lower()
    cased = [word, lower, word.upper(), lower.capitalize()]
    candidates = dict.fromkeys([*cased, *_edits(word), *_edits(lower)])
    candidates.pop(word)
    ids = vocabulary.lookup(list(candidates))
    found = np.unique(ids[ids >= 0])[:_MOST]
    return [vocabulary.id_to_token(int(id)) for id in found]


def _edits(word: str) -> list[str]:
    """Return the words at one edit: a letter left out, added, changed or two swapped."""
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    swapped = [a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1]
    dropped = [a + b[1:] for a, b in splits if b]
    added = [a + letter + b for a, b in splits for letter in ascii_lowercase]
    changed = [a + letter + b[1:] for a, b in splits if b for letter in ascii_lowercase]
    return [*swapped, *dropped, *added, *changed]
