"""Apostrophes inside words: their characters, and the English contractions they make."""

from __future__ import annotations

from functools import cache

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from .._containers._vocabulary import Vocabulary

# RIGHT SINGLE QUOTATION MARK, MODIFIER LETTER APOSTROPHE, FULLWIDTH APOSTROPHE.
_VARIANTS = "\u2019\u02bc\uff07"

_SUBJECTS = {
    "'m": "i",
    "'re": "you we they there who what where",
    "'ve": "i you we they who could should would might must",
    "'ll": "i you he she it we they there that this who what",
    "'d": "i you he she it we they there that who what how where",
    "'s": "he she it that this there here who what where when why how let",
    "n't": (
        "are is was were ai do does did has have had ca could should would wo sha might must need "
        "may ought dare"
    ),
}


def fold_apostrophes(document: str) -> str:
    """Return a document with one kind of apostrophe, and as many characters."""
    for variant in _VARIANTS:
        document = document.replace(variant, "'")
    return document


@cache
def english_stop_words(*, contractions: bool) -> Vocabulary:
    """Return scikit-learn's English stop words; with `contractions`, those of such words too.

    Contractions are written with ``'`` and with U+2019, as the rules of WordTokenizer keep them.
    """
    words = dict.fromkeys(sorted(ENGLISH_STOP_WORDS))
    if contractions:
        for ending, subjects in _SUBJECTS.items():
            for subject in subjects.split():
                word = subject + ending
                words |= dict.fromkeys([word, word.replace("'", "\u2019")])
    return Vocabulary(words)
