"""The demo of the front page: the weights of a model learned at build, for the browser to add up.

``_static/review_demo.js`` cuts what readers type into words, as `WordTokenizer` does.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from textvec import CountVectorizer, WordTokenizer
from textvec.datasets import load_reviews

WEIGHTS = "review_weights.js"
DIGITS = 4  # that the weights are rounded to
FIELD = """\
<label for="review-text">Type a review: what does each word add to the decision?</label>
<textarea id="review-text" rows="1" maxlength="400" spellcheck="false">{first}</textarea>
<div class="review-samples" role="group" aria-label="Sample reviews">{samples}</div>
<div class="review-result"><output for="review-text" aria-live="polite"></output>
<div class="review-scale" aria-hidden="true"><span></span></div></div>
<ol class="review-parts" aria-label="What each word and each pair of words adds"></ol>
<noscript>The demo needs JavaScript.</noscript>
"""
NOTE = """\
Each word adds its weight, and \u203f that of the pair around it; what is in none of the {n_train}
reviews of `load_reviews` adds 0. A `LogisticRegression` on
`CountVectorizer(tokenizer=WordTokenizer(), ngram_range=(1, 2))` learned the weights from them when
this page was built; it is right on {accuracy:.0%} of {n_test} other reviews."""


def fitted() -> Pipeline:
    """Return the model of the demo."""
    counts = CountVectorizer(tokenizer=WordTokenizer(), ngram_range=(1, 2))
    return make_pipeline(counts, LogisticRegression()).fit(*load_reviews(return_X_y=True))


def weights_of(model: Pipeline) -> dict[str, Any]:
    """Return the intercept, and by first words the weights of these ("") and of pairs."""
    counts, logistic = model
    weights: dict[str, dict[str, float]] = {}
    for name, weight in zip(counts.get_feature_names_out(), logistic.coef_[0], strict=True):
        first, _, second = name.partition(" ")
        weights.setdefault(first, {})[second] = round(float(weight), DIGITS)
    return {"intercept": round(float(logistic.intercept_[0]), DIGITS), "weights": weights}


def note() -> str:
    """Return what the model is, and how well it does."""
    n_train = len(load_reviews().data)
    X, y = load_reviews(subset="test", return_X_y=True)
    return NOTE.format(n_train=n_train, n_test=len(X), accuracy=fitted().score(X, y))


class ReviewDemo(SphinxDirective):
    """A field for a review, and what it adds up to. Each line is a sample, the first is shown."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        samples = [escape(line) for line in self.content if line]
        buttons = "".join(f'<button type="button">{sample}</button>' for sample in samples)
        field = nodes.raw("", FIELD.format(first=samples[0], samples=buttons), format="html")
        text = self.parse_text_to_nodes(note())
        return [nodes.container("", field, *text, classes=["review-demo"])]


def write_weights(app: Sphinx) -> None:
    """Write the weights, as a script: pages that are opened as files may load no JSON."""
    if app.builder.format == "html":
        model = json.dumps(weights_of(fitted()), ensure_ascii=False, separators=(",", ":"))
        path = Path(app.outdir) / "_static" / WEIGHTS
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"globalThis.reviewModel = {model};\n", "utf-8")


def add_scripts(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Load the scripts on a page that has the demo."""
    containers = tree.findall(nodes.container) if tree is not None else ()
    if any("review-demo" in container["classes"] for container in containers):
        for name in (WEIGHTS, "review_demo.js"):
            app.add_js_file(name, loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("review-demo", ReviewDemo)
    app.connect("builder-inited", write_weights)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True}
