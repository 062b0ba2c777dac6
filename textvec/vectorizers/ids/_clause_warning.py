"""Warning of tokens that are clauses of a language without spaces."""

from __future__ import annotations

import re

import numpy as np

from ..._containers._vocabulary import Vocabulary
from ..._reporting._caller_warnings import warn_caller

_LOOKED_AT = 1000
# Words of Han and kana are shorter, as are those of Thai, Lao, Burmese and Khmer.
_CLAUSE = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff]{6,}|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]{15,}"
)


def warn_of_clauses(vocabulary: Vocabulary) -> None:
    """Warn if half of the tokens, or more, are as long as clauses of Chinese, Japanese or Thai."""
    n_tokens = len(vocabulary)
    if not n_tokens:
        return
    tokens = vocabulary.take(np.unique(np.linspace(0, n_tokens - 1, _LOOKED_AT).astype(np.intp)))
    clauses = [token for token in tokens if _CLAUSE.search(token)]
    if 2 * len(clauses) >= len(tokens):
        warn_caller(
            f"most tokens are as long as {clauses[0]!r:.40}: in a language that is written without "
            "spaces, they are clauses, which hardly occur twice. Set tokenizer to a segmenter of "
            "the language, or to CharTokenizer(): see the guide, Tokens."
        )
