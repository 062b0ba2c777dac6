"""DNA cut into k-mers of random lengths, represented by ids and not by strings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Fragmentation = Literal["sliding", "disjoint"]

# A sequence is read in fragments of random lengths in this range, each on one of its strands.
MIN_FRAGMENT, MAX_FRAGMENT = 2_500, 5_000

_OTHER = 4  # any letter but A, C, G and T
_COMPLEMENT = np.array([3, 2, 1, 0, _OTHER], dtype=np.uint8)
_CODES = np.full(256, _OTHER, dtype=np.uint8)
_CODES[list(b"ACGT")] = [0, 1, 2, 3]
_SPELLING = str.maketrans("acgtUu", "ACGTTT")


def as_dna(sequence: str) -> str:
    """Spell a sequence with A, C, G and T in upper case: U is T, and white space is left out."""
    return "".join(sequence.split()).translate(_SPELLING)


def encode(sequence: str) -> NDArray[np.uint8]:
    """Return letters as 0 to 3 for A, C, G and T, as `as_dna` spells them, 4 for any other."""
    letters = np.frombuffer(as_dna(sequence).encode("ascii", "replace"), dtype=np.uint8)
    return _CODES[letters]


class Fragments:
    """Sequences that are cut into k-mers differently in every epoch.

    Parameters
    ----------
    sequences : list of ndarray of uint8
        As `encode` returns them.
    k_min, k_max : int
        Minimum and maximum length of a k-mer.
    fragmentation : {"sliding", "disjoint"}
        Whether a k-mer begins at every letter, or where the previous one ends.
    reverse_complement : bool
        Whether each fragment is read on either strand with equal probability.
    seed : int
        Of the cuts, which differ from epoch to epoch.
    """

    def __init__(
        self,
        sequences: list[NDArray[np.uint8]],
        k_min: int,
        k_max: int,
        *,
        fragmentation: Fragmentation = "sliding",
        reverse_complement: bool = True,
        seed: int = 0,
    ):
        self.sequences = sequences
        self.names = KmerNames(k_min, k_max)
        self.fragmentation = fragmentation
        self.reverse_complement = reverse_complement
        self.seed = seed

    def of_epoch(self, epoch: int) -> Iterator[NDArray[np.int64]]:
        """Return the ids of the k-mers of each fragment, as an epoch cuts it.

        Yields
        ------
        ndarray of int64
            Never empty.
        """
        rng = np.random.default_rng([self.seed, epoch])
        cut = sliding if self.fragmentation == "sliding" else disjoint
        for sequence in self.sequences:
            for run in self._runs(sequence, rng):
                starts, widths = cut(len(run), self.names.k_min, self.names.k_max, rng)
                if len(starts):
                    yield self.names.ids(run, starts, widths)

    def counts(self, n_epochs: int) -> NDArray[np.int64]:
        """Count each k-mer in the first `n_epochs` epochs."""
        counts = np.zeros(self.names.n_ids, dtype=np.int64)
        waiting: list[NDArray[np.int64]] = []
        n_waiting, enough = 0, max(1_000_000, len(counts))
        for epoch in range(n_epochs):
            for ids in self.of_epoch(epoch):
                waiting.append(ids)
                n_waiting += len(ids)
                if n_waiting >= enough:
                    counts += np.bincount(np.concatenate(waiting), minlength=len(counts))
                    waiting, n_waiting = [], 0
        if waiting:
            counts += np.bincount(np.concatenate(waiting), minlength=len(counts))
        return counts

    def _runs(self, sequence: NDArray[np.uint8], rng: Generator) -> Iterator[NDArray[np.uint8]]:
        """Yield runs of A, C, G and T, fragment by fragment."""
        start = 0
        while start < len(sequence):
            stop = start + int(rng.integers(MIN_FRAGMENT, MAX_FRAGMENT))
            fragment = sequence[start:stop]
            if self.reverse_complement and rng.random() < 0.5:
                fragment = _COMPLEMENT[fragment[::-1]]
            breaks = np.flatnonzero(fragment == _OTHER)
            bounds = np.concatenate([[-1], breaks, [len(fragment)]])
            for a, b in zip(bounds[:-1] + 1, bounds[1:]):
                if b - a >= self.names.k_min:
                    yield fragment[a:b]
            start = stop


Cuts = tuple[NDArray[np.int64], NDArray[np.int64]]


def sliding(length: int, k_min: int, k_max: int, rng: Generator) -> Cuts:
    """Cut a k-mer of random length at each letter that has `k_max` letters from it on.

    Returns
    -------
    starts, widths : ndarray of int64
    """
    n_kmers = max(0, length - k_max + 1)
    return np.arange(n_kmers), rng.integers(k_min, k_max + 1, size=n_kmers)


def disjoint(length: int, k_min: int, k_max: int, rng: Generator) -> Cuts:
    """Cut k-mers of random lengths one after the other, from a random letter on.

    What is left at the end is a k-mer too, unless it is shorter than `k_min`.

    Returns
    -------
    starts, widths : ndarray of int64
    """
    first = int(rng.integers(k_min))
    widths = rng.integers(k_min, k_max + 1, size=max(0, length - first) // k_min + 1)
    stops = first + np.cumsum(widths)
    starts = stops - widths
    widths = np.minimum(stops, length) - starts
    whole = widths >= k_min
    return starts[whole], widths[whole]


class KmerNames:
    """Ids of all k-mers over four letters: the shortest first, then in alphabetical order.

    Parameters
    ----------
    k_min, k_max : int
        Minimum and maximum length.
    """

    def __init__(self, k_min: int, k_max: int):
        self.k_min, self.k_max = int(k_min), int(k_max)  # NumPy's may be too small for an id
        # Id of the first k-mer of each length.
        self._first = np.array(
            [(4**k - 4**self.k_min) // 3 for k in range(self.k_max + 2)], dtype=np.int64
        )
        self.n_ids = int(self._first[self.k_max + 1])

    def ids(
        self, letters: NDArray[np.uint8], starts: NDArray[np.int64], widths: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return the ids of the k-mers that begin at `starts` and are `widths` long.

        Parameters
        ----------
        letters : ndarray of shape (n_letters,), uint8
            From 0 to 3.
        starts, widths : ndarray of shape (n_kmers,), int64

        Returns
        -------
        ndarray of shape (n_kmers,), int64
        """
        codes = np.zeros(len(starts), dtype=np.int64)
        for i in range(self.k_max):
            letter = letters[np.minimum(starts + i, len(letters) - 1)]
            codes = np.where(i < widths, codes * 4 + letter, codes)
        return codes + self._first[widths]

    def names(self, ids: NDArray[np.int64]) -> list[str]:
        """Return the k-mers of these ids, in letters."""
        names = np.empty(len(ids), dtype=object)
        widths = np.searchsorted(self._first, ids, side="right") - 1
        for k in range(self.k_min, self.k_max + 1):
            rows = np.flatnonzero(widths == k)
            codes = ids[rows] - self._first[k]
            shifts = 2 * np.arange(k - 1, -1, -1)
            letters = np.frombuffer(b"ACGT", np.uint8)[(codes[:, None] >> shifts) & 3]  # (n, k)
            names[rows] = [row.tobytes().decode("ascii") for row in letters]
        return names.tolist()
