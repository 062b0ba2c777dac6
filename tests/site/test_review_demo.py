"""The demo of the front page: what browsers add up is what the model says in Python."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from textvec import WordTokenizer

pytest.importorskip("sphinx", reason="sphinx is not installed")

EXTENSIONS = Path(__file__).parents[2] / "docs" / "_extensions"
REVIEWS = [
    "",
    "  ...  ",
    "Not expensive, just good.",
    "Not good, just expensive.",
    "GREAT! Great, great; a GrEaT film",
    "I can't say it wasn’t good: it's 'lovely', ain''t it? rock 'n' roll's",
    "Café Crème, cafe\u0301, İstanbul, STRASSE straße ΟΔΟΣ",
    "wonderful 😀👍🏽 food\u200bfood\u00a0and\tdrink\nnot\u3000bad",
    "zyxx qwfp snake_case 3.14 x² Ⅷ ภาษา हिन्दी 日本語",
    "constructor __proto__ toString hasOwnProperty not constructor",
    "<img src=x onerror=alert(1)><script>document.title = 1</script> &amp; good",
    "the food was not good and " * 15,
]


@pytest.fixture
def demo(browser, site):
    browser.resize(1400, 900)
    browser.open(f"{site.as_uri()}/index.html")
    return browser


@pytest.fixture(scope="module")
def model():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXTENSIONS))
        import review_demo
    return review_demo.fitted()


def texts(demo, selector):
    """Return what elements of the demo say."""
    found = f"[...document.querySelectorAll('.review-demo {selector}')]"
    return demo.evaluate(f"{found}.map(e => e.textContent)")


def write(demo, review):
    demo.evaluate(f"""(() => {{
        const field = document.querySelector('.review-demo textarea');
        field.value = {json.dumps(review)};
        field.dispatchEvent(new Event('input'));
    }})()""")


def probability(demo):
    return float(re.search(r"[\d.]+$", texts(demo, "output")[0])[0])


@pytest.mark.parametrize("review", REVIEWS)
def test_browsers_add_up_what_the_model_says(demo, model, review):
    write(demo, review)
    assert probability(demo) == pytest.approx(model.predict_proba([review])[0, 1], abs=1e-3)
    words = texts(demo, ".review-word:not(.review-intercept) > span")
    assert words == WordTokenizer().transform([review]).to_list()[0]
    figures = [float(text.replace("\u2212", "-")) for text in texts(demo, ".review-parts small")]
    decision = model.decision_function([review])[0]
    assert sum(figures) == pytest.approx(decision, abs=0.005 * len(figures) + 1e-3)
    assert texts(demo, ":is(img, script)") == []
    assert demo.problems == []


def test_samples_fill_the_field(demo, model):
    samples = texts(demo, "button")
    assert len(set(samples)) == len(samples) > 3
    for i, sample in enumerate(samples):
        demo.evaluate(f"document.querySelectorAll('.review-demo button')[{i}].click()")
        assert demo.evaluate("document.querySelector('.review-demo textarea').value") == sample
        assert probability(demo) == pytest.approx(model.predict_proba([sample])[0, 1], abs=1e-3)


def test_the_demo_is_read_aloud(demo):
    assert demo.evaluate("document.querySelector('.review-demo textarea').labels.length") == 1
    assert demo.evaluate("document.querySelector('.review-demo output').ariaLive") == "polite"
    write(demo, "Not good.")
    assert texts(demo, "output")[0].startswith("Negative: ")
    parts = [text.replace("\u2212", "-") for text in texts(demo, "li")]
    assert [re.sub(r"[\d.]+", "1", part) for part in parts] == [
        *("intercept -1", "not -1", "not good -1", "good +1")
    ]


def test_install_and_code_are_on_the_first_screen(demo):
    bottoms = "[...document.querySelectorAll('pre, .sd-tab-set')]"
    bottoms += ".filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().bottom)"
    assert max(demo.evaluate(bottoms)) < 900
