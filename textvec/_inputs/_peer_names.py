"""Parameters by the names that other libraries have for them."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

# What Keras, torch, gensim and scikit-learn say, and what it is here.
_HERE = {
    "epochs": "max_iter",
    "n_epochs": "max_iter",
    "max_epochs": "max_iter",
    "num_epochs": "max_iter",
    "units": "hidden_size",
    "hidden_dim": "hidden_size",
    "n_hidden": "hidden_size",
    "hidden_units": "hidden_size",
    "rnn_type": "cell",
    "cell_type": "cell",
    "n_layers": "num_layers",
    "layers": "num_layers",
    "output_dim": "embedding_dim",
    "vector_size": "embedding_dim",
    "embedding_size": "embedding_dim",
    "emb_dim": "embedding_dim",
    "max_features": "max_tokens",
    "min_freq": "min_count",
    "lr": "learning_rate_init",
    "eta0": "learning_rate_init",
    "alpha": "weight_decay",
    "l2": "weight_decay",
    "clipnorm": "clip_norm",
    "max_grad_norm": "clip_norm",
    "gradient_clip_val": "clip_norm",
    "solver": "optimizer",
    "optim": "optimizer",
    "validation_split": "validation_fraction",
    "patience": "n_iter_no_change",
    "min_delta": "tol",
    "iter": "max_iter",
    "size": "embedding_dim",
    "workers": "n_jobs",
    "seed": "random_state",
    "random_seed": "random_state",
    "dropout_rate": "dropout",
    "recurrent_dropout": "dropout",
    "filters": "n_filters",
    "lookback": "n_lags",
    "maxlen": "length",
    "max_len": "length",
    "n_steps_ahead": "horizon",
    "beam_size": "beam_width",
    "num_beams": "beam_width",
    "num_directions": "bidirectional",
}
# The size of the vocabulary: of a vectorizer inside, or of the embedding.
_SIZES = ("num_words", "vocab_size", "input_dim", "num_embeddings")
# What is not a parameter of a network, but a step or another estimator.
_ELSEWHERE = {
    "sg": 'method="skipgram" or "cbow"',
    "dm": 'method="dm" or "dbow"',
    "hs": "n_negative, as there is no hierarchical softmax",
    "sentences": "fit(documents)",
    "corpus": "fit(documents)",
    "corpus_file": "fit(open(path)), which reads a document a line",
    "documents": "fit(documents)",
    "oov_token": 'oov="index", which reads unknown tokens as id 1',
    "maxlen": "SequencePadder(length=...), a step before",
    "max_len": "SequencePadder(length=...), a step before",
    "return_sequences": "RNNEncoder(estimator, return_sequences=True)",
    "validation_data": "fit(X, y, X_val=..., y_val=...)",
    "embedding_matrix": "EmbeddingVectorizer(vectors), a step before",
    "weights": "EmbeddingVectorizer(vectors), a step before",
    "metrics": "scoring of cross_val_score",
}


def unknown_parameter(name: str, known: Collection[str], estimator: str) -> str:
    """Return the message for a parameter that an estimator does not have.

    Parameters
    ----------
    name : str
        That was passed.
    known : collection of str
        The names of its parameters.
    estimator : str
        Its name.

    Examples
    --------
    >>> from textvec._inputs._peer_names import unknown_parameter
    >>> unknown_parameter("epochs", ["max_iter"], "RNNClassifier")
    "RNNClassifier has no parameter 'epochs': here it is max_iter."
    """
    message = f"{estimator} has no parameter {name!r}"
    meant = ["max_tokens", "n_tokens"] if name in _SIZES else [_HERE.get(name)]
    for here in meant:
        if here in known:
            return f"{message}: here it is {here}."
    if name in _ELSEWHERE:
        return f"{message}: use {_ELSEWHERE[name]}."
    near = get_close_matches(name, known, n=1)
    return f"{message}: did you mean {near[0]}?" if near else f"{message}."
