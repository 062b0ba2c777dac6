"""The documents that tests of learners learn from, and callbacks that watch them."""

from __future__ import annotations

from textvec import WordTokenizer
from textvec.datasets import load_reviews

REVIEWS = load_reviews(return_X_y=True)[0][:150]
TOKENS = WordTokenizer().transform(REVIEWS)
LISTS = TOKENS.to_list()


class Watch:
    """Collects what is reported, and stops, or raises, at the end of an epoch."""

    def __init__(self, *, stop_after=None, error=None):
        self.stop_after = stop_after
        self.error = error
        self.tasks = []
        self.fitted = []

    def setup(self, estimator, context):
        self.tasks.append("setup")

    def teardown(self, estimator, context):
        self.tasks.append("teardown")

    def on_fit_task_begin(self, estimator, context, **data):
        self.tasks.append(f"begin {context.task_name}")

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None, **data):
        self.tasks.append(f"end {context.task_name}")
        if context.task_name != "epoch":
            return False
        if self.error is not None:
            raise self.error
        self.fitted.append(fitted_estimator)
        return self.tasks.count("end epoch") == self.stop_after
