"""A linear-chain CRF as nodes: the likeliest labels of a row, and probabilities at each step."""

from __future__ import annotations

import numpy as np
import torch

from ..nn import ChainCriterion, ChainHead, ChainScores
from ._body_nodes import array_of
from ._graph import Graph, SubGraph


class Chain:
    """The scores of a chain in a graph.

    Parameters
    ----------
    graph : Graph
        Where nodes are added.
    head : ChainHead
        Has the scores of first and last labels and of pairs.
    criterion : ChainCriterion
        Knows which label may follow which.
    emissions : str
        Scores of each label at each step, (T, B, C).
    real : str
        Marks the real steps, (T, B).
    """

    def __init__(
        self, graph: Graph, head: ChainHead, criterion: ChainCriterion, emissions: str, real: str
    ):
        self.graph = graph
        none = torch.zeros(0, 0, len(head.start))
        scores = criterion.allowed(
            ChainScores(none, head.start, head.end, head.pairs, lengths=torch.zeros(0))
        )
        self.start, self.end = array_of(scores.start), array_of(scores.end)  # (C,)
        self.pairs = array_of(scores.pairs)  # (C, C)
        real = graph.cast(graph.add("Unsqueeze", real, np.array([2])), np.int32)  # (T, B, 1)
        self.first = graph.add("Gather", emissions, np.int64(0))  # (B, C)
        self.emissions = _after_first(graph, emissions)
        self.real = graph.cast(_after_first(graph, real), np.bool_)

    def best_path(self) -> str:
        """Return the number of the label of each step in the likeliest sequence, (T, B)."""
        graph = self.graph
        last, origins = graph.scan(
            self._best_step(),
            [graph.add("Add", self.first, self.start)],
            [self.emissions, self.real],
        )
        label = graph.add("ArgMax", graph.add("Add", last, self.end), axis=1, keepdims=1)  # (B, 1)
        first, path = graph.scan(self._backtrack(), [label], [origins], reverse=True)
        first = graph.add("Unsqueeze", first, np.array([0]))  # (1, B, 1)
        joined = graph.slice(graph.concat([first, path], 0), 0, -1)  # without the zeros at the end
        return graph.add("Squeeze", joined, np.array([2]))

    def marginals(self) -> str:
        """Return the probability of each label at each step, (T, B, C)."""
        graph = self.graph
        begin = graph.add("Add", self.first, self.start)
        steps = [self.emissions, self.real]
        _, forward = graph.scan(self._forward_step(), [begin], steps)
        end = graph.add("Expand", self.end, graph.add("Shape", self.first))
        _, backward = graph.scan(self._backward_step(), [end], steps, reverse=True)
        one = np.array([0])
        forward = graph.slice(graph.concat([graph.add("Unsqueeze", begin, one), forward], 0), 0, -1)
        # The sum over the steps after the first stands at the second, and so on.
        return graph.add("Softmax", graph.add("Add", forward, backward), axis=2)

    def _best_step(self) -> SubGraph:
        """Best scores of sequences that end with a label, and the label before it."""
        body = SubGraph(self.graph)
        best, emissions, real = (body.parameter(t) for t in (np.float32, np.float32, np.bool_))
        scores = body.add(
            "Add", body.add("Unsqueeze", best, np.array([2])), self.pairs
        )  # (B, C, C)
        reached = body.add("Add", body.max(scores, 1), emissions)
        origin = body.add("ArgMax", scores, axis=1, keepdims=0)  # (B, C)
        body.result(body.add("Where", real, reached, best), np.float32)
        stay = np.arange(len(self.start))
        body.result(body.add("Where", real, origin, stay), np.int64)
        return body

    def _backtrack(self) -> SubGraph:
        """From the label of a step to that of the step before; the former is collected."""
        body = SubGraph(self.graph)
        label, origin = body.parameter(np.int64), body.parameter(np.int64)
        body.result(body.add("GatherElements", origin, label, axis=1), np.int64)
        body.result(label, np.int64)
        return body

    def _forward_step(self) -> SubGraph:
        """Log sums over the steps before, with each label at this one."""
        body = SubGraph(self.graph)
        sums, emissions, real = (body.parameter(t) for t in (np.float32, np.float32, np.bool_))
        scores = body.add("Add", body.add("Unsqueeze", sums, np.array([2])), self.pairs)
        total = body.add("ReduceLogSumExp", scores, np.array([1]), keepdims=0)
        new = body.add("Where", real, body.add("Add", total, emissions), sums)
        body.result(new, np.float32)
        body.result(new, np.float32)
        return body

    def _backward_step(self) -> SubGraph:
        """Log sums over the steps after, with each label at the one before this."""
        body = SubGraph(self.graph)
        sums, emissions, real = (body.parameter(t) for t in (np.float32, np.float32, np.bool_))
        onward = body.add("Unsqueeze", body.add("Add", emissions, sums), np.array([1]))  # (B, 1, C)
        scores = body.add("Add", onward, self.pairs)  # (B, C, C)
        total = body.add("ReduceLogSumExp", scores, np.array([2]), keepdims=0)
        new = body.add("Where", real, total, sums)
        body.result(new, np.float32)
        body.result(new, np.float32)
        return body


def _after_first(graph: Graph, x: str) -> str:
    """Return the steps of (T, B, C) after the first, and one of zeros: a loop needs one."""
    padded = graph.add("Pad", x, np.array([0, 0, 0, 1, 0, 0]))
    return graph.slice(padded, 1)
