"""Parameters and fitted attributes declared once make constructors like any other."""

from __future__ import annotations

import inspect
import pickle
import re
from typing import ClassVar

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone

import textvec
from textvec import Ragged, RNNClassifier, SequenceMLPClassifier
from textvec._estimators._documentation_links import DocumentationLink
from textvec._estimators._estimator_mixin import EstimatorMixin
from textvec._estimators._fitted_state import fitted_names
from textvec._estimators._versioned_state import VersionedState
from textvec._inputs import _peer_names
from textvec._inputs._peer_attributes import PeerAttributes, PeerNames
from textvec.networks import _parameter_order
from textvec.networks._parameters import (
    DeclaredParameters,
    fitted,
    with_plain_parameters,
)
from textvec.saving._plain_state import PlainState

from .public_networks import NETWORKS

X = Ragged.from_rows([[2, 3, 4], [5, 2], [4, 4, 4, 3]])


class Base(BaseEstimator, metaclass=DeclaredParameters):
    """A base.

    Parameters
    ----------
    width : int, default=3
        How wide.
    depth : int, default=1
        How deep.

    Attributes
    ----------
    net_ : object
        The net.
    """

    _parameter_constraints: ClassVar = {"width": [int], "depth": [int]}

    width: int = 3
    depth: int = 1

    net_: object = fitted()


class Child(Base):
    """A child.

    Parameters
    ----------
    depth : int, default=2
        How deep, deeper.

    Notes
    -----
    None.
    """

    _parameter_constraints: ClassVar = {"extra": [str]}

    depth: int = 2
    extra: str = "x"
    sizes: tuple[int, ...] = (1, 2)

    more_: list[int]


def test_a_class_adds_to_its_base():
    parameters = {"depth": 2, "extra": "x", "sizes": (1, 2), "width": 3}
    assert Child().get_params() == parameters
    assert list(inspect.signature(Child).parameters) == list(parameters)
    assert repr(Child(width=4)) == "Child(width=4)"
    assert clone(Child(depth=9)).get_params() == Child(depth=9).get_params()
    assert list(Child._parameter_constraints) == ["extra", "width", "depth"]
    assert "extra" not in Base._parameter_constraints
    with pytest.raises(TypeError, match="Child has no parameter 'dept': did you mean depth"):
        Child(dept=1)
    with pytest.raises(TypeError, match="positional"):
        Child(4)


def test_fitted_attributes_are_declared_and_no_parameters():
    child = Child()
    assert not hasattr(child, "net_")
    assert not hasattr(child, "more_")
    assert fitted_names(child) == []
    child.net_, child.other_ = 1, 2
    assert fitted_names(child) == ["net_", "other_"]
    assert fitted_names(pickle.loads(pickle.dumps(child))) == ["net_", "other_"]
    with pytest.raises(TypeError, match="Bad.width is annotated, but has no value: a parameter ne"):
        DeclaredParameters("Bad", (Base,), {"__annotations__": {"width": "int"}})


def test_the_constructor_can_be_read():
    source = inspect.getsource(Child.__init__)
    assert source.startswith("def __init__(\n    self,\n    *,\n    depth: int = 2,\n")
    assert source.endswith("    self.sizes = sizes\n    self.width = width\n")
    first = inspect.getsource(RNNClassifier.__init__).splitlines()[3]
    assert first == "    cell: str = 'lstm',"


def test_docstrings_are_completed():
    assert inspect.getdoc(Child) == inspect.cleandoc(
        """A child.

        Parameters
        ----------
        depth : int, default=2
            How deep, deeper.
        width : int, default=3
            How wide.

        Attributes
        ----------
        net_ : object
            The net.

        Notes
        -----
        None.
        """
    )


class Mine(RNNClassifier):
    """A user's own, with a parameter and a fitted attribute more."""

    extra: int = 3

    seen_: int

    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)
        self.seen_ = self.extra * len(X)
        return self


def test_a_users_subclass_has_its_parameter_and_its_attribute():
    model = Mine(extra=4, max_iter=1, random_state=0)
    assert model.get_params()["extra"] == 4
    assert next(iter(inspect.signature(Mine).parameters)) == "extra"
    assert clone(model).fit(X, [0, 1, 0]).seen_ == 12
    plain = RNNClassifier(max_iter=1, random_state=0).fit(X, [0, 1, 0])
    np.testing.assert_array_equal(model.fit(X, [0, 1, 0]).predict_proba(X), plain.predict_proba(X))


