"""Every public callable answers any argument by a result or by an error of ours.

This is the short run; the long one is ``python -m tests.fuzz --minutes 60``.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from .callables import CALLABLES
from .judge import Finding, ask
from .strategies import anything


@pytest.mark.parametrize("name", CALLABLES)
def test_an_answer_to_anything(name):
    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(anything)
    def run(argument):
        ask(CALLABLES[name], argument)

    run()


def test_what_is_no_answer_is_found():
    with pytest.raises(Finding, match="AttributeError"):
        ask(lambda x: x.frog, 1)
    with pytest.raises(Finding, match="ValueError"):
        ask(int, "no message of ours")
