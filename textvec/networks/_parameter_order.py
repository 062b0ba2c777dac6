"""The order of the parameters of networks: those that are set first come first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Those that one estimator has alone, or that are not named here, come before all of these.
_NETWORK = (
    *("cell", "hidden_size", "num_layers", "bidirectional", "attention"),
    *("kernel_sizes", "n_filters", "hidden_layer_sizes", "pooling", "length", "wide"),
    *("crf", "constraints"),
    *("embedding_dim", "n_tokens", "dropout", "embedding_dropout", "token_dropout"),
)
_TRAINING = (
    *("loss", "max_iter", "batch_size", "optimizer", "learning_rate_init", "learning_rate"),
    *("warmup", "weight_decay", "clip_norm", "average", "class_weight", "label_smoothing"),
    *("early_stopping", "validation_fraction", "n_iter_no_change", "tol", "metric"),
    "random_state",
)
_REST = (
    *("beam_width", "length_penalty", "max_length"),
    *("init", "unfreeze", "rate_decay", "fine_tune", "mask_value", "warm_start"),
    *("device", "precision", "callbacks", "checkpoint", "verbose"),
)
_PLACES = {name: place for place, name in enumerate((*_NETWORK, *_TRAINING, *_REST))}


def in_order(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters in the order in which help and editors show them.

    First what makes an estimator another than the others, as it declares it, then the network,
    the training, and the rest.

    Examples
    --------
    >>> from textvec.networks._parameter_order import in_order
    >>> list(in_order({"verbose": 0, "max_iter": 9, "cell": "gru", "n_lags": 3}))
    ['n_lags', 'cell', 'max_iter', 'verbose']
    """
    return dict(sorted(parameters.items(), key=lambda item: _PLACES.get(item[0], -1)))
