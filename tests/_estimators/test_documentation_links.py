"""Diagrams of estimators link to the API pages of the site."""

from __future__ import annotations

import inspect
from email.message import Message

import pytest
from sklearn.base import BaseEstimator

import textvec
from textvec import CountVectorizer, RNNClassifier
from textvec._estimators import _documentation_links

ESTIMATORS = [
    thing
    for thing in (getattr(textvec, name) for name in textvec.__all__)
    if inspect.isclass(thing) and issubclass(thing, BaseEstimator)
]


@pytest.fixture
def site(monkeypatch):
    """Let the package be one whose pyproject.toml names the address of its site."""
    named = Message()
    named["Project-URL"] = "Source, https://host.example/source"
    named["Project-URL"] = "Documentation, https://host.example/stable/"
    monkeypatch.setattr(_documentation_links, "metadata", lambda name: named)
    _documentation_links.site_address.cache_clear()
    yield "https://host.example/stable"
    _documentation_links.site_address.cache_clear()


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda estimator: estimator.__name__)
def test_every_estimator_has_its_page(estimator, site):
    blank = estimator.__new__(estimator)  # the link is that of the class
    assert blank._get_doc_link() == f"{site}/api/textvec.{estimator.__name__}.html"


def test_the_diagram_has_the_link(site):
    assert f'href="{site}/api/textvec.CountVectorizer.html"' in CountVectorizer()._repr_html_()


def test_classes_of_others_have_none(site):
    class Mine(RNNClassifier):
        pass

    assert Mine()._get_doc_link() == ""


def test_without_an_address_there_is_no_link(monkeypatch):
    monkeypatch.setattr(_documentation_links, "site_address", lambda: "")
    assert RNNClassifier()._get_doc_link() == ""
    assert "api/textvec." not in RNNClassifier()._repr_html_()
