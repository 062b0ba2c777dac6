"""The documentation site: ``sphinx-build -W docs docs/_build/html``, which needs no network.

``-D plot_gallery=0`` shows the examples without running them.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

import api_links
import jupyter_cache.executors.utils as notebooks
import published

import textvec

# The examples run on the data that ships with the package, and leave their figures to the gallery.
os.environ.pop("TEXTVEC_DATA", None)
os.environ["TEXTVEC_GALLERY"] = "1"

project = "textvec"
author = "The textvec developers"
copyright = author
version = release = textvec.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "numpydoc",
    "myst_nb",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "api_links",
    "benchmark_results",
    "changes",
    "diagrams",
    "downloads",
    "gallery_sections",
    "guide",
    "inherited_sources",
    "mathml",
    "published",
    "repository_links",
    "review_demo",
    "tables",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "_extensions", "_templates", "examples/[0-9_]*.ipynb"]
smartquotes = False  # types and defaults are code
toc_object_entries_show_parents = "hide"

default_role = "py:obj"
autosummary_generate = True
# Windows and macOS would write it over the page of the class.
autosummary_filename_map = {"textvec.backtest": "textvec.backtest-function"}
autodoc_typehints = "none"  # numpydoc's sections state the types
autodoc_preserve_defaults = True
numpydoc_show_class_members = False  # the template of classes lists them
numpydoc_use_plots = False
numpydoc_xref_param_type = True
numpydoc_xref_aliases = api_links.type_aliases()
numpydoc_xref_ignore = "all"  # but these

myst_enable_extensions = ["attrs_block", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
nb_execution_mode = "force"  # `-D nb_execution_mode=off` shows the notebooks without running them
nb_execution_raise_on_error = True
nb_execution_timeout = 600  # seconds that a cell may take
# MyST-NB has no setting for the time that a kernel may take to start, on a machine under load.
notebooks.executenb = partial(notebooks.executenb, startup_timeout=600)
nb_merge_streams = True
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

NOT_RUN = ("27_serve", "28_several_processes")  # a service, and a script for torchrun
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "examples",
    "filename_pattern": rf"[\\/](?!{'|'.join(NOT_RUN)})\d\d_\w+\.py$",
    "ignore_pattern": r"(^|[\\/])_\w+\.py$",
    "copyfile_regex": r"lecture\.ipynb",
    "within_subsection_order": "FileNameSortKey",
    "download_all_examples": False,
    "remove_config_comments": True,
    "show_memory": False,
    "write_computation_times": False,
    "show_signature": False,
    "backreferences_dir": "api/examples",
    "doc_module": ("textvec",),
    "abort_on_example_error": True,
    "image_scrapers": ("figures_in_words.scrape",),
}

html_theme = "pydata_sphinx_theme"
html_title = "textvec"
html_context = {"default_mode": "auto"}
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_baseurl = published.urls().get("Documentation", "")
html_css_files = ["site.css"]
html_js_files = [("search_results.js", {"defer": "defer"})]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {
        "text": "textvec",
        "alt_text": "textvec, front page",
        "image_light": "_static/logo.svg",
        "image_dark": "_static/logo_dark.svg",
    },
    "header_links_before_dropdown": 6,
    "show_prev_next": True,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc", "downloads", "edit-this-page"],
    "navigation_with_keys": False,
    "search_as_you_type": True,
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
if "Repository" in published.urls():
    html_theme_options["icon_links"] = [
        {
            "name": "Repository",
            "url": published.urls()["Repository"],
            "icon": "fa-solid fa-code-branch",
        }
    ]
if html_baseurl:  # a browser loads the list of versions from there alone
    html_theme_options["switcher"] = {
        "json_url": f"{html_baseurl}/_static/versions.json",
        "version_match": version,
    }
    html_theme_options["check_switcher"] = False
    html_theme_options["navbar_start"] = ["navbar-logo", "version-switcher"]
# Pages that have none below or beside them need no bar of them.
html_sidebars = {
    page: []
    for page in ("index", "install", "architecture", "benchmarks", "changes", "contributing")
}
