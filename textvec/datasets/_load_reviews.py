"""A small labelled corpus of reviews that ships with the package."""

from __future__ import annotations

import csv
from importlib.resources import files
from io import StringIO
from typing import Any

import numpy as np
from sklearn.utils import Bunch

from .._compat import StrOptions, import_optional, validate_parameter_constraints
from .._inputs._named_arguments import naming_arguments

_FILE = files("textvec.datasets") / "data" / "reviews.csv"
_SPLITS = {"train": {"train"}, "test": {"test"}, "all": {"train", "test"}}
_CONSTRAINTS = {
    "subset": [StrOptions(set(_SPLITS))],
    "return_X_y": ["boolean"],
    "as_frame": ["boolean"],
}

_DESCR = """\
Small corpus of invented reviews
--------------------------------

Reviews of films, restaurants and products, written for textvec, English.

:Reviews: 630 for training, 210 for testing
:Classes: negative, positive; half of each
:Domains: film, restaurant, product; 280 reviews of each
:Hard reviews: 144 with negation, contrast or irony, and 48 pairs of reviews
    with the same words in another order and the other label
:Text: 1 to 142 words; every name in it is invented
:Licence: BSD-3-Clause

The data sheet is in the docstring of textvec.datasets.load_reviews.
"""


@naming_arguments()
def load_reviews(*, subset: str = "train", return_X_y: bool = False, as_frame: bool = False) -> Any:
    """Load a small corpus of reviews with their sentiment (classification).

    It ships with the package: nothing is downloaded.

    =================   ====================
    Classes                                2
    Samples per class    315 train, 105 test
    Samples total                        840
    Features                            text
    =================   ====================

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        The 630 training reviews, the 210 test reviews, or "all": those for
        training, then those for testing.
    return_X_y : bool, default=False
        If True, return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        If True, `data` and `target` are pandas Series, and `frame` is set.

    Returns
    -------
    bunch : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the following attributes.

        data : list of str of length n_samples, or Series
            The reviews.
        target : ndarray of shape (n_samples,), dtype int64, or Series
            0 negative, 1 positive.
        target_names : list of str
            ``["negative", "positive"]``
        domain : ndarray of str of shape (n_samples,), or Series
            The subject: "film", "restaurant" or "product".
        frame : DataFrame of shape (n_samples, 4) or None
            Columns text, label, domain and split, if `as_frame` is True.
        DESCR : str
            Short description of the data set.
        filename : str
            Path of the file.

    (data, target) : tuple if `return_X_y` is True
        These two alone.

    Raises
    ------
    ValueError
        If a parameter is invalid.
    ImportError
        If `as_frame` is True and pandas is not installed.

    See Also
    --------
    fetch_imdb : 50,000 real film reviews, to be downloaded.

    Notes
    -----
    This is the data sheet of the corpus, in the order of [1]_.

    **Motivation.** Examples, tests and lessons need labelled text that is there
    without a download, is small enough to fit in a second, and shows what the
    order of words is worth. The corpus was written for textvec, to that end.

    **Composition.** 840 short reviews in English, British and American, 280 each
    of films, restaurants and products; within each domain and split, half are
    positive. They have 1 to 142 words, 17 at the median, with some typing
    errors, capitals and emoji. 600 are plain. 144 are hard: negation, contrast,
    irony, praise that damns. The other 96 are 48 pairs: both members have
    exactly the same words, in another order, and opposite labels ("Not
    expensive, just good." and "Not good, just expensive."). No review occurs
    twice. Neither length nor punctuation tells the label. Which reviews are
    plain is not marked in the file; the pairs can be found by sorting the words.
    All people, titles, restaurants and products are invented; a likeness
    to real ones is chance.

    **Collection.** Nobody bought, ate or saw anything: the texts were written as
    examples of such reviews, with the label in mind, not collected from people.
    So there are no personal data, and no annotators who could disagree. A script
    then searched for near duplicates and for signs that reveal the label,
    and some texts were rewritten.

    **Splits.** 630 reviews for training (105 negative and 105 positive of each
    domain) and 210 for testing (35 and 35), drawn at random within domain, label
    and kind: plain, hard, pair. Both members of a pair are in the same split: 36
    pairs for training, 12 for testing. Rows are shuffled.

    **Uses.** To learn, to teach, to test code, to compare models that see the
    order of words with models that do not. scikit-learn's CountVectorizer and
    LogisticRegression, as they come, reach an accuracy of 0.74 on the test
    reviews: 0.87 on the plain, 0.36 on the hard, and, as any bag of words, 0.50
    on the pairs.

    **Not for** claims about real reviews or their writers, for ranking methods
    (with 210 test reviews the standard error of an accuracy is 0.03), or for
    training a model that decides anything. Sentiment here is clearer, irony more
    frequent and style less varied than in real reviews.

    **Licence and upkeep.** BSD-3-Clause, distributed and maintained with the
    package; changes are listed in its change log.

    References
    ----------
    .. [1] Timnit Gebru, Jamie Morgenstern, Briana Vecchione, Jennifer Wortman
       Vaughan, Hanna Wallach, Hal Daumé III and Kate Crawford. Datasheets for
       Datasets. Communications of the ACM 64(12), 2021, pages 86-92.

    Examples
    --------
    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from textvec.datasets import load_reviews
    >>> reviews = load_reviews()
    >>> len(reviews.data)
    630
    >>> reviews.data[0]
    'We waited two hours for a table and sat two minutes over dinner.'
    >>> reviews.target_names[reviews.target[0]]
    'negative'
    >>> model = make_pipeline(CountVectorizer(), LogisticRegression())
    >>> model = model.fit(reviews.data, reviews.target)
    >>> X_test, y_test = load_reviews(subset="test", return_X_y=True)
    >>> 0.7 < model.score(X_test, y_test) < 0.8
    True
    """
    validate_parameter_constraints(_CONSTRAINTS, locals(), caller_name="load_reviews")
    rows = [row for row in _read() if row["split"] in _SPLITS[subset]]
    bunch = Bunch(
        data=[row["text"] for row in rows],
        target=np.array([row["label"] for row in rows]).astype(np.int64),
        target_names=["negative", "positive"],
        domain=np.array([row["domain"] for row in rows]),
        frame=None,
        DESCR=_DESCR,
        filename=str(_FILE),
    )
    if as_frame:
        _add_frame(bunch, [row["split"] for row in rows])
    return (bunch.data, bunch.target) if return_X_y else bunch


def _read() -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(_FILE.read_text(encoding="utf-8"))))


def _add_frame(bunch: Bunch, split: list[str]) -> None:
    pandas = import_optional("pandas", needed_for="load_reviews(as_frame=True)")
    columns = {"text": bunch.data, "label": bunch.target, "domain": bunch.domain, "split": split}
    bunch.frame = pandas.DataFrame(columns)
    bunch.data, bunch.target = bunch.frame["text"], bunch.frame["label"]
    bunch.domain = bunch.frame["domain"]
