"""Every page in Chromium: no error, and readable at two widths, in light and dark."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("browser", Path(__file__).with_name("browser.py"))
browser_module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(browser_module)

# Elements that reach beyond the window, or whose text does, and that do not scroll on their own.
# The theme lets whole pages scroll sideways, too: that does not count.
WIDE = """[...document.querySelectorAll('body *')].filter(e => {
    const whole = 'html, .bd-article-container';
    const box = e.getBoundingClientRect(), inner = e.scrollWidth - e.clientWidth;
    const beyond = e.clientWidth && getComputedStyle(e).overflowX == 'visible' ? inner : 0;
    if (!box.width || box.right + Math.max(beyond, 0) <= innerWidth + 1) return false;
    for (let p = e.parentElement; p && !p.matches(whole); p = p.parentElement) {
        const style = getComputedStyle(p);
        if (style.overflowX != 'visible' || style.position == 'fixed') return false;
    }
    return getComputedStyle(e).position != 'fixed';
}).map(e => e.tagName + '.' + e.className).slice(0, 5)"""
# Tables of up to three columns of which not all are seen.
CUT = """[...document.querySelectorAll('article table')].filter(t => {
    const box = t.parentElement, row = t.querySelector('tr');
    return t.checkVisibility() && !t.closest('.cell_output') && row && row.children.length < 4
        && box.scrollWidth > box.clientWidth + 1;
}).map(t => t.textContent.trim().slice(0, 40)).slice(0, 5)"""
# Texts whose contrast to what is behind them is below 4.5, the least that WCAG AA allows.
FAINT = """(() => {
    const parts = c => (c.match(/[\\d.]+/g) || []).map(Number);
    const light = c => {
        const [r, g, b] = parts(c).map(v => v / 255).map(
            v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = e => {
        for (; e; e = e.parentElement) {
            const c = getComputedStyle(e).backgroundColor, p = parts(c);
            if (p.length == 3 || p[3] == 1) return c;
        }
        return getComputedStyle(document.documentElement).backgroundColor;
    };
    const faint = new Set();
    for (const e of document.querySelectorAll('article *')) {
        const has = [...e.childNodes].some(n => n.nodeType == 3 && n.textContent.trim());
        if (!has || !e.checkVisibility({opacityProperty: true})) continue;
        const [a, b] = [light(getComputedStyle(e).color), light(behind(e))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5)
            faint.add(e.tagName + '.' + e.className + ' ' + ratio.toFixed(1) + ' '
                      + e.textContent.trim().slice(0, 20));
    }
    return [...faint].slice(0, 5);
})()"""
# Colours are compared where they end, not on their way.
STILL = """document.head.insertAdjacentHTML(
    'beforeend', '<style>* { transition: none !important; animation: none !important; }</style>')"""
WIDTHS = (380, 1400)
N_SHARES = 4  # of the pages, for tests in several processes


@pytest.fixture(scope="module")
def browser(site):
    if browser_module.executable() is None:
        pytest.skip("Chromium is not installed")
    browser = browser_module.Browser()
    yield browser
    browser.close()


def problems_of(browser, page):
    """Return what is wrong with a page."""
    browser.prefer("light")
    browser.resize(WIDTHS[-1])
    browser.open(page)
    browser.evaluate(STILL)
    found = list(browser.problems)
    for width in WIDTHS:
        browser.resize(width)
        found += [f"wider than {width}: {e}" for e in browser.evaluate(WIDE)]
        found += [f"not seen at {width}: {e}" for e in browser.evaluate(CUT)]
    for scheme in ("light", "dark"):
        browser.prefer(scheme)
        browser.wait_for(f"document.documentElement.dataset.theme == '{scheme}'")
        found += [f"{scheme}, faint: {e}" for e in browser.evaluate(FAINT)]
    return found + browser.problems


@pytest.mark.parametrize("share", range(N_SHARES))
def test_pages(browser, site, pages, share):
    written = [page for page in pages if "_modules" not in page.parts]
    of_code = [page for page in pages if "_modules" in page.parts][:1]  # one is like the other
    some = (written + of_code)[share::N_SHARES]
    found = {page.relative_to(site).as_posix(): problems_of(browser, page) for page in some}
    wrong = [f"{page}: {problem}" for page, problems in found.items() for problem in problems]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("words", "page"), [("padding", "padding.html"), ("RNNClassifier", "textvec.RNNClassifier")]
)
def test_search_finds(browser, site, words, page):
    browser.open(site / "search.html", f"?q={words}")
    browser.wait_for("document.querySelectorAll('#search-results li a').length > 0")
    links = browser.evaluate(
        "[...document.querySelectorAll('#search-results li a')].map(a => a.href).join(' ')"
    )
    assert page in links
    assert browser.problems == []
