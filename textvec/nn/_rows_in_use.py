"""Training of those rows of a large embedding alone that occur in the training data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Optimizer

from .._containers._vocabulary import FIRST
from ._averaging import averaged
from ._batches import SequenceData
from ._model import SequenceModel, StepModel
from ._net import SequenceNet
from ._optimizers import OPTIMIZERS
from ._processes import Share
from ._rows import DeviceArray

# Of all rows, at most: of more, leaving out the others saves little.
_MOST_IN_USE = 0.5


class RowsInUse(nn.Embedding):
    """Rows of an embedding that are trained, in place of the whole.

    Parameters
    ----------
    embedding : torch.nn.Embedding
        The whole. Its weight becomes the weight of this module, with the rows in use alone.
    rows : Tensor of shape (n_rows,), int64
        Rows in use, ascending, that of padding among them.

    Examples
    --------
    >>> import torch
    >>> from textvec.nn._rows_in_use import RowsInUse
    >>> whole = torch.nn.Embedding.from_pretrained(torch.tensor([[0.0], [1.0], [2.0]]))
    >>> part = RowsInUse(whole, torch.tensor([0, 2])).eval()
    >>> part.weight.tolist(), part(torch.tensor([2, 1])).tolist()
    ([[0.0], [2.0]], [[2.0], [1.0]])
    """

    def __init__(self, embedding: nn.Embedding, rows: Tensor):
        parameter, table = embedding.weight, embedding.weight.data
        parameter.data = table[rows]
        super().__init__(
            len(rows),
            embedding.embedding_dim,
            padding_idx=embedding.padding_idx,
            _weight=parameter.data,
        )
        self.weight = parameter
        self.table = table  # no buffer: it is no state of the network
        self.place = torch.full((len(table),), -1, device=rows.device)
        self.place[rows] = torch.arange(len(rows), device=rows.device)

    def forward(self, ids: Tensor) -> Tensor:
        """Return the vectors of ids: in training, of rows in use alone."""
        places = self.place[ids]
        if self.training:
            return F.embedding(places, self.weight, self.padding_idx)
        trained = F.embedding(places.clamp(min=0), self.weight)
        return torch.where((places < 0).unsqueeze(-1), self.table[ids], trained)


class _Kept(NamedTuple):
    """What training goes on from that has a row for each row of the embedding.

    Parameters
    ----------
    kept : dict or list
        Holds it, among others, at `key`.
    key : str or int
    others : Tensor
        What its rows are of which no step has changed the embedding.
    """

    kept: Any
    key: Any
    others: Tensor

    def changes(self) -> Tensor:
        """Return the rows that differ from the others: training may move them further."""
        value: Tensor = self.kept[self.key]
        return (value.to(self.others.device) != self.others).any(dim=1)

    def narrow(self, rows: Tensor) -> None:
        """Keep some rows."""
        value = self.kept[self.key]
        self.kept[self.key] = value[rows.to(value.device)]

    def widen(self, rows: Tensor) -> None:
        """Fill in the others."""
        value = self.kept[self.key]
        self.kept[self.key] = self.others.to(value.device).clone()
        self.kept[self.key][rows.to(value.device)] = value


@contextmanager
def rows_in_use(net: SequenceNet, train: SequenceData) -> Iterator[None]:
    """Train those rows of a net's embedding alone that occur in the training data.

    What training goes on from is afterwards held for them alone: see :func:`hold_all_rows`.

    The gradients of other rows are 0, and an optimizer that computes each weight from its own
    gradients leaves them as they are: but it reads and writes them in each step, as do the norm of
    the gradients and the average of the weights. Of pretrained vectors of 400,000 words, that is
    most of the work. The whole embedding is trained where more than half of its rows occur, where
    callbacks may look at the weights, in several processes, or by another optimizer.
    """
    rows = _rows_to_train(net, train)
    if rows is None:
        yield
        return
    encoder = net.module_.encoder
    embedding, weight = encoder.embedding, encoder.embedding.weight
    table = weight.data
    for kept in _kept_of(net, weight):
        kept.narrow(rows)
    encoder.embedding = RowsInUse(embedding, rows)
    try:
        yield
    finally:
        encoder.embedding = embedding
        table[rows] = weight.data
        weight.data, weight.grad = table, None
        net.embedding_rows_ = rows.cpu()


def hold_all_rows(net: SequenceNet) -> None:
    """Fill in the rows of the embedding that a net holds only the weights of.

    Optimizer and averaged weights of a table of 400,000 words would take four times its memory,
    in each saved model as well.
    """
    rows = net.embedding_rows_
    if rows is None:
        return
    for kept in _kept_of(net, net.module_.encoder.embedding.weight):
        kept.widen(rows)
    net.embedding_rows_ = None


def _rows_to_train(net: SequenceNet, train: SequenceData) -> Tensor | None:
    """Return the rows that training may change; None if the whole embedding is to be trained."""
    module = net.module_
    embedding = module.embedding if isinstance(module, SequenceModel | StepModel) else None
    if embedding is None or type(embedding) is not nn.Embedding:
        return None
    items = train.rows.items
    if not isinstance(items, DeviceArray):  # in a file, which would be read once more
        return None
    if net.callbacks or not Share.own().is_all or not _leaves_others(net.optimizer_):
        return None
    weight = embedding.weight
    changes = torch.zeros(len(weight), dtype=torch.bool, device=weight.device)
    changes[:FIRST] = True  # padding and, where tokens are dropped, unknown
    changes[items.tensor] = True
    for kept in _kept_of(net, weight):
        changes |= kept.changes()
    rows = changes.nonzero()[:, 0]
    return rows if len(rows) <= _MOST_IN_USE * len(weight) else None


def _leaves_others(optimizer: Optimizer) -> bool:
    """Return whether an optimizer leaves weights as they are whose gradients are always 0."""
    groups = optimizer.param_groups
    return type(optimizer) in OPTIMIZERS.values() and not any(g["weight_decay"] for g in groups)


def _kept_of(net: SequenceNet, weight: Tensor) -> Iterator[_Kept]:
    """Return the optimizer's sums and the weights that training goes on from, if there are any."""
    sums, table = net.optimizer_.state.get(weight, {}), weight.data
    for name, value in sums.items():
        if value.dim() == table.dim():  # others count steps
            yield _Kept(sums, name, table.new_zeros(()).expand(table.shape))
    if net.average_ is not None:
        names = [id(tensor) for tensor in averaged(net.module_)]
        yield _Kept(net.average_["trained"], names.index(id(weight)), table)
