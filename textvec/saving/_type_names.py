"""The names of classes in a file, and the classes that may be made of a file."""

from __future__ import annotations

import inspect
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

# Classes of ours that are parts of estimators, by where they are; the name is for ever.
_PARTS = {
    "Bags": "textvec.vectors._word_mover",
    "ClassCounts": "textvec.vectorizers.weights._column_counts",
    "CountedColumns": "textvec.vectorizers.weights._column_counts",
    "CountedDocuments": "textvec.embeddings._counted_documents",
    "DocumentCounts": "textvec.vectorizers.weights._column_counts",
    "EmbeddingCounts": "textvec.vectors._embedding_counts",
    "ExtraRows": "textvec.vectors._out_of_vocabulary",
    "CalendarFrequency": "textvec.forecasting._frequency",
    "ForecastOrigin": "textvec.forecasting._lag_windows",
    "HeldDocuments": "textvec.embeddings._held_parts",
    "InputSpec": "textvec.networks.inputs._input_spec",
    "LabelCodec": "textvec.networks.heads._target_codec",
    "SeriesForm": "textvec.forecasting._series_form",
    "StepIndex": "textvec.forecasting._step_index",
    "TextCodec": "textvec.networks.heads._target_codec",
    "TokenCounts": "textvec._counting._token_counts",
}
_CONTAINERS = ("EmbeddedSequences", "Ragged", "SubwordVectors", "Tokens", "Vocabulary")
# Private classes of scikit-learn, which may hold estimators of ours, by where they are.
_HELPERS = {
    "calibration._CalibratedClassifier": "sklearn.calibration",
    "calibration._SigmoidCalibration": "sklearn.calibration",
    "calibration._TemperatureScaling": "sklearn.calibration",
    "compose.make_column_selector": "sklearn.compose",
    "gaussian_process._BinaryGaussianProcessClassifierLaplace": "sklearn.gaussian_process._gpc",
    "metrics._CurveScorer": "sklearn.metrics._scorer",
    "metrics._MultimetricScorer": "sklearn.metrics._scorer",
    "metrics._PassthroughScorer": "sklearn.metrics._scorer",
    "metrics._Scorer": "sklearn.metrics._scorer",
    "model_selection._CVIterableWrapper": "sklearn.model_selection._split",
    "multiclass._ConstantPredictor": "sklearn.multiclass",
    "neural_network.AdamOptimizer": "sklearn.neural_network._stochastic_optimizers",
    "neural_network.SGDOptimizer": "sklearn.neural_network._stochastic_optimizers",
    "utils.MetadataRequest": "sklearn.utils._metadata_requests",
    "utils.MethodMetadataRequest": "sklearn.utils._metadata_requests",
}
# Estimators that scikit-learn has once this module of sklearn.experimental is imported.
_EXPERIMENTAL = {
    "HalvingGridSearchCV": "enable_halving_search_cv",
    "HalvingRandomSearchCV": "enable_halving_search_cv",
    "IterativeImputer": "enable_iterative_imputer",
}
# Functions that compute, and neither read nor write files.
_FUNCTION_MODULES = ("metrics", "metrics.pairwise", "feature_selection", "preprocessing")
_NUMPY_FUNCTIONS = ("asarray", "clip", "nan_to_num", "ravel")
# skorch's callbacks that compute, but write no files and call no functions of a file's choice.
_CALLBACKS = (
    *("BatchScoring", "EarlyStopping", "EpochScoring", "EpochTimer", "GradientNormClipping"),
    *("LRScheduler", "PassthroughScoring", "PrintLog", "ProgressBar", "WarmRestartLR"),
)
_STR_METHODS = ("casefold", "lower", "split", "splitlines", "strip", "title", "upper")
_MODULES = (  # of torch
    *("BatchNorm1d", "Conv1d", "Dropout", "Embedding", "GRU", "Identity", "LSTM", "LayerNorm"),
    *("Linear", "ModuleList", "RNN", "ReLU", "Sequential", "Sigmoid", "Tanh"),
)


class UnknownTypeError(TypeError):
    """A class that no file may name."""


def name_of_class(cls: type) -> str | None:
    """Return the name that a class has in files; None if it may not be in one."""
    root, name = cls.__module__.partition(".")[0], cls.__qualname__
    if root == "textvec":
        candidates = [f"textvec.{name}", f"textvec.nn.{name}"]
    elif root == "sklearn":
        modules = cls.__module__.split(".")
        candidates = [f"{'.'.join(modules[:n])}.{name}" for n in (2, 3)]
    elif root == "skorch":
        candidates = [f"skorch.callbacks.{name}"]
    elif root == "torch":
        candidates = [f"torch.nn.{name}", f"torch.optim.{name}", f"torch.optim.lr_scheduler.{name}"]
    else:
        return None
    return next((c for c in candidates if _found(c) is cls), None)


def class_of_name(name: str) -> type:
    """Return the class of a name in a file.

    Raises
    ------
    UnknownTypeError
        If there is none.
    """
    found = _found(name)
    if found is None:
        raise UnknownTypeError(f"{name!r:.80} is no type that a file may hold")
    return found


