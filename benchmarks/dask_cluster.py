"""Vectorizers on a Dask cluster of this machine: against one thread, against dask-ml, and for long.

Run with TEXTVEC_DATA naming the folder that holds ``imdb_train.csv.xz`` and ``imdb_unsup.csv.xz``::

    TEXTVEC_DATA=... python benchmarks/dask_cluster.py [NAME ...] [--mb 1000] [--part 32] ...

The text is that of ``scale.py``, in files that are read where they are vectorized; what comes of a
file is a number (of nonzero entries), as in a pipeline whose next step is on the workers, too. One
thread does the same in a loop: ``transform`` of each file, after ``partial_fit`` of each where
something is learned. Rounds take turns; medians are printed, with the share of the cluster's time
that its workers spend in tasks, and the bytes that went through the scheduler and the client, of a
GB of text. On a machine that others use, the ratio of CPU time (of the thread to the mean of the
workers) says what is lost to the cluster itself. "long-": files that are made on the workers and
forgotten, in growing number, with the workers' peak of resident memory so far, of which the reviews
that they make files of take some 130 MB, their CPU seconds, and the traffic. "dask-ml" is measured
if it is installed. Files are written once, into the folder for temporary files.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import dask
import dask.bag as db
import psutil
from distributed import Client, LocalCluster, get_task_stream
from distributed.comm.tcp import TCP
from scale import new_word, reviews, save_reviews, stream

from textvec import CountVectorizer, HashingVectorizer, TfidfVectorizer

MAKERS = {"hashing": HashingVectorizer, "counts": CountVectorizer, "tf-idf": TfidfVectorizer}
N_RARE_WORDS = (
    1_000_003  # of texts that are made: a vocabulary of all words of a cluster has an end
)
NAMES = [*MAKERS, "dask-ml", "long-hashing", "long-tf-idf"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME")
    parser.add_argument("--mb", type=int, default=1000)
    parser.add_argument("--part", type=int, default=32, help="MB of a file")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3, help="rounds")
    parser.add_argument("--peers-mb", type=int, default=200, help="of which dask-ml reads")
    parser.add_argument("--long", type=int, nargs="*", default=[32, 64, 128], help="files made")
    options = parser.parse_args()
    names = options.names or NAMES
    save_reviews()
    paths = parts_of(options.mb, options.part)
    arguments = {"n_workers": options.workers, "threads_per_worker": 1, "dashboard_address": ":0"}
    # Without Dask's own environment of workers, by which malloc gives pages back at every chance.
    environment = {"distributed.nanny.pre-spawn-environ": {"OMP_NUM_THREADS": 1}}
    with (
        dask.config.set(environment),
        LocalCluster(**arguments) as cluster,
        Client(cluster) as client,
    ):
        client.run(count_bytes_to, cluster.scheduler_address)
        client.run(warm_up)
        print(f"{'':10} {'MB':>6} one thread  cluster  ratio  of CPU time  in tasks  bytes of a GB")
        for name in MAKERS:
            if name in names:
                against_one_thread(name, paths, client, options)
        if "dask-ml" in names:
            against_dask_ml(paths[: max(1, options.peers_mb // options.part)], client, options)
        for name in ("long-hashing", "long-tf-idf"):
            for n_parts in options.long if name in names else []:
                long_run(name.removeprefix("long-"), n_parts, client, options)


def parts_of(mb: int, part_mb: int) -> list[Path]:
    """Return files of the text, which are written if they are not there."""
    folder = Path(tempfile.gettempdir(), f"textvec-dask-{mb}-{part_mb}")
    if not folder.exists():
        started = folder.with_suffix(".part")
        started.mkdir(exist_ok=True)
        write_parts(started, mb, part_mb)
        started.rename(folder)
    return sorted(folder.iterdir())


def write_parts(folder: Path, mb: int, part_mb: int) -> list[Path]:
    """Write the text into files, a document a line."""
    paths, lines, size = [], [], 0
    for text in stream(mb):
        lines.append(text)
        size += len(text)
        if size >= part_mb * 1_000_000:
            paths.append(folder / f"part-{len(paths):04}.txt")
            paths[-1].write_text("\n".join(lines), encoding="utf-8", newline="\n")
            lines, size = [], 0
    return paths


def read(path: Path) -> list[str]:
    return path.read_bytes().decode().split("\n")


def warm_up() -> None:
    """Import what a worker needs, which takes longer than its first task."""
    TfidfVectorizer().fit_transform(["warm up"])


def against_one_thread(name: str, paths: list[Path], client: Client, options: Any) -> None:
    ways = [lambda: one_thread(MAKERS[name](), paths), lambda: on_cluster(MAKERS[name](), paths)]
    alone, cluster = in_turn(ways, options.repeat)
    before, spent = traffic(client), client.run(time.process_time)
    start = time.perf_counter()
    with get_task_stream() as tasks:
        on_cluster(MAKERS[name](), paths)
    in_tasks = seconds_in(tasks.data) / options.workers / (time.perf_counter() - start)
    total = sum(t - spent[worker] for worker, t in client.run(time.process_time).items())
    moved = traffic(client) - before
    start = time.process_time()
    one_thread(MAKERS[name](), paths)
    cpu = options.workers * (time.process_time() - start) / total
    mb = sum(path.stat().st_size for path in paths) / 1e6
    print(
        f"{name:10} {mb:6.0f} {alone:8.1f} s {cluster:6.1f} s {alone / cluster:6.2f} {cpu:12.2f} "
        f"{in_tasks:9.2f} {moved / mb * 1000:14,.0f}"
    )


def seconds_in(tasks: list[dict[str, Any]]) -> float:
    """Return the seconds that workers spent in tasks."""
    spans = [span for task in tasks for span in task["startstops"] if span["action"] == "compute"]
    return sum(span["stop"] - span["start"] for span in spans)


def in_turn(ways: list[Callable[[], Any]], repeat: int) -> list[float]:
    """Return the median seconds of each way; they take turns, and agree on the result."""
    seconds: list[list[float]] = [[] for _ in ways]
    for _ in range(repeat):
        results = []
        for way, spent in zip(ways, seconds, strict=True):
            start = time.perf_counter()
            results.append(way())
            spent.append(time.perf_counter() - start)
        assert len(set(results)) == 1, results
    return [statistics.median(spent) for spent in seconds]


def one_thread(vectorizer: Any, paths: list[Path]) -> int:
    if not isinstance(vectorizer, HashingVectorizer):
        for path in paths:
            vectorizer.partial_fit(read(path))
    return sum(vectorizer.transform(read(path)).nnz for path in paths)


def on_cluster(vectorizer: Any, paths: list[Path]) -> int:
    return n_entries(vectorizer.fit_transform(bag_of(paths)))


def bag_of(paths: list[Path]) -> Any:
    return db.from_delayed([dask.delayed(read)(path) for path in paths])


def n_entries(matrix: Any) -> int:
    """Count nonzero entries where the blocks are."""
    counts = [dask.delayed(getattr)(block, "nnz") for block in matrix.to_delayed().ravel()]
    return int(dask.delayed(sum)(counts).compute())


def against_dask_ml(paths: list[Path], client: Client, options: Any) -> None:
    try:
        from dask_ml.feature_extraction import text as peers
    except ImportError:
        print("dask-ml is not installed")
        return
    for peer, ours in (
        (peers.HashingVectorizer, HashingVectorizer),
        (peers.CountVectorizer, CountVectorizer),
    ):
        ways = [lambda m=m: on_cluster(m(), paths) for m in (peer, ours)]
        theirs, own = in_turn(ways, 1)
        mb = sum(path.stat().st_size for path in paths) / 1e6
        name = f"{ours.__name__}, {mb:.0f} MB"
        print(f"{name:28} dask-ml {theirs:6.1f} s, textvec {own:5.1f} s, {theirs / own:5.1f} x")


def long_run(name: str, n_parts: int, client: Client, options: Any) -> None:
    """Fit and transform files that are made on the workers, and forgotten there."""
    start, before = time.perf_counter(), traffic(client)
    spent = sum(client.run(time.process_time).values())
    made = [dask.delayed(make_part)(number, options.part) for number in range(n_parts)]
    limits = {} if name == "hashing" else {"min_df": 2}
    n_entries(MAKERS[name](**limits).fit_transform(db.from_delayed(made)))
    seconds, peak = time.perf_counter() - start, max(client.run(peak_mb).values())
    spent = sum(client.run(time.process_time).values()) - spent
    moved = (traffic(client) - before) / 1e6
    print(
        f"{name:8} {n_parts:4} files, {n_parts * options.part:6} MB: {seconds:6.1f} s, "
        f"{spent / n_parts:5.2f} CPU s a file, worker's peak {peak:5.0f} MB, "
        f"{moved:6.1f} MB of traffic",
        flush=True,
    )


def make_part(number: int, mb: int) -> list[str]:
    """Return about so many MB of reviews, in another order, with a rare word in each."""
    texts, left = [], mb * 1_000_000
    for place in count(number * 7919):
        text = reviews()[place % len(reviews())]
        texts.append(f"{text} {new_word(place * 7919 % N_RARE_WORDS)}")
        left -= len(text)
        if left <= 0:
            break
    return texts


def peak_mb() -> float:
    usage = psutil.Process().memory_info()
    peak = Path(f"/proc/{os.getpid()}/status").read_text().split("VmHWM:")[1].split()[0]
    return max(usage.rss / 1e6, int(peak) * 1024 / 1e6)


class Sent:
    """Bytes that this process has sent to the scheduler, or as the scheduler or the client."""

    n_bytes = 0


def count_bytes_to(address: str | None) -> None:
    """Count, from now on, what is sent to an address; None: to any."""
    write = TCP.write

    async def counted(self: TCP, *args: Any, **kwargs: Any) -> int:
        n_bytes = await write(self, *args, **kwargs)
        if address is None or self.peer_address == address:
            Sent.n_bytes += n_bytes
        return n_bytes

    TCP.write = counted


def sent() -> int:
    return Sent.n_bytes


def traffic(client: Client) -> int:
    """Return all bytes to and from scheduler and client, which are in this process."""
    return sent() + sum(client.run(sent).values())


if __name__ == "__main__":
    count_bytes_to(None)
    main()
