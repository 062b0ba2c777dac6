"""A worker of a cluster is killed in the middle, twice; prints what was the same none the less."""

from __future__ import annotations

import os
import signal
import sys

import dask
import dask.bag
import distributed

from textvec import TfidfVectorizer

TEXTS = [f"the frog and the toad word{i} word{i % 3}" for i in range(18)]


def killed_once(part, index, folder):
    """Return the documents of a partition; its first reader is killed by the system."""
    marker = os.path.join(folder, f"killed-{index}")
    if index == 3 and not os.path.exists(marker):
        open(marker, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return list(part)


# A worker that starts on a busy machine is waited for.
PATIENT = {"distributed.comm.timeouts.connect": "600s", "distributed.comm.timeouts.tcp": "600s"}


def main(folder):
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    parts = [TEXTS[i : i + 3] for i in range(0, len(TEXTS), 3)]
    marker = os.path.join(folder, "killed-3")
    here = TfidfVectorizer().fit(TEXTS)
    with (
        dask.config.set(PATIENT),
        distributed.LocalCluster(**options) as cluster,
        distributed.Client(cluster),
    ):
        read = dask.delayed(killed_once)
        X = dask.bag.from_delayed([read(p, i, folder) for i, p in enumerate(parts)])
        there = TfidfVectorizer().fit(X)
        assert os.path.exists(marker)
        assert there.vocabulary_ == here.vocabulary_
        assert there.idf_.tolist() == here.idf_.tolist()
        print("fit")
        os.remove(marker)
        rows = there.transform(X).compute()
        assert os.path.exists(marker)
        assert abs(rows - here.transform(TEXTS)).nnz == 0
        print("transform")


if __name__ == "__main__":
    main(sys.argv[1])
