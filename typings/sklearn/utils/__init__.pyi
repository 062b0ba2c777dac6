from ._bunch import Bunch as Bunch
from ._tags import Tags as Tags
from ._tags import get_tags as get_tags
from .validation import assert_all_finite as assert_all_finite
from .validation import check_array as check_array
from .validation import check_random_state as check_random_state
from .validation import check_scalar as check_scalar
from .validation import column_or_1d as column_or_1d
