"""Methods and attributes by the names that other libraries have for them."""

from __future__ import annotations

from abc import ABCMeta
from typing import TYPE_CHECKING, Any, Self

from ._named_arguments import name_arguments_of_methods
from ._peer_names import by_peer, way_out

_NUMBERS = "SequenceVectorizer(tokenizer=...), which numbers the tokens"
# What our classes have, and what Keras, gensim, torchtext and others call it.
_PEERS = {
    "fit(X)": "fit_on_texts adapt build_vocab build_vocab_from_iterator train fit_generator",
    "partial_fit(X, y)": "train_on_batch",
    "transform(X)": "texts_to_sequences texts_to_matrix infer_vector tokenize encode encode_batch "
    "embed_documents",
    "transform([text])[0]": "embed_query",
    "inverse_transform(X)": "sequences_to_texts decode",
    "score(X, y)": "evaluate",
    "predict(X)": "predict_classes predict_on_batch predict_generator translate",
    "sample()": "generate",
    "summary()": "count_params",
    "get_params()": "get_config",
    "vocabulary_": "word_index index_word get_vocabulary vocab get_stoi get_itos token2id stoi "
    "itos",
    "n_tokens_": "vocab_size vocabulary_size num_words",
    "token_counts_": "word_counts cfs",
    "document_counts_": "word_docs dfs",
    "n_documents_": "document_count num_docs corpus_count",
    "loss_curve_": "history history_ get_latest_training_loss",
    "document_vectors_": "dv docvecs",
    "vectors_": "wv dv embeddings_",
    "vectors_.nearest(word)": "most_similar similar_by_word get_nearest_neighbors nearest",
    "vectors_.similarity(word, other)": "similarity",
    "vectors_.odd_one_out(words)": "doesnt_match",
    'vectors_.save(path, format="word2vec")': "save_word2vec_format",
    "net_.module_": "model model_ module_ layers get_layer get_weights state_dict load_state_dict "
    "parameters trainable_weights",
    # Of WordVectors.
    "load(path)": "load_word2vec_format load_facebook_vectors load_facebook_model load_vectors "
    "load_fasttext_format load_glove load_model from_pretrained",
    'save(path, format="word2vec")': "save_word2vec_format",
    "nearest(word)": "most_similar similar_by_word similar_by_vector similar_by_key "
    "get_nearest_neighbors query",
    "nearest(word, candidates=words)": "most_similar_to_given",
    "analogy(words, minus)": "most_similar_cosmul get_analogies",
    "odd_one_out(words)": "doesnt_match",
    "closer_than(word, other)": "words_closer_than",
    "distance(word, words)": "distances",
    "similarity(word, words)": "cosine_similarities",
    "merge({word: vector})": "add_vector add_vectors",
    "subset(words)": "vectors_for_all",
    "vocabulary": "key_to_index index_to_key index2word vocab stoi itos get_words words",
    "embedding_dim": "vector_size dim get_dimension",
    "matrix": "vectors weights syn0 get_input_matrix",
    "vectors(words)": "get_vector get_word_vector word_vec get_vecs_by_tokens",
    "mean_vector(words)": "get_mean_vector",
    "evaluate_analogies(path)": "evaluate_word_analogies accuracy",
    "evaluate_similarity(path)": "evaluate_word_pairs",
    # Of Vocabulary.
    "tokens": "itos get_itos index_word index2word index_to_key id2token get_vocabulary words",
    "token_to_id(token)": "stoi get_stoi word_index key_to_index token2id",
    "lookup(tokens)": "lookup_indices doc2idx",
    "id_to_token(id)": "lookup_token lookup_tokens",
    "merge(Vocabulary([token]))": "append_token insert_token",
}
_HERE = by_peer(_PEERS)
_SAVING = "save save_model save_weights save_pretrained"
_LOADING = "load load_model load_weights from_pretrained"
# What is not of the object, but a function or a parameter.
_ELSEWHERE = {
    "load_word2vec_format": "WordVectors.load(path)",
    "compile": "the parameters optimizer=... and learning_rate_init=...",
    **dict.fromkeys(("to", "cuda"), 'the parameter device="cuda"'),
    "set_vocabulary": "the parameter vocabulary=...",
    "set_default_index": 'SequenceVectorizer(oov="index"), which is the default',
    **dict.fromkeys(("word_index", "index_word", "vocab", "get_vocabulary"), _NUMBERS),
    "doc2bow": "CountVectorizer()",
    "wmdistance": 'DocumentDistance(vectors, metric="wmd")',
    "wv": "the vectors as they are",
    "get_keras_embedding": "EmbeddingVectorizer(vectors), the step before a network",
    "get_sentence_vector": 'EmbeddingVectorizer(vectors, pooling="mean")',
    "export": "textvec.to_onnx(model, path)",
    **dict.fromkeys(_SAVING.split(), "textvec.save(model, path)"),
    **dict.fromkeys(_LOADING.split(), "textvec.load(path)"),
}


class PeerClass(ABCMeta):
    """Metaclass of classes that name their own attributes, called on the class, for others'."""

    if not TYPE_CHECKING:

        def __getattr__(cls, name: str) -> Any:
            """Raise the error of an attribute that the class does not have, with the way out."""
            message = f"type object {cls.__name__!r} has no attribute {name!r}"
            raise AttributeError(message + _hint(cls, name), name=name, obj=cls)


class PeerAttributes(metaclass=PeerClass):
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
            raise AttributeError(message + _hint(type(self), name), name=name, obj=self)


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


def _hint(cls: type, name: str) -> str:
    for here in _HERE.get(name, ()):
        attribute = here.partition("(")[0].partition(".")[0]
        if any(_declares(base, attribute) for base in cls.__mro__):
            return f": here it is {here}."
    return f": use {_ELSEWHERE[name]}." if name in _ELSEWHERE else ""


def _declares(cls: type, attribute: str) -> bool:
    return attribute in vars(cls) or attribute in vars(cls).get("__annotations__", ())
