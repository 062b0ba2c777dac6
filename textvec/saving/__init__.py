"""Save fitted estimators in files of data that later versions read, and load them."""

from typing import TYPE_CHECKING

from .._inputs._peer_exports import names_of_part
from ._info import ArrayInfo as ArrayInfo
from ._info import ModelInfo as ModelInfo
from ._info import info as info
from ._model_file import DamagedModelError as DamagedModelError
from ._save_load import load, save
from ._trusted_types import trusted_types as trusted_types

__all__ = ["load", "save"]

if not TYPE_CHECKING:  # it would make any name good for a type checker
    __getattr__ = names_of_part(__name__, __all__)
