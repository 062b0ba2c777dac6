"""German to English: a small encoder and decoder with attention.

With TEXTVEC_DATA naming a folder with Multi30k's files: 29,000 descriptions of images, of which
10,000 are learned from here (benchmarks/translation.py takes all of them). Without: sentences
made of a few words by rules of either language, in which the German verb comes last.
"""

from __future__ import annotations

import gzip
import os
import random
from pathlib import Path

import matplotlib.pyplot as plt
from _data import show

from textvec import AttentionDisplay, Seq2Seq, SubwordTokenizer

Texts = list[str]

MEN = {"Mann": "man", "Hund": "dog", "Frosch": "frog", "Junge": "boy", "Clown": "clown"}
WOMEN = {"Frau": "woman", "Katze": "cat", "Kröte": "toad", "Tänzerin": "dancer"}
WAYS = {"alt": "old", "klein": "small", "müde": "tired", "jung": "young", "dick": "fat"}
VERBS = {"sehen": "see", "suchen": "look for", "malen": "paint", "finden": "find"}
MODALS = {"kann": "can", "will": "wants to", "muss": "must", "darf": "may"}
TIMES = {"heute": "today", "oft": "often", "am Abend": "in the evening"}


def made(n_sentences: int) -> tuple[Texts, Texts]:
    """Make sentences: German, English."""
    rng = random.Random(0)
    pairs = dict(made_pair(rng) for _ in range(n_sentences))
    return list(pairs), list(pairs.values())


def made_pair(rng: random.Random) -> tuple[str, str]:
    (subject, who), (thing, whom) = phrase(rng, "der", "e"), phrase(rng, "den", "en")
    (modal, must), (verb, does) = rng.choice([*MODALS.items()]), rng.choice([*VERBS.items()])
    german, english = f"{subject} {modal} {thing} {verb}.", f"{who} {must} {does} {whom}."
    if rng.random() < 0.5:
        time, when = rng.choice([*TIMES.items()])
        german, english = f"{time} {modal} {subject} {thing} {verb}.", f"{when} {english}"
    return german[0].upper() + german[1:], english


def phrase(rng: random.Random, article: str, ending: str) -> tuple[str, str]:
    """Make a noun with its article, and perhaps how it is."""
    masculine = rng.random() < 0.5
    noun, english = rng.choice([*(MEN if masculine else WOMEN).items()])
    if noun == "Junge" and article == "den":
        noun = "Jungen"
    article, ending = (article, ending) if masculine else ("die", "e")
    if rng.random() < 0.4:
        return f"{article} {noun}", f"the {english}"
    way, how = rng.choice([*WAYS.items()])
    return f"{article} {way.removesuffix('e')}{ending} {noun}", f"the {how} {english}"


def multi30k(part: str) -> tuple[Texts, Texts]:
    """Read descriptions of images: German, English."""
    path = Path(os.environ["TEXTVEC_DATA"], f"multi30k_en_de_fr_{part}.tsv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    return [row[1] for row in rows], [row[0] for row in rows]


if os.environ.get("TEXTVEC_DATA"):
    X_train, y_train = (texts[:10_000] for texts in multi30k("train"))
    X_test, y_test = multi30k("test_2016_flickr")
    subwords, size, passes = SubwordTokenizer(vocab_size=4000), 160, 8
else:
    X, y = made(2500)
    X_train, y_train, X_test, y_test = X[:-500], y[:-500], X[-500:], y[-500:]
    subwords, size, passes = SubwordTokenizer(vocab_size=300, lowercase=False), 48, 6

model = Seq2Seq(
    tokenizer=subwords,
    target_tokenizer=subwords,
    cell="gru",
    embedding_dim=size,
    hidden_size=size,
    dropout=0.2,
    learning_rate_init=3e-3,
    max_iter=passes,
    max_length=60,
    random_state=0,
    verbose=1,
)
model.fit(X_train, y_train)
model.summary()
for width in (1, 5):
    bleu = model.set_params(beam_width=width).score(X_test, y_test)
    print(f"beam of {width}: BLEU {bleu:.1f} on {len(X_test):,} sentences")
for source, target, written in zip(X_test[:5], y_test, model.predict(X_test[:5]), strict=False):
    print(f"\n  {source}\n= {target}\n> {written}")

figure, axis = plt.subplots(figsize=(5, 5))
AttentionDisplay.from_estimator(model, min(X_test[:20], key=len), ax=axis)
show(figure, "translation")
