"""BLEU of a small network on Multi30k, German to English: passes chosen on val, tested on 2016.

TEXTVEC_DATA=folder python benchmarks/translation.py [--passes 5] [--hidden 256] [--save FILE]
    [--plot docs/images/attention.png]
TEXTVEC_DATA=folder python benchmarks/translation.py --load FILE

All text is lower-cased; the figures are sacrebleu's, signatures printed. --plot draws where the
network looks while it translates one of the test sentences.
"""

from __future__ import annotations

import argparse
import copy
import gzip
import os
import pickle
from pathlib import Path
from time import perf_counter, process_time

from sacrebleu import BLEU, CHRF

from textvec import AttentionDisplay, Seq2Seq, SubwordTokenizer

Texts = list[str]
PLOTTED = "Die blau gekleidete Frau bedient eine Kamera vor zwei anderen Frauen."


def read(part: str) -> tuple[Texts, Texts]:
    """Read German and English sentences."""
    path = Path(os.environ["TEXTVEC_DATA"], f"multi30k_en_de_fr_{part}.tsv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    return [row[1] for row in rows], [row[0] for row in rows]


def bleu(y_true: Texts, y_pred: Texts) -> float:
    return float(BLEU(lowercase=True).corpus_score(list(y_pred), [list(y_true)]).score)


def trained(
    model: Seq2Seq, train: tuple[Texts, Texts], val: tuple[Texts, Texts], passes: int, save: str
) -> Seq2Seq:
    """Train pass by pass; give, and save, the model of the best BLEU on val."""
    best, best_score, rate = model, -1.0, model.learning_rate_init
    model.set_params(max_iter=1, warm_start=True)
    for number in range(1, passes + 1):
        # The rate stays for the first half, and is halved at each pass after.
        model.set_params(learning_rate_init=rate * 0.5 ** max(0, number - passes // 2))
        start = process_time()
        model.fit(*train)
        end = process_time()
        score = model.score(*val)
        print(
            f"pass {number:2}  loss {model.loss_curve_[-1]:.3f}  val BLEU {score:.2f}  "
            f"{end - start:.0f} CPU s to train, {process_time() - end:.0f} to translate",
            flush=True,
        )
        if score > best_score:
            best, best_score = copy.deepcopy(model), score
            if save:
                Path(save).write_bytes(pickle.dumps(best))
    return best


def test(model: Seq2Seq, X: Texts, y: Texts) -> None:
    """Print the figures on the test rows, and some translations."""
    for width in (1, 5):
        start = perf_counter()
        predicted = list(model.set_params(beam_width=width).predict(X))
        seconds = perf_counter() - start
        for metric in (BLEU(lowercase=True), CHRF(lowercase=True)):
            score = metric.corpus_score(predicted, [y])
            print(f"test, beam {width}: {score}  {metric.get_signature()}")
        print(f"    {len(X)} sentences in {seconds:.1f} s")
    for source, target, written in zip(X[:5], y, predicted, strict=False):
        print(f"\n{source}\n  {target}\n  {written}")


def fresh(options: argparse.Namespace) -> Seq2Seq:
    """Train a model."""
    X, y = read("train")
    model = Seq2Seq(
        tokenizer=SubwordTokenizer(vocab_size=5000),
        target_tokenizer=SubwordTokenizer(vocab_size=5000),
        cell="gru",
        embedding_dim=options.hidden,
        hidden_size=options.hidden,
        dropout=0.3,
        learning_rate_init=2e-3,
        batch_size=64,
        max_length=60,
        metric=bleu,
        random_state=0,
    )
    rows = slice(options.rows)
    return trained(model, (X[rows], y[rows]), read("val"), options.passes, options.save)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--rows", type=int, default=29_000, help="of the training rows")
    parser.add_argument("--save", default="", help="a file to pickle the best model to")
    parser.add_argument("--load", help="test such a model, train none")
    parser.add_argument("--plot", help="image of the attention of a test sentence")
    options = parser.parse_args()
    best = pickle.loads(Path(options.load).read_bytes()) if options.load else fresh(options)
    best.summary()
    test(best, *read("test_2016_flickr"))
    if options.plot:
        figure = AttentionDisplay.from_estimator(best, PLOTTED).figure_
        figure.savefig(options.plot, dpi=100, bbox_inches="tight")


if __name__ == "__main__":
    main()
