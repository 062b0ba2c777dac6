"""More and more text, read as by a user's first call: cold, each figure in a process of its own.

Run with TEXTVEC_DATA naming the folder that holds ``imdb_train.csv.xz`` and ``imdb_unsup.csv.xz``::

    TEXTVEC_DATA=... python benchmarks/scale.py [NAME ...] [--mb 33 100 1000] [--threads 1 2]

The process makes its documents, so that they and all results are in new pages of memory, and times
one call. The text is the reviews, again and again; in each repetition one word in twenty is
another, and one in four hundred is new, so that the vocabulary and the number of pairs grow as
those of a corpus do. Printed with the speed: the peak of resident memory above that before the
call, the size of the result, page faults and the seconds that the system took for them, CPU seconds
of the process, those of its main thread, which reads too and does alone what is not shared out,
and how many processors others kept busy meanwhile: on a busy machine the CPU seconds say what is
gained, and those of the main thread what threads bring, where seconds do not. The time of a
"-stream" includes that of making the documents. All others are lines of a file in the folder for
temporary files, which must have room for twice their size; those of a "disk-" are read from there.
"int32-" are of ``beyond_int32.py``, and run if they are named. On a virtual machine new pages may
have to come from the host, which takes longer than reading the text: "touch", "copy" and "sum" show
what two threads of C that do nothing but write, copy and read memory reach here. Rounds take turns;
medians are printed. Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count, islice
from pathlib import Path
from typing import Any

import beyond_int32
import numpy as np
import pandas as pd
import polars as pl
from measuring import resident_mb
from scipy.sparse import vstack
from sklearn.feature_extraction.text import HashingVectorizer as Reference
from sklearn.linear_model import SGDClassifier

from textvec import (
    CountVectorizer,
    HashingVectorizer,
    Ragged,
    RNNClassifier,
    SequenceVectorizer,
    Tokens,
    WordTokenizer,
    transform_blocks,
)
from textvec.datasets import read_text

NEW_WORD = 20  # of so many words of a repetition one is not that of the review, ...
NEW_TOKEN = 20  # ... and of so many of these one occurs nowhere else; the others are of the corpus


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*FIGURES, []], metavar="NAME")
    parser.add_argument("--mb", type=int, nargs="+", default=[33, 100, 330, 1000])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeat", type=int, default=1, help="rounds")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        global SCRATCH
        name, mb, threads = options.child
        with tempfile.TemporaryDirectory() as folder:
            SCRATCH = Path(folder)
            print(json.dumps(measure(name, int(mb), int(threads))))
        return
    names = options.names or [name for name in FIGURES if not name.startswith("int32")]
    save_reviews()
    print(
        f"{'':24} {'MB':>6} {'threads':>7} {'s':>8} {'MB/s':>6} {'peak MB':>8} {'result':>8} "
        f"{'faults':>8} {'system':>6} {'CPU s':>6} {'main':>6} others"
    )
    for mb in options.mb:
        try:
            for name in names:
                report(name, mb, options.threads, options.repeat)
        finally:
            path_of(mb).unlink(missing_ok=True)


def report(name: str, mb: int, threads: list[int], repeat: int) -> None:
    """Print the figure at one size for each number of threads, and their ratio."""
    rounds = [[run_child(name, mb, n) for n in threads] for _ in range(repeat)]
    seconds, main_seconds = [], []
    for n, runs in zip(threads, zip(*rounds, strict=True), strict=True):
        middle = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        seconds.append(middle["seconds"])
        main_seconds.append(middle["main"])
        print(
            f"{name:24} {middle['mb']:6.0f} {n:7} {middle['seconds']:8.2f} "
            f"{middle['mb'] / middle['seconds']:6.0f} {middle['peak']:8.0f} "
            f"{middle['result']:8.0f} {middle['faults']:8,.0f} {middle['system']:6.2f} "
            f"{middle['cpu']:6.2f} {middle['main']:6.2f} {middle['others']:6.1f}",
            flush=True,
        )
    if threads == [1, 2]:
        by_cpu = main_seconds[0] / main_seconds[1]
        print(
            f"{name:24} {'two threads / one':>14} {seconds[0] / seconds[1]:8.2f}x, "
            f"by CPU seconds of the main thread {by_cpu:.2f}x"
        )


def run_child(name: str, mb: int, threads: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", name, str(mb), str(threads)]
    environment = {**os.environ, "POLARS_MAX_THREADS": str(threads)}
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return json.loads(run.stdout)  # type: ignore[no-any-return]


def measure(name: str, mb: int, threads: int) -> dict[str, float]:
    """Time one call in this process, which has made nothing but its documents before."""
    prepare, call = FIGURES[name]
    X = prepare(mb)
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of making the documents
    before, usage = resident_mb("VmRSS"), resource.getrusage(resource.RUSAGE_SELF)
    start, start_main, busy = time.perf_counter(), time.thread_time(), busy_seconds()
    result = call(X, threads)
    seconds, main_seconds = time.perf_counter() - start, time.thread_time() - start_main
    busy = busy_seconds() - busy
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_stime - usage.ru_stime + after.ru_utime - usage.ru_utime
    return {
        "seconds": seconds,
        "mb": sum(map(len, X)) / 1e6 if isinstance(X, list) else float(mb),
        "peak": resident_mb("VmHWM") - before,
        "faults": after.ru_minflt - usage.ru_minflt,
        "system": after.ru_stime - usage.ru_stime,
        "cpu": cpu,
        "main": main_seconds,
        "others": max(0.0, busy - cpu) / seconds,
        "result": size_of(result) / 1e6,
    }


def busy_seconds() -> float:
    """Return the CPU seconds of all processes of the machine so far."""
    user, nice, system = Path("/proc/stat").read_text().split()[1:4]
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


def size_of(result: Any) -> int:
    """Return the bytes of a result, in memory or mapped: arrays, and the vocabulary of terms."""
    if isinstance(result, tuple):
        return sum(map(size_of, result))
    if hasattr(result, "indptr"):
        return int(result.data.nbytes + result.indices.nbytes + result.indptr.nbytes)
    if isinstance(result, CountVectorizer):
        return int(vars(result)["vocabulary_"].nbytes)  # as an attribute, it is a dict
    if isinstance(result, Ragged):
        words = result.vocabulary.nbytes if isinstance(result, Tokens) else 0
        return int(result.values.nbytes + result.offsets.nbytes) + words
    return 0


def documents(mb: int) -> list[str]:
    """Return about so many MB of reviews as a list of str."""
    text_file(mb)
    with open(path_of(mb), encoding="utf-8", newline="\n") as file:
        return [line.removesuffix("\n") for line in file]


def stream(mb: int) -> Iterator[str]:
    """Generate about so many MB of reviews, the first copy of them as they are."""
    left = mb * 1_000_000
    for number in count():
        for review in copy_of(reviews(), number):
            if left <= 0:
                return
            left -= len(review)
            yield review


def copy_of(texts: list[str], number: int) -> Iterator[str]:
    """Generate a repetition of texts, with other words here and there; number 0 has none."""
    if number == 0:
        yield from texts
        return
    draw = random.Random(number)
    known = " ".join(texts[number % NEW_WORD :: NEW_WORD]).split(" ")
    draw.shuffle(known)
    for place in range(0, len(known), NEW_TOKEN):
        known[place] = new_word(number * len(known) + place)
    taken = 0
    for text in texts:
        words = text.split(" ")
        first = draw.randrange(NEW_WORD)
        n_chosen = len(range(first, len(words), NEW_WORD))
        taken = taken if taken + n_chosen <= len(known) else 0
        words[first::NEW_WORD] = known[taken : taken + n_chosen]
        taken += n_chosen
        yield " ".join(words)


def new_word(number: int) -> str:
    """Spell a number in letters, most frequent ones first."""
    letters = []
    while number:
        number, letter = divmod(number, 16)
        letters.append("etaoinshrdlcumwf"[letter])
    return "".join(letters)


SCRATCH = Path(tempfile.gettempdir())  # of each process, a folder in it
CACHE = Path(tempfile.gettempdir(), "textvec-scale-reviews.txt")


def save_reviews() -> None:
    """Write the reviews, which hold no line feed, one a line, for the processes to come."""
    if CACHE.exists():
        return
    folder = os.environ.get("TEXTVEC_DATA")
    if not folder:
        raise SystemExit("TEXTVEC_DATA must name the folder that holds imdb_train.csv.xz")
    files = ("imdb_train.csv.xz", "imdb_unsup.csv.xz")
    texts = [text for file in files for text in pd.read_csv(Path(folder, file))["text"]]
    started = CACHE.with_suffix(".part")
    started.write_text("\n".join(texts), encoding="utf-8", newline="\n")
    started.rename(CACHE)


@cache
def reviews() -> list[str]:
    return CACHE.read_bytes().decode().split("\n")


def tokenize(X: list[str], threads: int) -> Any:
    return WordTokenizer(n_jobs=threads).transform(X)


def fit_counts(ngram_range: tuple[int, int]) -> Callable[[list[str], int], Any]:
    def call(X: list[str], threads: int) -> Any:
        vectorizer = CountVectorizer(ngram_range=ngram_range, n_jobs=threads)
        return vectorizer.fit_transform(X), vectorizer

    return call


def hash_words(X: list[str], threads: int) -> Any:
    return HashingVectorizer(n_jobs=threads).transform(X)


def stream_words(call: Callable[[Any, int], Any]) -> Callable[[int, int], Any]:
    """Return a call that reads documents from a generator, which are never in memory as a whole."""
    return lambda mb, threads: call(stream(mb), threads)


BLOCK = 10_000  # documents


def blocks(X: list[str]) -> Iterator[list[str]]:
    return (X[first : first + BLOCK] for first in range(0, len(X), BLOCK))


def sklearn_hashing(X: list[str], threads: int) -> Any:
    """Hash as scikit-learn does, block by block."""
    with ThreadPoolExecutor(threads) as pool:
        return vstack(list(pool.map(Reference().transform, blocks(X))), format="csr")


def polars_tokens(X: list[str], threads: int) -> Any:
    """Return ids of words as polars makes them, with POLARS_MAX_THREADS threads."""
    words = pl.concat(
        pl.Series(block).str.to_lowercase().str.extract_all(r"\w\w+").explode().cast(pl.Categorical)
        for block in blocks(X)
    )
    return words.to_physical()


def in_parts(call: Callable[..., Any], threads: int, *arrays: Any) -> list[Any]:
    """Call a function of C with parts of arrays, a thread each."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(call, *(np.array_split(array, threads) for array in arrays)))