def test_a_constructor_written_by_hand_is_kept():
    class Small(SequenceMLPClassifier):
        def __init__(self, max_iter=2):
            super().__init__(max_iter=max_iter, hidden_layer_sizes=(3,))

    assert Small._get_param_names() == ["max_iter"]
    assert Small(4).hidden_layer_sizes == (3,)


@pytest.mark.parametrize("estimator", NETWORKS)
def test_every_parameter_and_its_default_are_documented_in_order(estimator):
    doc = inspect.getdoc(estimator)
    section = doc[doc.index("Parameters\n---") : doc.index("Attributes\n---")]
    documented = [line for line in section.splitlines()[2:] if line and not line.startswith(" ")]
    parameters = inspect.signature(estimator).parameters
    assert [line.partition(" :")[0] for line in documented] == list(parameters)
    for line, parameter in zip(documented, parameters.values(), strict=True):
        assert parameter.kind is parameter.KEYWORD_ONLY
        default = parameter.default
        said = f'"{default}"' if isinstance(default, str) else str(default).replace("'", '"')
        assert (
            line.endswith(
                (f"default={said}", f"default={default:_}" if default == 20_000 else said)
            )
            or (default == 1e-3 and "0.001" in line)
            or (default == 1e-4 and "1e-4" in line)
        ), line


@pytest.mark.parametrize("estimator", NETWORKS)
def test_the_network_comes_first_then_the_training_then_the_rest(estimator):
    names = list(inspect.signature(estimator).parameters)
    places = [_parameter_order._PLACES.get(name, -1) for name in names]
    assert places == sorted(places)
    assert [names.index(n) for n in ("dropout", "max_iter", "random_state", "verbose")] == sorted(
        names.index(n) for n in ("dropout", "max_iter", "random_state", "verbose")
    )
    documented = inspect.getdoc(estimator).split("Parameters\n")[1].split("\nAttributes\n")[0]
    assert re.findall(r"^(\w+) :", documented, re.MULTILINE) == names


def test_every_place_is_that_of_a_parameter():
    known = {name for network in NETWORKS for name in inspect.signature(network).parameters}
    assert set(_parameter_order._PLACES) <= known
    assert list(inspect.signature(RNNClassifier).parameters)[:3] == [
        "cell",
        "hidden_size",
        "num_layers",
    ]


def test_above_a_classifier_are_five_classes_and_mixins_of_what_all_estimators_share():
    ours = [c for c in RNNClassifier.__mro__[1:] if c.__module__.startswith("textvec")]
    assert len(ours) == 11
    shared = [EstimatorMixin, VersionedState, DocumentationLink, PeerNames, PeerAttributes]
    assert ours[-6:] == [PlainState, *shared]


@pytest.mark.parametrize(
    ("estimator", "name", "message"),
    [
        (RNNClassifier, "epochs", "RNNClassifier has no parameter 'epochs': here it is max_iter"),
        (RNNClassifier, "units", "here it is hidden_size"),
        (RNNClassifier, "num_words", "here it is n_tokens"),
        (textvec.RNNLanguageModel, "vocab_size", "here it is max_tokens"),
        (RNNClassifier, "maxlen", r"use SequencePadder\(length=...\), the step after"),
        (textvec.RNNForecaster, "lookback", "here it is n_lags"),
        (RNNClassifier, "hiden_size", "did you mean hidden_size"),
        (textvec.KmerTokenizer, "K", "did you mean k"),
        (RNNClassifier, "frog", "no parameter 'frog'"),
        (textvec.HashingSequenceVectorizer, "n_features", "here it is max_tokens"),
        (textvec.HashingSequenceVectorizer, "num_bins", "here it is max_tokens"),
        (textvec.RNNTagger, "ignore_index", "use None in y for each step without a label"),
    ],
)
def test_names_of_other_libraries(estimator, name, message):
    with pytest.raises(TypeError, match=message):
        estimator(**{name: 3})


