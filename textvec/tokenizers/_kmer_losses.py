"""Sequences of which an alphabet leaves nothing, or next to nothing: a warning says why."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._containers._tokens import Tokens
from .._reporting._caller_warnings import warn_caller

# What may stand in a sequence for a base that is not known, and for none.
_UNKNOWN = frozenset("NRYSWKMBDHVnryswkmbdhv-.*?")
_FEW = 0.1  # of the k-mers
_PAIRS = (("T", "U"), ("U", "T"), ("t", "u"), ("u", "t"))  # of DNA and RNA


class KmerLosses:
    """Warns, once, of sequences in other letters than those of the alphabet.

    Parameters
    ----------
    alphabet : frozenset of str or None
        Letters that a k-mer may hold; None: any, and nothing is lost.
    """

    def __init__(self, alphabet: frozenset[str] | None):
        self._alphabet = alphabet
        self._n_seen = 0

    def look(self, documents: list[str], found: Tokens, kept: Tokens) -> None:
        """Compare the k-mers of the next documents with those that are kept of them."""
        if self._alphabet is not None and len(kept.values) < len(found.values):
            loss = (
                self._lost_row(found, kept)
                or self._other_strand(documents)
                or self._few(found, kept)
            )
            if loss is not None:
                self._warn(*loss)
                self._alphabet = None
        self._n_seen += len(documents)

    def _lost_row(self, found: Tokens, kept: Tokens) -> tuple[str, set[str]] | None:
        """Return the first row of which nothing is kept, and its other letters."""
        for row in np.flatnonzero((kept.lengths == 0) & (found.lengths > 0)).tolist():
            others = self._others(found, np.unique(found[row]))
            if others:
                return f"row {self._n_seen + row} has no k-mers", others
        return None

    def _other_strand(self, documents: list[str]) -> tuple[str, set[str]] | None:
        """Return the first row with U in place of T, or the other way round."""
        letters = self._alphabet or frozenset()
        for here, there in _PAIRS:
            if here not in letters or there in letters:
                continue
            for row, text in enumerate(documents, self._n_seen):
                if _holds(text, there) and not _holds(text, here):
                    return f"row {row} loses all k-mers over {there!r}", {there}
        return None

    def _few(self, found: Tokens, kept: Tokens) -> tuple[str, set[str]] | None:
        n_found, n_kept = len(found.values), len(kept.values)
        if n_kept >= _FEW * n_found:
            return None
        others = self._others(found, np.arange(len(found.vocabulary)))
        what = f"only {n_kept:,} of {n_found:,} k-mers of rows from {self._n_seen} are kept"
        return (what, others) if others else None

    def _others(self, found: Tokens, ids: NDArray[np.integer]) -> set[str]:
        """Return the letters of some k-mers that are neither in the alphabet nor unknown bases."""
        letters = set("".join(found.vocabulary.take(ids).tokens))
        return letters - (self._alphabet or frozenset()) - _UNKNOWN

    def _warn(self, what: str, others: set[str]) -> None:
        alphabet = "".join(sorted(self._alphabet or ()))
        warn_caller(
            f"{what}: {''.join(sorted(others))!r:.40} not in alphabet={alphabet!r}. "
            f"{_way_out(alphabet, others)}"
        )


def _holds(text: str, letter: str) -> bool:
    return letter in text or letter.upper() in text  # an alphabet of small letters reads both


def _way_out(alphabet: str, others: set[str]) -> str:
    if {letter.swapcase() for letter in others} <= set(alphabet):
        return (
            "Pass lowercase=True to KmerTokenizer to read both cases, and lowercase=False to "
            "CountVectorizer, TfidfVectorizer or HashingVectorizer around it. Lower case, which "
            "marks repeats in genomes, is left out otherwise."
        )
    for here, there in _PAIRS:
        if here in alphabet and others == {there}:
            other = alphabet.replace(here, there)
            return f"Pass alphabet={other!r}, or text.replace({there!r}, {here!r})."
    return "Pass the letters of the sequences as alphabet, or None for any."
