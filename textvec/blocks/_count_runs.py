"""Counts of more tokens than memory holds: in files, sorted, and merged from there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._containers._vocabulary import trusted_vocabulary
from .._counting._mergeable import Parts
from .._counting._token_counts import TokenCounts
from .._storage._array_files import mapped_array, release
from .._storage._files import naming_where
from ._array_stores import FolderStore
from ._growing_vocabulary import joined_vocabularies

_HELD = 1 << 24  # bytes of the counts of a part of a tree that is not written yet
_READ = 1 << 19  # tokens that are merged at a time
_FILES = {"text": "<u1", "ends": "<i8", "occurrences": "<i8", "documents": "<i8"}

Limits = Callable[[TokenCounts], TokenCounts]


def merged_counts(parts: Iterable[Any], limits: Limits) -> Any:
    """Return the counts of all parts.

    Those of tokens, without `room`, take about as much memory as those within the limits alone.

    Parameters
    ----------
    parts : iterable of Counts
    limits : callable
        Returns the TokenCounts of the tokens that may be within the limits. It gets those of some
        tokens, with the number of all documents.

    Returns
    -------
    Counts or None
        None if there are no parts. If nothing is within the limits, the counts of all tokens, for
        messages to say why.
    """
    with ExitStack() as stack:
        held, runs = Parts(), None
        for counts in parts:
            held = held.add(counts)
            if _size(held.waiting[0][1]) > _HELD:
                runs = runs or stack.enter_context(_runs())
                runs.write(held.waiting[0][1])
                held = Parts(held.waiting[1:])
        counts = held.all() if held.waiting else None
        if runs is None:
            return counts
        if counts is not None:
            runs.write(counts)
        del counts, held
        found = runs.merged(limits)
        return found if len(found.vocabulary) else runs.merged(lambda counts: counts)


@contextmanager
def _runs() -> Iterator[_Runs]:
    """Make a folder of runs in that for temporary files, which an error of a full disk names."""
    temporary = Path(gettempdir())
    with (
        naming_where(temporary),
        TemporaryDirectory(prefix="textvec-counts-", dir=temporary) as folder,
    ):
        runs = _Runs(Path(folder))
        try:
            yield runs
        finally:
            runs.close()


def _size(counts: Any) -> int:
    """Return the bytes of what can be written; of what `room` bounds, none."""
    if not isinstance(counts, TokenCounts) or counts.room is not None:
        return 0
    return counts.vocabulary.nbytes + counts.occurrences.nbytes + counts.documents.nbytes


class _Runs:
    """Counts in the files of a folder: runs of tokens, each sorted by code points."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._store = FolderStore(folder)
        self._store.append("ends", np.zeros(1, dtype=np.int64))
        self._first = [0]  # token of each run
        self._n_bytes = self._n_documents = 0
        self._example: TokenCounts | None = None  # of no tokens

    def write(self, counts: TokenCounts) -> None:
        """Append a run."""
        by_name = counts.in_order()
        self._store.append("text", by_name.vocabulary.buffer)
        self._store.append("ends", by_name.vocabulary.offsets[1:] + self._n_bytes)
        self._store.append("occurrences", by_name.occurrences)
        self._store.append("documents", by_name.documents)
        self._first.append(self._first[-1] + len(by_name.vocabulary))
        self._n_bytes += len(by_name.vocabulary.buffer)
        self._n_documents += counts.n_documents
        self._example = counts.take(np.empty(0, dtype=np.int64))

    def close(self) -> None:
        """Complete and close the files."""
        self._store.close()

    def merged(self, limits: Limits) -> TokenCounts:
        """Return the counts of all runs that are within the limits."""
        assert self._example is not None
        self.close()
        nothing = self._example._replace(n_documents=self._n_documents)
        kept, n_new, room = [nothing], 0, _READ
        for counts in self._merged_in_order():
            kept.append(limits(counts._replace(n_documents=self._n_documents)))
            n_new += len(kept[-1].vocabulary)
            if n_new > room:
                kept = [limits(_joined(kept))]
                n_new, room = 0, max(_READ, len(kept[0].vocabulary))
        return limits(_joined(kept))

    def _merged_in_order(self) -> Iterator[TokenCounts]:
        """Yield the counts of the next tokens of all runs, until there are none."""
        files = _Mapped(
            *(
                mapped_array(self._folder / f"{name}.npy", (t,), (None,))
                for name, t in _FILES.items()
            )
        )
        ranges = [range(*run) for run in pairwise(self._first)]
        while ranges := [tokens for tokens in ranges if tokens]:
            heads = files.next_of(ranges, max(1, _READ // len(ranges)))
            first, *others = (files.counts(head) for head in heads)
            yield first.merge(*others).in_order()
            files.release()
            ranges = [tokens[len(head) :] for tokens, head in zip(ranges, heads, strict=True)]


class _Mapped(NamedTuple):
    """The files of all runs."""

    text: NDArray[np.uint8]
    ends: NDArray[np.int64]
    occurrences: NDArray[np.int64]
    documents: NDArray[np.int64]

    def token(self, i: int) -> bytes:
        """Return a token in UTF-8, by which tokens are in the order of their code points."""
        return self.text[self.ends[i] : self.ends[i + 1]].tobytes()

    def next_of(self, ranges: list[range], n_tokens: int) -> list[range]:
        """Return the beginning of each run, up to one token for all."""
        heads = [tokens[:n_tokens] for tokens in ranges]
        lasts = [
            self.token(head[-1])
            for head, tokens in zip(heads, ranges, strict=True)
            if len(head) < len(tokens)
        ]
        if not lasts:
            return heads
        last = min(lasts)
        return [head[: bisect_right(head, last, key=self.token)] for head in heads]

    def counts(self, tokens: range) -> TokenCounts:
        first, stop = tokens.start, tokens.stop
        ends = self.ends[first : stop + 1]
        text = self.text[ends[0] : ends[-1]].copy()
        counts = (self.occurrences[first:stop].copy(), self.documents[first:stop].copy())
        return TokenCounts(trusted_vocabulary(text, ends - ends[0]), *counts, 0)

    def release(self) -> None:
        for array in self:
            release(array)


def _joined(parts: list[TokenCounts]) -> TokenCounts:
    """Return the counts of parts that have no token in common."""
    words = joined_vocabularies([part.vocabulary for part in parts])
    return parts[0]._replace(
        vocabulary=words,
        occurrences=np.concatenate([part.occurrences for part in parts]),
        documents=np.concatenate([part.documents for part in parts]),
    )
