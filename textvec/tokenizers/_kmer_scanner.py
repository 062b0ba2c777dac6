"""k-mers of several lengths, of an alphabet, and canonical ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from .._containers._ragged import offsets_from_lengths, offsets_of_kept, positions_in_rows
from .._containers._tokens import ScanResult, Tokens, trusted_tokens
from .._containers._vocabulary import Vocabulary
from .._kernels._tokenize import Scanner
from ._kmer_losses import KmerLosses

# Of the letters of IUPAC: A. Cornish-Bowden (1985). Nomenclature for incompletely specified bases
# in nucleic acid sequences. Nucleic Acids Research 13.
_LETTERS, _COMPLEMENTS = "ACGTURYSWKMBDHVN", "TGCAAYRSWMKVHDBN"
_BLOCK = 1024  # documents at a time
_COMPLEMENT = str.maketrans(_LETTERS + _LETTERS.lower(), _COMPLEMENTS + _COMPLEMENTS.lower())


class KmerScanner:
    """Cuts documents into k-mers, and then decides on each distinct one.

    Parameters
    ----------
    scanners : sequence of Scanner
        One for each length.
    alphabet : str or None
        Characters that a k-mer may hold; None: any.
    canonical : bool
        Whether a k-mer and its reverse complement are one.
    """

    def __init__(self, scanners: Sequence[Scanner], alphabet: str | None, *, canonical: bool):
        self.scanners = scanners
        self.alphabet = None if alphabet is None else frozenset(alphabet)
        self.canonical = canonical

    def scan(self, documents: Iterable[str], *, spans: bool, n_threads: int) -> ScanResult:
        """Cut documents, of which there may be more than memory holds."""
        rest, losses = iter(documents), KmerLosses(self.alphabet)
        parts: list[Tokens] = []
        while (block := list(islice(rest, _BLOCK))) or not parts:
            parts.append(self._scanned(block, n_threads, losses))
        tokens = parts[0].concat(*parts[1:]) if len(parts) > 1 else parts[0]
        vocabulary = tokens.vocabulary
        return tokens.values, tokens.offsets, vocabulary.buffer, vocabulary.offsets, None

    def _scanned(self, documents: list[str], n_threads: int, losses: KmerLosses) -> Tokens:
        of_each = [
            trusted_tokens(scanner.scan(documents, spans=False, n_threads=n_threads))
            for scanner in self.scanners
        ]
        found = side_by_side(of_each)
        decided = self._decided(found)
        losses.look(documents, found, decided)
        return decided

    def _decided(self, tokens: Tokens) -> Tokens:
        """Drop k-mers with other characters, and name the rest canonically."""
        names = [self._name(kmer) for kmer in tokens.vocabulary.tokens]
        kept = sorted({name for name in names if name is not None})
        ids = {name: i for i, name in enumerate(kept)}
        new_id = np.array([-1 if name is None else ids[name] for name in names], dtype=np.int32)
        values = new_id[tokens.values] if names else tokens.values
        keep = values >= 0
        return _numbered(values[keep], offsets_of_kept(keep, tokens.offsets), kept)

    def _name(self, kmer: str) -> str | None:
        if self.alphabet is not None and not self.alphabet.issuperset(kmer):
            return None
        return min(kmer, kmer.translate(_COMPLEMENT)[::-1]) if self.canonical else kmer


def side_by_side(parts: Sequence[Tokens]) -> Tokens:
    """Join the rows of Tokens: of each document its tokens in the first, then in the next."""
    if len(parts) == 1:
        return parts[0]
    vocabulary, remaps = parts[0].vocabulary.merge(*(p.vocabulary for p in parts[1:]))
    lengths = np.stack([part.lengths for part in parts])  # (k, n)
    offsets = offsets_from_lengths(lengths.sum(axis=0))
    starts = offsets[:-1] + np.cumsum(lengths, axis=0) - lengths  # (k, n)
    values = np.empty(offsets[-1], dtype=np.int32)
    for part, remap, begin in zip(parts, remaps, starts, strict=True):
        places = np.repeat(begin, part.lengths) + positions_in_rows(part.lengths)
        values[places] = remap[part.values]
    return Tokens(values, offsets, vocabulary)


def _numbered(values: NDArray[np.int32], offsets: NDArray[np.int64], names: list[str]) -> Tokens:
    """Return Tokens whose ids number the tokens by first appearance."""
    used, first, places = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first)
    number = np.empty(len(used), dtype=np.int32)
    number[order] = np.arange(len(used), dtype=np.int32)
    vocabulary = Vocabulary([names[i] for i in used[order]])
    return Tokens(number[places], offsets, vocabulary)
