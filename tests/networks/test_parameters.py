"""Parameters written once make constructors like any other."""

from __future__ import annotations

import inspect
from typing import ClassVar

import pytest
from sklearn.base import BaseEstimator, clone

from textvec import RNNClassifier, RNNRegressor, RNNTagger, SequenceMLPClassifier
from textvec.networks._parameters import declares_parameters

ALL = [RNNClassifier, RNNRegressor, RNNTagger, SequenceMLPClassifier]


@declares_parameters
class Base(BaseEstimator):
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


@declares_parameters
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


def test_a_class_adds_to_its_base():
    assert Child().get_params() == {"width": 3, "depth": 2, "extra": "x"}
    assert repr(Child(width=4)) == "Child(width=4)"
    assert clone(Child(depth=9)).get_params() == Child(depth=9).get_params()
    assert set(Child._parameter_constraints) == {"width", "depth", "extra"}
    assert "extra" not in Base._parameter_constraints
    assert inspect.signature(Child).parameters["depth"].default == 2
    assert Child() != Child()
    with pytest.raises(TypeError, match="unexpected keyword argument 'dept'"):
        Child(dept=1)
    with pytest.raises(TypeError, match="positional"):
        Child(4)


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


@pytest.mark.parametrize("estimator", ALL)
def test_every_parameter_and_its_default_are_documented(estimator):
    doc = inspect.getdoc(estimator)
    for name, parameter in inspect.signature(estimator).parameters.items():
        assert parameter.kind is parameter.KEYWORD_ONLY
        (line,) = [text for text in doc.splitlines() if text.startswith(f"{name} : ")]
        default = parameter.default
        said = f'"{default}"' if isinstance(default, str) else str(default)
        assert (
            line.endswith(f"default={said}")
            or (default == 1e-3 and "0.001" in line)
            or (default == 1e-4 and "1e-4" in line)
        ), line
    assert doc.count("Parameters\n---") == 1
