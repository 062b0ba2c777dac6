"""What must fit int32 inside of one document. Numbers of all documents together are int64."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

INT32_MAX = int(np.iinfo(np.int32).max)


def check_spans_fit(documents: Sequence[str], first: int = 0) -> None:
    """Raise a ValueError for a document too long for spans; `first` is the row of the first."""
    for row, document in enumerate(documents, first):
        if len(document) > INT32_MAX:
            raise ValueError(
                f"row {row} has {len(document)} characters, and spans are int32, up to "
                f"{INT32_MAX}: cut the document, or set spans=False."
            )


def check_counts_fit(offsets: NDArray[np.int64], *, names_row: bool = True) -> None:
    """Raise a ValueError for a row of so many tokens that a count of one might not fit int32."""
    if offsets[-1] <= INT32_MAX:
        return
    lengths = np.diff(offsets)
    if lengths.max() > INT32_MAX:
        row = int(lengths.argmax())
        raise ValueError(
            f"{f'row {row}' if names_row else 'a document'} has {lengths[row]} tokens, and counts "
            f"in one document are int32, up to {INT32_MAX}: cut it."
        )