def _found(name: str) -> type | None:
    root, _, rest = name.partition(".")
    finders = {"textvec": _of_ours, "sklearn": _of_scikit_learn, "skorch": _callback}
    finder = _of_torch if root == "torch" else finders.get(root)
    return None if finder is None else finder(rest)


def _of_ours(name: str) -> type | None:
    import textvec

    if name.startswith("nn."):
        return _network_parts().get(name.removeprefix("nn."))
    if name in _PARTS:
        return getattr(import_module(_PARTS[name]), name)  # type: ignore[no-any-return]
    if name not in textvec._PUBLIC:
        return None
    found = getattr(textvec, name)
    if name in (*_CONTAINERS, "WordVectors"):
        return found  # type: ignore[no-any-return]
    return found if _is_estimator(found) else None


def classes_of_ours() -> list[type]:
    """Return the estimators and containers of textvec, and their parts, by name."""
    import textvec

    found = [_of_ours(name) for name in sorted({*textvec._PUBLIC, *_PARTS})]
    return [cls for cls in found if cls is not None]


def _is_estimator(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, BaseEstimator)


@cache
def _network_parts() -> dict[str, type]:
    """Return the torch modules of ours, what they draw from, and the net, by name."""
    import torch

    from .. import nn

    modules = [m for m in vars(nn).values() if isinstance(m, ModuleType)]
    classes = {
        c.__name__: c
        for module in modules
        for c in vars(module).values()
        if isinstance(c, type) and c.__module__ == module.__name__
    }
    allowed = (torch.nn.Module, nn.Randomness, nn.SequenceNet)
    return {name: c for name, c in classes.items() if issubclass(c, allowed)}


def _of_scikit_learn(name: str) -> type | None:
    if name in _HELPERS:
        return getattr(import_module(_HELPERS[name]), name.rpartition(".")[2])  # type: ignore[no-any-return]
    import sklearn

    module, _, attribute = name.rpartition(".")
    package, _, inner = module.partition(".")
    if package not in sklearn.__all__ or "." in inner:
        return None
    if inner.startswith("_") or attribute.startswith("_"):
        return None
    if attribute in _EXPERIMENTAL:
        import_module(f"sklearn.experimental.{_EXPERIMENTAL[attribute]}")
    found = getattr(import_module(f"sklearn.{module}"), attribute, None)
    return found if inspect.isclass(found) and _may_be_made(found, module) else None


def _may_be_made(cls: type, module: str) -> bool:
    """Return whether a file may make objects of a class of scikit-learn."""
    is_splitter = module == "model_selection" and hasattr(cls, "split")
    is_kernel = module == "gaussian_process.kernels" and hasattr(cls, "is_stationary")
    return is_splitter or is_kernel or _is_estimator(cls)


def _callback(name: str) -> type | None:
    package, _, attribute = name.partition(".")
    if package != "callbacks" or attribute not in _CALLBACKS:
        return None
    return getattr(import_module("skorch.callbacks"), attribute)  # type: ignore[no-any-return]


def _of_torch(name: str) -> type | None:
    import torch

    package, _, attribute = name.rpartition(".")
    if package == "nn" and attribute in (*_MODULES, "Parameter"):
        return getattr(torch.nn, attribute)  # type: ignore[no-any-return]
    if package == "optim":
        return _subclass(torch.optim, attribute, torch.optim.Optimizer)
    if package == "optim.lr_scheduler":
        schedules = torch.optim.lr_scheduler
        return _subclass(schedules, attribute, schedules.LRScheduler)
    return None


def _subclass(module: ModuleType, name: str, base: type) -> type | None:
    found = vars(module).get(name)
    return found if inspect.isclass(found) and issubclass(found, base) else None


def name_of_function(function: Any) -> str | None:
    """Return the name of a function of NumPy, scikit-learn or str; None for any other."""
    name = getattr(function, "__name__", None)
    if name is None:
        return None
    modules = ("numpy", "str", *(f"sklearn.{module}" for module in _FUNCTION_MODULES))
    candidates = [f"{module}.{name}" for module in modules]
    return next((c for c in candidates if _function_found(c) is function), None)


def function_of_name(name: str) -> Any:
    """Return the function of a name in a file.

    Raises
    ------
    UnknownTypeError
        If no file may name it.
    """
    found = _function_found(name)
    if found is None:
        raise UnknownTypeError(f"{name!r:.80} is no function that a file may hold")
    return found


def _function_found(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    if module == "numpy":
        found = getattr(np, attribute, None)
        is_known = isinstance(found, np.ufunc) or attribute in _NUMPY_FUNCTIONS
        return found if is_known else None
    if module.removeprefix("sklearn.") in _FUNCTION_MODULES and not attribute.startswith("_"):
        found = vars(import_module(module)).get(attribute)
        is_of_it = inspect.isfunction(found) and found.__module__.startswith(module)
        return found if is_of_it else None
    return getattr(str, attribute) if module == "str" and attribute in _STR_METHODS else None
