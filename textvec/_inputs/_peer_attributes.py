"""Methods and attributes by the names that other libraries have for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from ._named_arguments import name_arguments_of_methods
from ._peer_names import by_peer, way_out

# What our classes have, and what Keras, gensim, torchtext and others call it.
_PEERS = {
    "fit(X)": "fit_on_texts adapt build_vocab build_vocab_from_iterator train fit_generator",
    "transform(X)": "texts_to_sequences texts_to_matrix infer_vector tokenize encode encode_batch "
    "embed_documents",
    "transform([text])[0]": "embed_query",
    "inverse_transform(X)": "sequences_to_texts decode",
    "score(X, y)": "evaluate",
    "predict(X)": "predict_classes",
    "vocabulary_": "word_index index_word get_vocabulary vocab get_stoi get_itos token2id",
    "token_counts_": "word_counts cfs",
    "document_counts_": "word_docs dfs",
    "loss_curve_": "history history_ get_latest_training_loss",
    "vectors_": "wv dv embeddings_",
    "vectors_.nearest(word)": "most_similar similar_by_word nearest",
    "net_.module_": "model model_ module_ layers get_weights state_dict parameters",
    # Of WordVectors.
    "nearest(word)": "most_similar similar_by_word similar_by_vector get_nearest_neighbors",
    "analogy(words, minus)": "most_similar_cosmul get_analogies",
    "odd_one_out(words)": "doesnt_match",
    "vocabulary": "key_to_index index_to_key index2word vocab stoi itos",
    "embedding_dim": "vector_size dim",
    "matrix": "vectors weights",
    "vectors(words)": "get_vector get_word_vector word_vec get_vecs_by_tokens",
    "mean_vector(words)": "get_mean_vector",
    "evaluate_analogies(path)": "evaluate_word_analogies accuracy",
    "evaluate_similarity(path)": "evaluate_word_pairs",
}
_HERE = by_peer(_PEERS)
_SAVING = "save save_model save_weights save_pretrained"
_LOADING = "load load_model load_weights from_pretrained"
# What is not of the object, but a function or a parameter.
_ELSEWHERE = {
    "load_word2vec_format": "WordVectors.load(path)",
    "compile": "the parameters optimizer=... and learning_rate_init=...",
    "wmdistance": 'DocumentDistance(vectors, metric="wmd")',
    **dict.fromkeys(_SAVING.split(), "textvec.save(model, path)"),
    **dict.fromkeys(_LOADING.split(), "textvec.load(path)"),
}


class PeerAttributes:
    """Mixin of classes that name their own attributes and arguments for those of others."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        name_arguments_of_methods(cls)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Raise the error of an attribute that there is not, with the way out."""
            # Looked up by hand, as predictions read attributes that may be missing.
            if any(name in vars(base) for base in type(self).__mro__):  # it says why it is not
                return object.__getattribute__(self, name)
            message = f"{type(self).__name__!r} object has no attribute {name!r}"
            raise AttributeError(message + _hint(self, name), name=name, obj=self)


class PeerNames(PeerAttributes):
    """Mixin of estimators that name their own parameters and attributes for those of others."""

    def set_params(self, **params: Any) -> Self:
        """Set parameters of this estimator, or of those in it as ``<name>__<parameter>``.

        Parameters
        ----------
        **params : dict
            The parameters, by their names.

        Returns
        -------
        self
            The estimator.

        Raises
        ------
        ValueError
            For a parameter that there is not; the message says what it is called here.
        """
        known = self._get_param_names()  # type: ignore[attr-defined]
        for name in params:
            hint = None if name.partition("__")[0] in known else way_out(name, known)
            if hint is not None:
                raise ValueError(f"{type(self).__name__} has no parameter {name!r}: {hint}")
        super().set_params(**params)  # type: ignore[misc]
        return self


def _hint(owner: PeerAttributes, name: str) -> str:
    cls = type(owner)
    for here in _HERE.get(name, ()):
        attribute = here.partition("(")[0].partition(".")[0]
        declared = any(attribute in vars(base).get("__annotations__", ()) for base in cls.__mro__)
        if declared or hasattr(cls, attribute):
            return f": here it is {here}."
    return f": use {_ELSEWHERE[name]}." if name in _ELSEWHERE else ""
