"""Save fitted estimators in files of data that later versions read, and load them."""

from ._info import ArrayInfo as ArrayInfo
from ._info import ModelInfo as ModelInfo
from ._info import info as info
from ._model_file import DamagedModelError as DamagedModelError
from ._save_load import load, save
from ._trusted_types import trusted_types as trusted_types

__all__ = ["load", "save"]
