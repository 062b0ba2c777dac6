"""Inputs of the cases: texts in nine languages, sequences of ids, series, a table of vectors."""

from __future__ import annotations

import numpy as np

from textvec import Ragged, WordVectors
from textvec.datasets import load_reviews

LANGUAGES = {
    "ar": "لا أعرف متى يصل القطار، لكن المحطة ليست بعيدة.",
    "de": "Die Straße ist naß; größere Übel gab's 1989 nicht: „Ach, Österreich!“",
    "en": "The frog's log isn't far: 3.14 miles, e-mail me at frog@example.org — O'Neill did!",
    "es": "¿Dónde está la rana? ¡Mañana comerá una piña, y el pingüino también!",
    "fr": "L'été dernier, j'ai vu aujourd'hui même où l'œuvre naïve s'achève.",
    "hi": "मेंढक तालाब के पास बैठा है और उसे भूख नहीं लगी।",
    "ja": "カエルは池のそばに座って、お腹が空いていない。ＡＢＣも読む。",
    "ru": "Лягушка сидит у пруда, и ей совсем не хочется есть: ёжик — тоже!",
    "th": "กบนั่งอยู่ข้างสระน้ำและไม่หิวเลย",
}
EDGES = [
    "",
    " ",
    "x",
    "the the the toad",
    "İstanbul ΣΊΣΥΦΟΣ straße ﬁn ǅ",
    "a\u0301e\u0308 \u200dzero\u200bwidth NUL\x00here \ufeff",
    "🐸👩‍👩‍👧‍👦 🇫🇷 ok_1 __init__ a.b.c 1,000.5 ½",
    "tab\tnew\nline\r\nend\x85nel\u2028ls",
    "word " * 40,
]
_RNG = np.random.default_rng(20)


def _made_up(n: int) -> list[str]:
    """Sentences of several scripts, with words that come in very unequal numbers."""
    words = [word for text in LANGUAGES.values() for word in text.split()]
    shares = 1 / np.arange(1, len(words) + 1)
    shares /= shares.sum()
    return [" ".join(_RNG.choice(words, _RNG.integers(0, 14), p=shares)) for _ in range(n)]


DOCUMENTS = [*LANGUAGES.values(), *EDGES, *_made_up(120)]
REVIEWS: list[str] = load_reviews(return_X_y=True)[0][:90]
GENOME = [
    "".join(_RNG.choice(list("ACGT"), 400)),
    "acgtNNacgtacgtaa" * 9,
    "ACG",
    "",
    "GATTACA" * 20,
]
CONCEPTS = [
    [f"C{int(c):02d}" for c in np.unique(_RNG.geometric(0.12, _RNG.integers(1, 9)))]
    for _ in range(200)
]

# Sequences: rows of ids from 2 on, an empty one among them.
ROWS = [_RNG.integers(2, 12, size=n).tolist() for n in [0, *_RNG.integers(1, 9, size=39)]]
IDS = Ragged.from_rows(ROWS)
SERIES = [_RNG.normal(size=(max(1, len(row)), 3)).astype(np.float32) for row in ROWS]
NUMBERS = _RNG.normal(size=(40, 6))
BINARY = np.array(["yes" if 7 in row else "no" for row in ROWS])
CLASSES = np.array([len(row) % 3 for row in ROWS])
LABELS = np.array([[j in row for j in (3, 5, 7)] for row in ROWS]).astype(int)
TARGET = np.array([float(sum(row)) for row in ROWS])
TARGETS = np.column_stack([TARGET, -0.1 * TARGET + np.arange(40)])
WEIGHTS = _RNG.uniform(0, 2, size=40)
SENTENCES = [" ".join("abcdefghijkl"[i] for i in row) for row in ROWS]
REVERSED = [text[::-1].upper() for text in SENTENCES]
STORIES = [
    f"The {a} {b}. It was {c}! Then the {a} went to {d}."
    for a in ("cat", "dog", "old frog")
    for b in ("sleeps", "ran away", "sat on a log")
    for c in ("cold", "very late")
    for d in ("sea", "bed")
]
STEPS = np.arange(80)
WAVE = 10 * np.sin(STEPS / 4) + 0.3 * STEPS
WAVES = [WAVE, WAVE[:50] * 2 + 1, np.cos(STEPS[:61] / 3)]
COLUMNS = np.column_stack([np.cos(STEPS / 4), STEPS % 7 == 0]).astype(float)

WORDS = [f"w{i}" for i in range(60)] + ["the", "frog", "log", "toad", "a", "b", "c", "d", "film"]
VECTORS = WordVectors(WORDS, np.random.default_rng(3).normal(size=(len(WORDS), 8)).astype("f4"))
TABLE = WordVectors(
    list("abcdefghijkl"), np.random.default_rng(4).normal(size=(12, 5)).astype("f4")
)
