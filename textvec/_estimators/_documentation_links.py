"""Links from an estimator's diagram in a notebook to its page on the documentation site."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, metadata


@cache
def site_address() -> str:
    """Return where the site is: ``Documentation`` among the URLs of the package; "" without one."""
    try:
        urls = metadata("textvec-learn").get_all("Project-URL") or []
    except PackageNotFoundError:  # a checkout that is not installed
        return ""
    by_label = dict(url.split(", ", 1) for url in urls)
    return str(by_label.get("Documentation", "")).rstrip("/")


class DocumentationLink:
    """Mixin of estimators whose diagram links to their page of the API."""

    _doc_link_module = "textvec"

    @property
    def _doc_link_template(self) -> str:
        address = site_address()
        return address and f"{address}/api/textvec.{{estimator_name}}.html"

    def _doc_link_url_param_generator(self) -> dict[str, str]:
        return {"estimator_name": type(self).__name__}
