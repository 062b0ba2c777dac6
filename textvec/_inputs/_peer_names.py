"""Parameters by the names that other libraries have for them."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

_SIZE = "num_words input_dim num_embeddings vocab_size vocabulary_size max_vocab_size"
# Parameters, and what Keras, torch, gensim, scikit-learn and others call them.
_PEERS = {
    "max_iter": "epochs n_epochs max_epochs num_epochs nb_epoch nb_epochs iter n_iter iterations",
    "hidden_size": "units n_units num_units hidden_dim n_hidden num_hidden hidden_units nhid",
    "cell": "rnn_type cell_type rnn",
    "num_layers": "n_layers nlayers layers",
    "embedding_dim": "output_dim vector_size size dim embedding_size emb_dim emsize vector_length",
    # The size of the vocabulary: of a vectorizer inside, or of the embedding.
    "max_tokens": f"{_SIZE} max_features max_words n_words n_features num_bins",
    "n_tokens": _SIZE,
    "min_count": "min_freq min_frequency minimum_count",
    "weight_decay": "l2 alpha",
    "learning_rate_init": "lr eta0 alpha",
    "clip_norm": "clipnorm max_grad_norm gradient_clip_val",
    "batch_size": "bs",
    "optimizer": "solver optim",
    "validation_fraction": "validation_split",
    "n_iter_no_change": "patience",
    "tol": "min_delta",
    "n_jobs": "workers num_threads n_threads threads",
    "random_state": "seed random_seed",
    "dropout": "dropout_rate recurrent_dropout",
    "n_filters": "filters",
    "ngram_range": "ngrams",
    "length": "maxlen max_len",
    "value": "pad_value padding_value",
    "truncating": "truncation",
    "bidirectional": "num_directions",
    "fine_tune": "trainable",
    "hierarchical_softmax": "hs",
    "n_buckets": "bucket buckets",
    "k": "n kmer kmer_size ksize topn top_n top_k topk n_neighbors num_neighbors",
    "limit": "restrict_vocab n_max max_vectors",
    "stride": "step",
    "n_lags": "lookback look_back n_steps_in",
    "horizon": "n_steps_ahead steps n_steps_out forecast_horizon",
    "season_length": "seasonal_periods period periods",
    "beam_width": "beam_size num_beams",
    "lowercase": "lower do_lower_case",
}


def by_peer(peers: dict[str, str]) -> dict[str, list[str]]:
    """Return what each name of another library may be here, of the names there for each here."""
    here: dict[str, list[str]] = {}
    for name, there in peers.items():
        for peer in there.split():
            here.setdefault(peer, []).append(name)
    return here


_HERE = by_peer(_PEERS)
_PAD = "SequencePadder(length=...), the step after the vectorizer"
_OF_VECTORS = "EmbeddingVectorizer(vectors) as the vectorizer"
# What is not a parameter here, but a step, an argument of `fit` or another estimator.
_ELSEWHERE = {
    "sg": 'method="skipgram" or "cbow"',
    "dm": 'method="dm" or "dbow"',
    "compute_loss": "loss_curve_, which is always there",
    **dict.fromkeys(("sentences", "corpus", "documents"), "fit(documents)"),
    "corpus_file": "fit(open(path)), which reads a document a line",
    "oov_token": 'oov="index", which reads unknown tokens as id 1',
    **dict.fromkeys(("maxlen", "max_len", "input_length", "sequence_length"), _PAD),
    **dict.fromkeys(("output_sequence_length", "max_sequence_length"), _PAD),
    "positive": "analogy(positive, negative)",
    **dict.fromkeys(_SIZE.split(), "SequenceVectorizer(max_tokens=...)"),
    "name": "textvec.datasets.fetch_glove(corpus), for pretrained vectors",
    "activation": 'cell="rnn", whose activation is tanh',
    "ignore_index": "None in y for each step without a label",
    "mask_zero": "id 0, which is always padding",
    "return_sequences": "RNNEncoder(estimator, return_sequences=True)",
    "validation_data": "fit(X, y, X_val=..., y_val=...)",
    **dict.fromkeys(("embedding_matrix", "weights", "embeddings_initializer"), _OF_VECTORS),
    "metrics": "scoring of cross_val_score",
    **dict.fromkeys(("n_classes", "num_classes"), "fit(X, y), which finds the classes in y"),
    "shuffle": "random_state, which draws the order of the rows in each epoch",
    **dict.fromkeys(("momentum", "nesterov"), "optimizer=partial(torch.optim.SGD, momentum=0.9)"),
    **dict.fromkeys(("gpu", "use_gpu", "cuda", "n_gpu"), 'device="cuda"'),
    **dict.fromkeys(("lowercase", "lower"), "tokenizer=WordTokenizer(lowercase=...)"),
    **dict.fromkeys(("filters", "standardize"), 'tokenizer=WordTokenizer("keras")'),
    **dict.fromkeys(("char_level", "analyzer"), "tokenizer=CharTokenizer()"),
    "token_pattern": "tokenizer=WordTokenizer(pattern=...)",
    "stop_words": "tokenizer=WordTokenizer(stop_words=...)",
    "split": "tokenizer=str.split",
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
    return _with_way_out(f"{estimator} has no parameter {name!r}", name, known)


def unknown_argument(name: str, known: Collection[str], function: str, owner: Any = None) -> str:
    """Return the message for an argument that a function or a method does not have.

    Parameters
    ----------
    name : str
        That was passed.
    known : collection of str
        The names of its arguments.
    function : str
        Its name.
    owner : estimator or other object, default=None
        Whose method it is; parameters of an estimator may be meant.
    """
    message = f"{function} has no argument {name!r}"
    if name == "validation_data" and "X_val" in known:
        here = "they are X_val=... and y_val=..." if "y_val" in known else "it is X_val=..."
        return f"{message}: here {here}"
    parameters = owner._get_param_names() if hasattr(owner, "_get_param_names") else ()
    cls = type(owner).__name__
    if name in parameters:
        return f"{message}: it is a parameter, as in {cls}({name}=...)."
    for here in _HERE.get(name, ()):
        if here in parameters:
            return f"{message}: here it is a parameter, {cls}({here}=...)."
    return _with_way_out(message, name, known)


def _with_way_out(message: str, name: str, known: Collection[str]) -> str:
    hint = way_out(name, known)
    return f"{message}: {hint}" if hint else f"{message}."


def way_out(name: str, known: Collection[str]) -> str | None:
    """Return what to write in the place of a parameter that there is not, if that is known.

    Parameters
    ----------
    name : str
        That was passed.
    known : collection of str
        The names of the parameters that there are.
    """
    for here in _HERE.get(name, ()):
        if here in known:
            return f"here it is {here}."
    if name in _ELSEWHERE:
        return f"use {_ELSEWHERE[name]}."
    near = get_close_matches(name.lower(), known, n=1)
    return f"did you mean {near[0]}?" if near else None