def touch(X: Any, threads: int) -> Any:
    """Write to new pages: the limit of threads that make a result."""
    pages = np.empty_like(X)
    in_parts(lambda part: np.copyto(part, 1.0), threads, pages)
    return pages


def touch_and_copy(X: Any, threads: int) -> Any:
    """Copy memory into new pages."""
    copy = np.empty_like(X)
    in_parts(np.copyto, threads, copy, X)
    return copy


def add_up(X: Any, threads: int) -> Any:
    """Read memory: the same limit without new pages."""
    return sum(in_parts(np.add.reduce, threads, X))


def megabytes(mb: int) -> int:
    """Make nothing but the reviews that a generator repeats."""
    reviews()
    return mb


def path_of(mb: int) -> Path:
    return Path(tempfile.gettempdir(), f"textvec-scale-{mb}.txt")


def text_file(mb: int) -> Iterable[str]:
    """Write documents to a file, a line each, if no figure has done so before."""
    path = path_of(mb)
    if not path.exists():
        started = path.with_suffix(".part")
        with open(started, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{text}\n" for text in stream(mb))
        started.rename(path)
    return read_text(path)


def labels() -> Iterator[int]:
    return (number % 2 for number in count())


def learn_hashed(X: Iterable[str], threads: int) -> Any:
    """Learn a linear model from hashed words, block by block."""
    model, y = SGDClassifier(random_state=0), labels()
    for counts in transform_blocks(HashingVectorizer(n_jobs=threads), X):
        model.partial_fit(counts, list(islice(y, counts.shape[0])), classes=[0, 1])
    return model


def fit_frequent(X: Iterable[str], threads: int) -> Any:
    return CountVectorizer(min_df=5, n_jobs=threads).fit(X)


def ids_on_disk(X: Iterable[str], threads: int) -> Any:
    """Learn a vocabulary, and write the ids of the documents."""
    vectorizer = SequenceVectorizer(tokenizer=WordTokenizer(n_jobs=threads), max_tokens=20_000)
    return transform_blocks(vectorizer.fit(X), X, out=SCRATCH / "ids")


def mapped_ids(mb: int) -> Any:
    """Write ids to be trained on, and load what trains."""
    ids = ids_on_disk(text_file(mb), 1)
    train_epoch(ids[:1000], 1)
    return ids


def train_epoch(X: Any, threads: int) -> Any:
    """Train a small recurrent network for an epoch."""
    import torch

    torch.set_num_threads(threads)
    y = list(islice(labels(), len(X)))
    options = {"embedding_dim": 8, "hidden_size": 8, "batch_size": 256, "random_state": 0}
    return RNNClassifier(cell="gru", max_iter=1, **options).fit(X, y)


def mapped_tokens(mb: int) -> Any:
    """Write tokens to be looked up."""
    return beyond_int32.tokens_on_disk(mb, SCRATCH), mb


def numbers(mb: int) -> Any:
    return np.ones(mb * 125_000)


# How the input of so many MB is made, and what is timed with it and a number of threads.
FIGURES: dict[str, tuple[Callable[[int], Any], Callable[[Any, int], Any]]] = {
    "tokens": (documents, tokenize),
    "counts": (documents, fit_counts((1, 1))),
    "hashing": (documents, hash_words),
    "pairs": (documents, fit_counts((1, 2))),
    "tokens-stream": (megabytes, stream_words(tokenize)),
    "counts-stream": (megabytes, stream_words(fit_counts((1, 1)))),
    "hashing-stream": (megabytes, stream_words(hash_words)),
    "pairs-stream": (megabytes, stream_words(fit_counts((1, 2)))),
    "disk-hashing-sgd": (text_file, learn_hashed),
    "disk-counts": (text_file, fit_frequent),
    "disk-ids": (text_file, ids_on_disk),
    "disk-rnn": (mapped_ids, train_epoch),
    "int32-tokens": (int, lambda mb, _: beyond_int32.tokens_on_disk(mb, SCRATCH)),
    "int32-ids": (mapped_tokens, lambda X, _: beyond_int32.ids_on_disk(*X, SCRATCH)),
    "int32-counts": (int, lambda mb, _: beyond_int32.counts_on_disk(mb, SCRATCH)),
    "int32-document": (beyond_int32.one_document, lambda X, _: beyond_int32.read_document(X)),
    "sklearn-hashing": (documents, sklearn_hashing),
    "polars-tokens": (documents, polars_tokens),
    "touch": (numbers, touch),
    "copy": (numbers, touch_and_copy),
    "sum": (numbers, add_up),
}


if __name__ == "__main__":
    main()
