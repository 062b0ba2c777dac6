"""Language models: the next token of a text, by a recurrent network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from .._compat import StrOptions, _fit_context, validate_params
from .._containers._ragged import Ragged, offsets_from_lengths
from .._estimators._constraints import POSITIVE_INT, TOKENIZER, Interval
from .._inputs._items import materialized
from ..nn import (
    AdaptiveSoftmax,
    Batch,
    DocumentData,
    LanguageCriterion,
    LanguageModel,
    Randomness,
    RecurrentStack,
    SequenceData,
    SequenceEncoder,
    SequenceNet,
    device_of,
    learned_embedding,
    linear,
    plain_torch,
    sample,
)
from ..tokenizers import TextInput
from ..vectorizers import SequenceVectorizer
from ..vectors import WordVectors
from ._estimator import NetworkEstimator
from ._parameters import fitted
from ._records import FitData, TrainingPlan, errors_of_validation
from ._recurrent_estimator import RECURRENT_CONSTRAINTS
from .inputs._input_spec import InputSpec
from .inputs._sequences import Sequences, read_sequences
from .inputs._text_input import (
    fit_vectorizer,
    holds_documents,
    holds_ids,
    join_texts,
    tokens_of,
)


@dataclass(frozen=True)
class _Documents:
    """Documents to learn from by truncated BPTT: the targets are the ids themselves.

    Parameters
    ----------
    rows : Sequences
        Ids.
    n_steps, stateful
        As of :class:`RNNLanguageModel`.
    """

    rows: Sequences
    n_steps: int
    stateful: bool

    def on(self, device: torch.device) -> SequenceData:
        """Return the documents on a device."""
        return DocumentData.on(device, self.rows).with_bptt(self.n_steps, stateful=self.stateful)


class RNNLanguageModel(TextInput, NetworkEstimator):
    """Model the probability of each token given those before it, by a recurrent network.

    Embedding, recurrent layers, and a softmax over the vocabulary [1]_. It learns from texts
    without labels, by next-token prediction; it scores texts, samples new ones, and is a pretrained
    model for :class:`RNNClassifier` (its `init`).

    Parameters
    ----------
    tokenizer : tokenizer or None, default=None
        Splits texts into words, characters or subwords; a copy of it is fitted. None is
        ``WordTokenizer()``. Not used for Tokens and ids; rows of tokens need None.
    max_tokens : int or None, default=None
        Greatest number of ids, at least 2, padding and unknown included; the most frequent tokens
        are kept. None: all. Begin with some 20,000 for words.
    min_count : int, default=1
        Least number of occurrences of a token that is kept. Begin with 2 to 5 for words.
    embedding_dim : int, default=64
        Width of the embedding, at least 1. Begin with 64 to 256.
    cell : {"rnn", "gru", "lstm"}, default="lstm"
        Kind of recurrent cell (Hochreiter and Schmidhuber, 1997; Cho et al., 2014); ``"rnn"`` is
        the plain tanh cell.
    hidden_size : int, default=64
        Width of the hidden state, at least 1. Begin with 256 for thousands of documents.
    num_layers : int, default=1
        Recurrent layers, each over the outputs of the one below, 1 to 1000. Begin with 1.
    n_steps : int, default=70
        Steps of truncated BPTT, at least 1. Documents, in an order drawn anew for each epoch, are
        rows of a batch, short ones joined until they have so many steps; rows are read in chunks
        of so many.
    stateful : bool, default=True
        Whether a chunk of a row starts with the hidden state that the one before it ended with, in
        place of zero. The gradient ends there in both cases.
    tied : bool, default=True
        Whether the output layer shares the weights of the embedding [2]_. If `hidden_size` is not
        `embedding_dim`, there is a linear layer between.
    softmax : {"auto", "full", "adaptive"}, default="auto"
        The output layer: one softmax, or an adaptive one, where rare tokens are first a group
        [3]_; exact as well, and several times faster with a large vocabulary. The most frequent
        tokens must have the smallest ids, as those of :class:`SequenceVectorizer` do.
        ``"auto"`` is adaptive from 2,000 ids on.

    Attributes
    ----------
    vectorizer_ : SequenceVectorizer or None
        Makes ids of texts; its ``tokenizer`` is fitted. None if `fit` saw ids.

    See Also
    --------
    RNNClassifier : Its `init` may be a language model.

    Notes
    -----
    The EOS token of each document is predicted as well; when a document is scored, it is read from
    a hidden state of zeros. With `dropout`, a unit is dropped for all steps of a chunk.

    References
    ----------
    .. [1] T. Mikolov, M. Karafiát, L. Burget, J. Černocký and S. Khudanpur (2010). Recurrent
       neural network based language model. Interspeech.
    .. [2] O. Press and L. Wolf (2017). Using the output embedding to improve language
       models. EACL.
    .. [3] E. Grave, A. Joulin, M. Cissé, D. Grangier and H. Jégou (2017). Efficient softmax
       approximation for GPUs. ICML.

    Examples
    --------
    >>> from textvec import RNNLanguageModel
    >>> rhyme = ["row row row your boat", "gently down the stream"]
    >>> model = RNNLanguageModel(learning_rate_init=0.02, max_iter=60, random_state=0).fit(rhyme)
    >>> bool(model.perplexity(rhyme) < 1.5)
    True
    >>> model.sample(prefix="gently", temperature=0)
    ['gently down the stream']
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "tokenizer": TOKENIZER,
        "max_tokens": [Interval(Integral, 2, None, closed="left"), None],
        "min_count": [POSITIVE_INT],
        "embedding_dim": [POSITIVE_INT],
        **RECURRENT_CONSTRAINTS,
        "n_steps": [POSITIVE_INT],
        "stateful": ["boolean"],
        "tied": ["boolean"],
        "softmax": [StrOptions({"auto", "full", "adaptive"})],
    }
    _of_network: ClassVar[tuple[str, ...]] = (
        "max_tokens",
        "min_count",
        "embedding_dim",
        "cell",
        "hidden_size",
        "num_layers",
        "tied",
        "softmax",
    )

    tokenizer: Any = None
    max_tokens: int | None = None
    min_count: int = 1
    embedding_dim: int = 64
    cell: str = "lstm"
    hidden_size: int = 64
    num_layers: int = 1
    n_steps: int = 70
    stateful: bool = True
    tied: bool = True
    softmax: str = "auto"

    vectorizer_: SequenceVectorizer | None = fitted()
    _inputs: InputSpec = fitted()

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None, *, X_val: Any = None) -> Self:
        """Learn the vocabulary of texts, and to predict the next token.

        Parameters
        ----------
        X : documents, Tokens or Ragged of ids
            Raw documents (list, array, Series or one-column frame of str), Tokens, or rows of ids
            from 2 on (0 padding, 1 unknown).
        y : None
            Ignored.
        X_val : as `X`, default=None
            Validation documents, which are scored after every epoch: ``validation_losses_`` and
            ``validation_scores_``. With `early_stopping` they take the place of those held out.

        Returns
        -------
        RNNLanguageModel
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            If there are no documents, or too few for `early_stopping`; or if the loss becomes
            infinite.
        """
        validation = None if X_val is None else FitData(X_val)
        return self._fit(FitData(X, validation=validation))

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Continue training, by one epoch over these documents.

        Parameters
        ----------
        X : documents, Tokens or Ragged of ids
            Those of the first call determine the vocabulary.
        y : None
            Ignored.

        Returns
        -------
        RNNLanguageModel
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            As `fit`; or if `early_stopping` or `checkpoint` is set.
        """
        return self._partial_fit(FitData(X))

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Return the log probability of each document, its EOS included.

        Parameters
        ----------
        X : documents, Tokens or Ragged of ids
            As `fit` saw them.

        Returns
        -------
        ndarray of shape (n_samples,), float64
            Natural logarithms.
        """
        return self._log_likelihood(self._rows_to_predict(X))

    def score(self, X: Any, y: Any = None) -> float:
        """Return the mean log probability of a token.

        Parameters
        ----------
        X : documents, Tokens or Ragged of ids
            As `fit` saw them.
        y : None
            Ignored.

        Returns
        -------
        float
            Mean over the tokens of all documents, EOS included.

        Raises
        ------
        ValueError
            If there are no documents.
        """
        data = self._rows_to_predict(X)
        if not len(data):
            raise ValueError("there are no documents to score: X is empty.")
        n_targets = int(data.lengths_cpu.sum()) + len(data)
        return float(self._log_likelihood(data).sum()) / n_targets

    def perplexity(self, X: Any) -> float:
        """Return the perplexity: the exponential of the cross-entropy of a token.

        Parameters
        ----------
        X : documents, Tokens or Ragged of ids
            As `fit` saw them.

        Returns
        -------
        float
            ``exp(-score(X))``. Perplexities can be compared only on the same tokens: the smaller
            the vocabulary, the lower it is.
        """
        return float(np.exp(-self.score(X)))

    def next_proba(self, X: Any) -> NDArray[np.float32]:
        """Predict the probability of each token to come next.

        Parameters
        ----------
        X : documents, Tokens or Ragged of ids
            Prefixes of documents; after an empty one comes the first token.

        Returns
        -------
        ndarray of shape (n_samples, n_tokens), float32
            The probability of each id. Column 0 is EOS, 1 an unknown token, and i the token
            ``vectorizer_.vocabulary_.tokens[i - 2]``.
        """
        data = self._rows_to_predict(X)
        net = self.net_

        def proba(batch: Batch) -> Tensor:
            return net.module_.next_log_proba(batch).exp()  # type: ignore[no-any-return]

        return net.by_row(data, proba).numpy()

    @validate_params(
        {
            "n_samples": [POSITIVE_INT],
            "max_length": [Interval(Integral, 0, None, closed="left")],
            "temperature": [Interval(Real, 0, None, closed="left")],
            "top_k": [POSITIVE_INT, None],
            "top_p": [Interval(Real, 0, 1, closed="right")],
            "random_state": ["random_state"],
        },
        prefer_skip_nested_validation=True,
    )
    @plain_torch()
    def sample(
        self,
        n_samples: int = 1,
        *,
        prefix: Any = "",
        max_length: int = 100,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float = 1.0,
        random_state: int | np.random.RandomState | None = None,
    ) -> list[str] | Ragged:
        """Sample documents, token by token, each from its predicted distribution.

        Parameters
        ----------
        n_samples : int, default=1
            Number of documents, at least 1.
        prefix : str or array-like of ids, default=""
            How they begin; ids if `fit` saw ids.
        max_length : int, default=100
            Tokens that are drawn, at most; fewer if EOS is drawn.
        temperature : float, default=1.0
            Divides the logits, at least 0: below 1 the likely becomes likelier; 0 always takes the
            most likely token.
        top_k : int or None, default=None
            Sample among so many of the most likely tokens, at least 1; None: all.
        top_p : float, default=1.0
            Sample among the most likely tokens that together have this probability, in (0, 1]
            (nucleus sampling; Holtzman et al., 2020).
        random_state : int, RandomState instance or None, default=None
            Determines the samples.

        Returns
        -------
        list of str, or Ragged of int32 if `fit` saw ids
            The documents, joined by the tokenizer. An unknown token is never drawn.
        """
        check_is_fitted(self)
        seed = int(check_random_state(random_state).randint(2**31 - 1))
        begin = self._read(_as_row(prefix, texts=self.vectorizer_ is not None)).values
        rows = sample(
            self.net_.evaluating(),
            torch.tensor(begin, device=device_of(self.net_.module_)),
            n_samples,
            torch.Generator().manual_seed(seed),
            max_length=max_length,
            temperature=float(temperature),
            top_k=top_k,
            top_p=top_p,
        )
        drawn = [np.concatenate([begin, row.numpy().astype(np.int32)]) for row in rows]
        offsets = offsets_from_lengths([len(row) for row in drawn])
        ids = Ragged(np.concatenate(drawn), offsets, n_ids=self._inputs.size)
        return ids if self.vectorizer_ is None else join_texts(self.vectorizer_, ids)

    @property
    def vectors_(self) -> WordVectors:
        """The words and their learned vectors, :class:`WordVectors`."""
        check_is_fitted(self)
        if self.vectorizer_ is None:
            raise AttributeError("vectors_ needs words: the model was fitted on ids.")
        table = self.net_.module_.embedding.weight.detach()[2:].cpu().numpy()
        return WordVectors(self.vectorizer_.vocabulary_.tokens, table)

    def _plan(self, data: FitData, previous: SequenceNet | None) -> TrainingPlan:
        documents, vectorizer = data.X, data.known.get("vectorizer_")
        if previous is None and not holds_ids(documents):
            vectorizer, documents = fit_vectorizer(
                documents, self.tokenizer, max_tokens=self.max_tokens, min_count=self.min_count
            )
        rows = _read(documents, vectorizer, self)
        if previous is None:
            inputs = InputSpec.of(
                rows, n_tokens=None, embedding_dim=self.embedding_dim, fine_tune=False
            )
        else:
            inputs = self._inputs
        validation = None
        if data.validation is not None:
            with errors_of_validation():
                validation = self._examples(_read(data.validation.X, vectorizer, self), inputs)
        return TrainingPlan(
            examples=self._examples(rows, inputs),
            criterion=LanguageCriterion(inputs.size),
            build=partial(self._build, inputs),
            attributes={"vectorizer_": vectorizer, "_inputs": inputs},
            validation=validation,
        )

    def _examples(self, rows: Sequences, inputs: InputSpec) -> _Documents:
        conforming = inputs.conform(rows, type(self).__name__)
        return _Documents(conforming, self.n_steps, self.stateful)

    def _build(self, inputs: InputSpec, randomness: Randomness) -> LanguageModel:
        """Make the network."""
        generator = randomness.generator("cpu")
        embedding = learned_embedding(inputs.size, self.embedding_dim, generator)
        body = RecurrentStack(
            self.cell,
            self.embedding_dim,
            self.hidden_size,
            num_layers=self.num_layers,
            dropout=self.dropout,
            randomness=randomness,
        )
        width = self.embedding_dim if self.tied else self.hidden_size
        projection: nn.Module = nn.Identity()
        if width != self.hidden_size:
            projection = linear(self.hidden_size, width, generator)
        weight = embedding.weight
        if not self.tied:
            weight = learned_embedding(inputs.size, width, generator).weight
        cutoffs = AdaptiveSoftmax.cutoffs_for(inputs.size, self.softmax)
        return LanguageModel(
            SequenceEncoder(embedding, body, longest=inputs.longest),
            projection,
            AdaptiveSoftmax(weight, cutoffs, generator),
            dropout=self.dropout,
            randomness=randomness,
        )

    def _log_likelihood(self, data: SequenceData) -> NDArray[np.float64]:
        """Return the log probability of each row."""
        net = self.net_
        found: Tensor = net.by_row(data, net.module_.log_likelihood)
        return found.numpy()

    def _read(self, X: Any) -> Sequences:
        """Read documents as `fit` has read its own."""
        check_is_fitted(self)
        rows = _read(X, self.vectorizer_, self, min_rows=0)
        return self._inputs.conform(rows, type(self).__name__)

    def _rows_to_predict(self, X: Any) -> SequenceData:
        rows = self._read(X)
        return DocumentData.on(device_of(self.net_.module_), rows)


