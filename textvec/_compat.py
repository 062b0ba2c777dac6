"""The only file that touches private names of scikit-learn, and the import of optional packages."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

from sklearn.base import _clone_parametrized, _fit_context  # type: ignore[attr-defined]
from sklearn.utils._metadata_requests import (  # type: ignore[import-untyped]
    MetadataRequest,
    MethodMetadataRequest,
)
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    Options,
    StrOptions,
    validate_parameter_constraints,
    validate_params,
)
from sklearn.utils._sparse import _align_api_if_sparse
from sklearn.utils.sparsefuncs_fast import (
    inplace_csr_row_normalize_l1,
    inplace_csr_row_normalize_l2,
)
from sklearn.utils.validation import (
    _check_feature_names,
    _check_n_features,
    _check_sample_weight,
    _get_feature_names,
)

from ._kernels._threads import submit

__all__ = [
    "CALLBACKS_OF_ESTIMATORS",
    "CONTEXT_OF_FIT",
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "MetadataRequest",
    "MethodMetadataRequest",
    "Options",
    "StrOptions",
    "_align_api_if_sparse",
    "_check_feature_names",
    "_check_n_features",
    "_check_sample_weight",
    "_clone_parametrized",
    "_fit_context",
    "_get_feature_names",
    "import_optional",
    "import_whole",
    "inplace_csr_row_normalize_l1",
    "inplace_csr_row_normalize_l2",
    "validate_parameter_constraints",
    "validate_params",
]

# Where scikit-learn keeps callbacks on an estimator: its own, and those of a Pipeline around it
# while it is fitted there; and what it keeps of a `fit` that they watch.
CALLBACKS_OF_ESTIMATORS = ("_skl_callbacks", "_parent_callback_ctx")
CONTEXT_OF_FIT = "_callback_fit_ctx"

# What an optional package is for, and the extra of textvec that installs it.
EXTRAS = {
    "torch": "rnn",
    "skorch": "rnn",
    "filelock": "data",
    "pooch": "data",
    "rich": "data",
    "pandas": "data",
    "pyarrow": "data",
    "gensim": "vectors",
    "safetensors": "vectors",
    "ot": "vectors",
    "matplotlib": "plots",
    "tokenizers": "subword",
    "sacrebleu": "translation",
    "skops": "save",
    "onnx": "onnx",
    "skl2onnx": "onnx",
}


def import_optional(name: str, *, needed_for: str) -> Any:
    """Import the package `name`, or say how to get it.

    Raises
    ------
    ImportError
        If the package is missing; the message names the extra that installs it.
    """
    try:
        return import_whole(name)
    except ModuleNotFoundError as error:
        root = name.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != root:
            raise
        raise install_error(root, needed_for=needed_for) from error


def import_whole(name: str) -> Any:
    """Import the module `name` to its end, whenever the user interrupts.

    An import that Ctrl-C ends half-way leaves modules of packages such as sympy and smart_open
    behind, with which it fails from then on. Interruptions come to the main thread alone.
    """
    if name in sys.modules:  # or another thread is importing it, for which this one waits
        return import_module(name)
    with ThreadPoolExecutor(1) as importing:
        return submit(importing, import_module, name).result()


def install_error(package: str, *, needed_for: str) -> ImportError:
    """Return the error that says how to get a package."""
    extra = EXTRAS.get(package)
    remedy = f"pip install 'textvec-learn[{extra}]'" if extra else f"pip install {package}"
    return ImportError(f"{needed_for} needs the package {package!r}: {remedy}", name=package)
