"""Metrics of predicted texts against the true ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..._compat import import_optional

Metric = Callable[[Sequence[str], Sequence[str]], float]


def bleu(y_true: Sequence[str], y_pred: Sequence[str]) -> float:
    """Return the corpus BLEU by sacrebleu, 0 to 100 (Papineni et al., 2002)."""
    sacrebleu = import_optional("sacrebleu", needed_for='metric="bleu"')
    return float(sacrebleu.corpus_bleu(list(y_pred), [list(y_true)]).score)


def chrf(y_true: Sequence[str], y_pred: Sequence[str]) -> float:
    """Return the corpus chrF by sacrebleu, 0 to 100 (Popovic, 2015)."""
    sacrebleu = import_optional("sacrebleu", needed_for='metric="chrf"')
    return float(sacrebleu.corpus_chrf(list(y_pred), [list(y_true)]).score)


def exact(y_true: Sequence[str], y_pred: Sequence[str]) -> float:
    """Return the fraction of texts that equal the true one, 0 to 1."""
    return sum(a == b for a, b in zip(y_true, y_pred, strict=True)) / len(y_true)


METRICS: dict[str, Metric] = {"bleu": bleu, "chrf": chrf, "exact": exact}