def _read(X: Any, vectorizer: Any, estimator: RNNLanguageModel, min_rows: int = 1) -> Sequences:
    """Read documents, transformed by the vectorizer if there is one."""
    name = type(estimator).__name__
    if vectorizer is None:
        ids = X = materialized(X)
        if holds_documents(X):
            raise ValueError(
                f"{name} was fitted on ids, got texts: transform them by the vectorizer of the "
                "training rows."
            )
    elif holds_ids(X):
        raise ValueError(f"{name} was fitted on texts, got ids: pass texts or Tokens.")
    else:
        ids = vectorizer.transform(tokens_of(X, estimator.tokenizer, vectorizer.tokenizer))
    sequences = read_sequences(ids, estimator=estimator, min_rows=min_rows)
    if not sequences.has_ids:
        raise ValueError(f"{name} takes texts, Tokens or ids, got other numbers.")
    return sequences


def _as_row(prefix: Any, *, texts: bool) -> Any:
    """Return a prefix as documents of which there is one."""
    if texts:
        if not isinstance(prefix, str):
            raise TypeError(f"prefix must be a str, got {type(prefix).__name__}.")
        return [prefix]
    ids = np.asarray([] if isinstance(prefix, str) and not prefix else prefix)
    return Ragged(ids.astype(np.int32) if not ids.size else ids, [0, len(ids)])
