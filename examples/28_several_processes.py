"""How do I train in several processes, or on several GPUs?
========================================================

Start the script with torchrun::

    torchrun --nproc-per-node 2 examples/28_several_processes.py

Every process runs it with all the rows, and computes its share of every batch.
"""

from __future__ import annotations

import os

import torch
from sklearn.pipeline import make_pipeline

from textvec import RNNClassifier, SequencePadder, SequenceVectorizer
from textvec.datasets import load_reviews

if torch.cuda.is_available():
    torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))  # device="auto" is this process's GPU
torch.distributed.init_process_group()  # nccl on GPUs, gloo on CPUs

X, y = load_reviews(subset="train", return_X_y=True)
model = make_pipeline(
    SequenceVectorizer(max_tokens=5000),
    SequencePadder(60),
    RNNClassifier(batch_size=64, max_iter=3, verbose=1, random_state=0),
).fit(X, y)

if torch.distributed.get_rank() == 0:  # all processes hold the same network
    accuracy = model.score(*load_reviews(subset="test", return_X_y=True))
    print(f"accuracy {accuracy:.3f}")
torch.distributed.destroy_process_group()

# %%
# What to try next
# ----------------
# - ``checkpoint="folder"``: stop the processes, start them again, and they go on.
# - A larger ``batch_size``: processes pay off where batches are large.
# - ``early_stopping=True``: all processes stop at the same epoch.
