"""What comes next in a text, by a recurrent network."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from .._compat import HasMethods, Interval, StrOptions, _fit_context, validate_params
from .._constraints import POSITIVE_INT
from .._ragged import Ragged, offsets_from_lengths
from .._tokens import Tokens
from ..nn import (
    AdaptiveSoftmax,
    Batch,
    DocumentData,
    InputSpec,
    LanguageCriterion,
    LanguageModel,
    Randomness,
    SequenceEncoder,
    Sequences,
    device_of,
    learned_embedding,
    linear,
    read_sequences,
    sample,
)
from ..tokenizers import TextInput
from ..vectors import WordVectors
from ._parameters import declares_parameters
from ._recurrent import RecurrentLayers
from ._training import Task
from .inputs._text_input import fit_vectorizer, join_texts


@declares_parameters
class RNNLanguageModel(TextInput, RecurrentLayers):
    """Language model: the probability of each token after those before it.

    Embedding, recurrent layers, and a softmax over the vocabulary [1]_. It learns from texts
    alone, without labels; it tells how likely a text is, writes new ones, and is a start for
    :class:`RNNClassifier` (its `init`).

    Parameters
    ----------
    tokenizer : tokenizer or None, default=None
        What a text is a sequence of: words, characters, subwords. A copy of it is fitted. None is
        ``WordTokenizer()``. Not used for Tokens and ids.
    max_tokens : int or None, default=None
        Greatest number of ids, padding and unknown included.
    min_count : int, default=1
        Least number of occurrences of a token that is known.
    embedding_dim : int, default=64
        Width of the embedding.
    n_steps : int, default=70
        Steps that a gradient goes back, at most. Documents, in an order that each pass draws anew,
        are rows of a batch, short ones joined until they have so many steps; rows are read in
        pieces of so many.
    stateful : bool, default=True
        Whether a piece of a row starts with the state that the one before it ended with, in place
        of zero. The gradient ends there all the same.
    tied : bool, default=True
        Whether the output layer's vectors are those of the embedding [2]_. If `hidden_size` is not
        `embedding_dim`, a linear layer lies between.
    softmax : {"auto", "full", "adaptive"}, default="auto"
        The output layer: one softmax, or one in two steps, where rare tokens are first a group
        [3]_; exact as well, and several times faster with a large vocabulary. The most frequent
        tokens must have the smallest ids, as those of :class:`SequenceVectorizer` do.
        ``"auto"`` is adaptive from 2,000 ids on.

    Attributes
    ----------
    vectorizer_ : SequenceVectorizer or None
        Makes ids of texts; its ``tokenizer`` is fitted. None if `fit` saw ids.

    See Also
    --------
    RNNClassifier : Starts from a language model with `init`.

    Notes
    -----
    An end of a document, a token of its own, is foretold as well; every document is read from a
    state of zeros when it is scored. In a `dropout`, a unit is dropped for all steps of a piece.

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
        "tokenizer": [HasMethods(["fit", "transform"]), None],
        "max_tokens": [Interval(Integral, 2, None, closed="left"), None],
        "min_count": [POSITIVE_INT],
        "embedding_dim": [POSITIVE_INT],
        "n_steps": [POSITIVE_INT],
        "stateful": ["boolean"],
        "tied": ["boolean"],
        "softmax": [StrOptions({"auto", "full", "adaptive"})],
    }

    tokenizer: Any = None
    max_tokens: int | None = None
    min_count: int = 1
    embedding_dim: int = 64
    n_steps: int = 70
    stateful: bool = True
    tied: bool = True
    softmax: str = "auto"

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the vocabulary of texts, and what follows what.

        Parameters
        ----------
        X : documents, Tokens or Ragged of ids
            Raw documents (list, array, Series or one-column frame of str), Tokens, or rows of ids
            from 2 on (0 padding, 1 unknown).
        y : None
            Ignored.

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
        state = self._continued() if self.warm_start else {}
        return self._train(X, epochs=self.max_iter, state=state)

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Go on training, by one pass over these documents.

        Parameters
        ----------
        X : documents, Tokens or Ragged of ids
            The first call's settle the vocabulary.
        y : None
            Ignored.

        Returns
        -------
        RNNLanguageModel
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            As `fit`; or if `early_stopping` is set.
        """
        return self._train(X, epochs=1, state=self._continued_in_part())

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Give the log probability of each document, its end included.

        Parameters
        ----------
        X : documents, Tokens or Ragged of ids
            As `fit` saw them.

        Returns
        -------
        ndarray of shape (n_samples,), float64
            Natural logarithms.
        """
        data = self._data(X)
        found = self.net_.by_row(data, self.net_.module_.log_likelihood)
        return found.numpy()  # type: ignore[no-any-return]

    def score(self, X: Any, y: Any = None) -> float:
        """Give the mean log probability of a token.

        Parameters
        ----------
        X : documents, Tokens or Ragged of ids
            As `fit` saw them.
        y : None
            Ignored.

        Returns
        -------
        float
            Over the tokens of all documents, and their ends.
        """
        data = self._data(X)
        found = self.net_.by_row(data, self.net_.module_.log_likelihood)
        return float(found.sum()) / (int(data.lengths_cpu.sum()) + len(data))

    def perplexity(self, X: Any) -> float:
        """Give the number of tokens among which the model is in doubt, as it were.

        Parameters
        ----------
        X : documents, Tokens or Ragged of ids
            As `fit` saw them.

        Returns
        -------
        float
            ``exp(-score(X))``. Perplexities compare only on the same tokens: the fewer are known,
            the lower it is.
        """
        return float(np.exp(-self.score(X)))

    def next_proba(self, X: Any) -> NDArray[np.float32]:
        """Predict what comes after each beginning of a document.

        Parameters
        ----------
        X : documents, Tokens or Ragged of ids
            Beginnings; an empty one asks for the first token.

        Returns
        -------
        ndarray of shape (n_samples, n_tokens), float32
            The probability of each id. Column 0 is the end of the document, 1 an unknown token, and
            i the token ``vectorizer_.vocabulary_.tokens[i - 2]``.
        """
        data = self._data(X)
        module = self.net_.module_

        def proba(batch: Batch) -> Tensor:
            return module.next_log_proba(batch).exp()  # type: ignore[no-any-return]

        return self.net_.by_row(data, proba).numpy()  # type: ignore[no-any-return]

    @validate_params(  # type: ignore[untyped-decorator]
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
        """Write documents, token by token, each drawn from what the model expects.

        Parameters
        ----------
        n_samples : int, default=1
            How many.
        prefix : str or array-like of ids, default=""
            What they begin with; ids if `fit` saw ids.
        max_length : int, default=100
            Tokens that are drawn, at most. A document ends before if its end is drawn.
        temperature : float, default=1.0
            Below 1 the likely becomes likelier; 0 always takes the likeliest.
        top_k : int or None, default=None
            Draw among so many of the likeliest tokens.
        top_p : float, default=1.0
            Draw among the likeliest tokens that together have this probability (Holtzman et
            al., 2020).
        random_state : int, RandomState instance or None, default=None
            Of the draws.

        Returns
        -------
        list of str, or Ragged of int32 if `fit` saw ids
            The documents, as the tokenizer joins tokens. An unknown token is never drawn.
        """
        check_is_fitted(self)
        seed = int(check_random_state(random_state).randint(2**31 - 1))
        given = self._sequences(_as_row(prefix, texts=self.vectorizer_ is not None)).values
        rows = sample(
            self.net_.module_.eval(),
            torch.tensor(given, device=device_of(self.net_.module_)),
            n_samples,
            torch.Generator().manual_seed(seed),
            max_length=max_length,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
        )
        drawn = [np.concatenate([given, row.numpy().astype(np.int32)]) for row in rows]
        offsets = offsets_from_lengths([len(row) for row in drawn])
        ids = Ragged(np.concatenate(drawn), offsets, n_ids=self._inputs.size)
        return ids if self.vectorizer_ is None else join_texts(self.vectorizer_, ids)

    @property
    def vectors_(self) -> WordVectors:
        """The words and their learned vectors."""
        check_is_fitted(self)
        if self.vectorizer_ is None:
            raise AttributeError("vectors_ needs words: the model was fitted on ids.")
        table = self.net_.module_.embedding.weight.detach()[2:].cpu().numpy()
        return WordVectors(self.vectorizer_.vocabulary_.tokens, table)

    def _train(self, X: Any, *, epochs: int, state: dict[str, Any]) -> Self:
        """Fit, or go on from the ``net_`` in `state`; nothing of self changes before the end."""
        documents = X
        if "net_" not in state:
            state["vectorizer_"] = None
            if not _holds_ids(X):
                state["vectorizer_"], documents = fit_vectorizer(
                    X, self.tokenizer, max_tokens=self.max_tokens, min_count=self.min_count
                )
        sequences = _read(documents, state["vectorizer_"], self)
        if "net_" not in state:
            state["_inputs"] = InputSpec.of(
                sequences, n_tokens=None, embedding_dim=self.embedding_dim, tuned=False
            )
        size = state["_inputs"].size
        rows = state["_inputs"].conform(sequences, type(self).__name__)

        def read(device: torch.device) -> DocumentData:
            return DocumentData.on(device, rows).with_bptt(self.n_steps, stateful=self.stateful)

        given = {"X": X, "y": None, "metadata": None}
        # The targets are the ids themselves: no array of them is needed.
        task = Task(np.empty(0), LanguageCriterion(size), None)
        build = self._builder(size, state["_inputs"].longest)
        self._learn(task, build, read, epochs=epochs, state=state, given=given)
        return self

    def _builder(self, size: int, longest: int) -> Callable[[Randomness], nn.Module]:
        """Give what makes the module over so many ids."""

        def build(randomness: Randomness) -> LanguageModel:
            generator = randomness.generator("cpu")
            embedding = learned_embedding(size, self.embedding_dim, generator)
            body = self._stack(self.embedding_dim, randomness)
            width = self.embedding_dim if self.tied else self.hidden_size
            projection: nn.Module = nn.Identity()
            if width != self.hidden_size:
                projection = linear(self.hidden_size, width, generator)
            weight = embedding.weight
            if not self.tied:
                weight = learned_embedding(size, width, generator).weight
            cutoffs = AdaptiveSoftmax.cutoffs_for(size, self.softmax)
            return LanguageModel(
                SequenceEncoder(embedding, body, longest=longest),
                projection,
                AdaptiveSoftmax(weight, cutoffs, generator),
                dropout=self.dropout,
                randomness=randomness,
            )

        return build

    def _sequences(self, X: Any) -> Sequences:
        """Read documents, as `fit` read its own."""
        check_is_fitted(self)
        sequences = _read(X, self.vectorizer_, self, min_rows=0)
        return self._inputs.conform(sequences, type(self).__name__)  # type: ignore[no-any-return]

    def _data(self, X: Any) -> DocumentData:
        """Read documents to the network's device."""
        sequences = self._sequences(X)
        return DocumentData.on(device_of(self.net_.module_), sequences)


def _holds_ids(X: Any) -> bool:
    """Tell ids from texts and Tokens."""
    if isinstance(X, Ragged):
        return not isinstance(X, Tokens)
    return isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype.kind in "iu"


def _read(X: Any, vectorizer: Any, estimator: RNNLanguageModel, min_rows: int = 1) -> Sequences:
    """Read documents, through the vectorizer if there is one."""
    name = type(estimator).__name__
    if _holds_ids(X) != (vectorizer is None):
        raise ValueError(
            f"{name} was fitted on {'ids' if vectorizer is None else 'texts'}, got "
            f"{'texts' if vectorizer is None else 'ids'}."
        )
    ids = X if vectorizer is None else vectorizer.transform(X)
    sequences = read_sequences(ids, estimator=estimator, min_rows=min_rows)
    if not sequences.has_ids:
        raise ValueError(f"{name} takes texts, Tokens or ids, got numbers that are none.")
    return sequences


def _as_row(prefix: Any, *, texts: bool) -> Any:
    """Give a prefix as documents of which there is one."""
    if texts:
        if not isinstance(prefix, str):
            raise TypeError(f"prefix must be a str, got {type(prefix).__name__}.")
        return [prefix]
    ids = np.asarray([] if isinstance(prefix, str) and not prefix else prefix)
    return Ragged(ids.astype(np.int32) if not ids.size else ids, [0, len(ids)])