ESTIMATORS = [name for name in textvec._PUBLIC if hasattr(getattr(textvec, name), "fit")]
OTHERS = [textvec.SequenceVectorizer, textvec.SequencePadder, textvec.Word2Vec, textvec.Doc2Vec]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: textvec.SequenceVectorizer(num_words=9), "here it is max_tokens"),
        (lambda: textvec.SequenceVectorizer(oov_token="?"), 'use oov="index"'),
        (lambda: textvec.SequencePadder(maxlen=9), "here it is length"),
        (lambda: textvec.Word2Vec(vector_size=9), "here it is embedding_dim"),
        (lambda: textvec.Word2Vec(sg=1), 'use method="skipgram" or "cbow"'),
        (lambda: textvec.Word2Vec(workers=2), "here it is n_jobs"),
        (lambda: textvec.Word2Vec(["a b", "c d"]), r"data go to fit, as in Word2Vec\(...\).fit"),
        (lambda: textvec.GloVe(iter(["a b"])), "data go to fit"),
        (lambda: textvec.SequenceVectorizer(["a b"]), "data go to fit"),
        (lambda: textvec.WordTokenizer(["a b"]), "data go to fit"),
        (lambda: textvec.Word2Vec(("a b", "c d")), "data go to fit"),
        (lambda: textvec.Word2Vec(np.array(["a b"])), "got a ndarray as its first argument"),
        (lambda: textvec.Word2Vec(textvec.Tokens.from_lists([["a"]])), "data go to fit"),
        (lambda: RNNClassifier(textvec.Ragged.from_rows([[2]])), "data go to fit"),
        (lambda: textvec.Word2Vec(alpha=0.1), "here it is learning_rate_init"),
        (lambda: RNNClassifier(alpha=0.1), "here it is weight_decay"),
        (lambda: textvec.Word2Vec(hs=1), "here it is hierarchical_softmax"),
        (lambda: textvec.FastText(bucket=9), "here it is n_buckets"),
        (lambda: textvec.KmerTokenizer(n=3), "here it is k"),
        (lambda: textvec.NaiveForecaster(period=12), "here it is season_length"),
        (lambda: textvec.RNNForecaster(look_back=12), "here it is n_lags"),
        (lambda: textvec.SequenceVectorizer(char_level=True), r"CharTokenizer\(\)"),
        (lambda: textvec.SequenceVectorizer(lowercase=True), r"WordTokenizer\(lowercase="),
        (lambda: textvec.EmbeddingVectorizer(max_tokens=3), "has no parameter 'max_tokens'"),
        (lambda: textvec.RNNEncoder(return_sequence=1), "did you mean return_sequences"),
        (textvec.EmbeddingVectorizer, r"needs vectors, as in .*WordVectors.load\(path\)"),
        (textvec.SequenceTruncator, r"needs length, as in SequenceTruncator\(length=100\)"),
        (lambda: textvec.SequenceVectorizer("a b"), "takes no positional arguments, got 1"),
    ],
)
def test_calls_as_other_libraries_take_them(make, message):
    with pytest.raises(TypeError, match=message):
        make()


def test_every_peer_name_is_of_a_parameter():
    known = {name for network in NETWORKS for name in network().get_params()}
    known |= {name for other in OTHERS for name in other().get_params()}
    of_queries = inspect.signature(textvec.WordVectors.nearest).parameters
    assert all(
        name in of_queries
        or any(name in getattr(textvec, cls)._get_param_names() for cls in ESTIMATORS)
        for name in _peer_names._PEERS
    )
    others = set(_peer_names._HERE) | set(_peer_names._ELSEWHERE)
    assert not known & others


class Anything(RNNClassifier):
    """Takes anything."""

    def __init__(self, **anything):
        super().__init__()
        self.anything = anything


def test_a_constructor_that_takes_anything_does():
    assert Anything(epochs=3).anything == {"epochs": 3}


def test_plain_parameters():
    class Sized(Base):
        """Has sizes."""

        flag: bool | int = False
        share: float = 0.5

    given = Sized(width=np.int64(4), depth=True, flag=np.True_, share=np.float32(0.5))
    plain = with_plain_parameters(given)
    values = [plain.width, plain.depth, plain.flag, plain.share]
    assert [(type(v), v) for v in values] == [(int, 4), (int, 1), (bool, True), (float, 0.5)]
    assert isinstance(given.width, np.int64)
