"""Sampling from a language model: ids drawn one after the other."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .._containers._vocabulary import UNKNOWN
from ._language_model import LanguageModel


def choose(
    log_proba: Tensor,
    generator: torch.Generator,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float = 1.0,
) -> Tensor:
    """Draw an id for each row of log probabilities (B, V), (B,); never the unknown one.

    Parameters
    ----------
    log_proba : Tensor of shape (B, V)
        Of every id.
    generator : torch.Generator
        On the CPU, so that draws are the same whatever the device.
    temperature : float, default=1.0
        Logits are divided by it: below 1 the likely become likelier; 0 is the likeliest.
    top_k : int or None, default=None
        Draw among so many of the likeliest.
    top_p : float, default=1.0
        Draw among the likeliest that have this probability together [1]_; at least one.

    References
    ----------
    .. [1] A. Holtzman, J. Buys, L. Du, M. Forbes and Y. Choi (2020). The curious case of
       neural text degeneration. ICLR.
    """
    scores = log_proba.cpu().double().index_fill(1, torch.tensor([UNKNOWN]), -math.inf)
    if temperature == 0.0:
        return scores.argmax(dim=1)
    ordered, ids = (scores / temperature).softmax(dim=1).sort(dim=1, descending=True, stable=True)
    if top_k is not None:
        ordered = ordered[:, :top_k]
    before = ordered.cumsum(dim=1) - ordered  # the probability of the likelier ones
    ordered = ordered.masked_fill(before >= top_p * ordered.sum(dim=1, keepdim=True), 0.0)
    positions = torch.multinomial(ordered, 1, generator=generator)  # (B, 1)
    return ids.gather(1, positions)[:, 0]


@torch.inference_mode()
def sample(
    model: LanguageModel,
    prefix: Tensor,
    n_rows: int,
    generator: torch.Generator,
    *,
    max_length: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float = 1.0,
) -> list[Tensor]:
    """Draw rows of ids that begin with a prefix.

    Parameters
    ----------
    model : LanguageModel
        In evaluation.
    prefix : Tensor of shape (n_prefix,)
        On the model's device.
    n_rows : int
        How many.
    generator, temperature, top_k, top_p
        As of :func:`choose`.
    max_length : int
        Ids that are drawn for a row, at most; a row ends where EOS is drawn.

    Returns
    -------
    list of n_rows Tensors
        The ids drawn, without prefix and EOS.
    """
    begin = torch.cat([prefix.new_zeros(1), prefix])[:, None]  # (1 + n_prefix, 1)
    outputs, state = model.read(begin)
    outputs = outputs.expand(-1, n_rows, -1)
    state = tuple(part.expand(-1, n_rows, -1) for part in state)
    drawn: list[Tensor] = []
    ended = torch.zeros(n_rows, dtype=torch.bool)
    while len(drawn) < max_length and not ended.all():
        options = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
        ids = choose(model.log_proba(outputs[-1]), generator, **options)  # type: ignore[arg-type]
        ended |= ids == 0
        drawn.append(ids.masked_fill(ended, 0))
        outputs, state = model.read(drawn[-1].to(prefix.device)[None], state)
    if not drawn:
        return [prefix.new_zeros(0).cpu()] * n_rows
    rows = torch.stack(drawn, dim=1)  # (B, T)
    return [row[: int((row != 0).sum())] for row in rows]
