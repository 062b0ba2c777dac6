"""Every page in Chromium: no error, and readable at two widths, in light and dark."""

from __future__ import annotations

import pytest

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
    const parts = c => {
        const found = (c.match(/[\\d.]+/g) || []).map(Number);
        return c.startsWith('color(srgb') ? found.map((v, i) => i < 3 ? 255 * v : v) : found;
    };
    const light = c => {
        const [r, g, b] = c.map(v => v / 255).map(
            v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = e => {  // translucent grounds lie on those of the elements around
        if (!e) return [255, 255, 255];
        const [r, g, b, alpha = 1] = parts(getComputedStyle(e).backgroundColor);
        if (alpha == 1) return [r, g, b];
        const below = behind(e.parentElement);
        return [r, g, b].map((v, i) => alpha * v + (1 - alpha) * below[i]);
    };
    const faint = new Set();
    for (const e of document.querySelectorAll('article *')) {
        const has = [...e.childNodes].some(n => n.nodeType == 3 && n.textContent.trim());
        if (!has || !e.checkVisibility({opacityProperty: true})) continue;
        const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))];
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
# Names at the side of a page that reach beyond the window, where the list of them scrolls.
LONG = """[...document.querySelectorAll('.bd-sidebar-secondary :is(code, a)')].filter(e =>
    innerWidth > 600 && e.checkVisibility() && e.getBoundingClientRect().right > innerWidth
).map(e => e.textContent)"""
WIDTHS = (380, 1400)
N_SHARES = 8  # of the pages, for tests in several processes


def problems_of(browser, page):
    """Return what is wrong with a page."""
    browser.prefer("light")
    browser.resize(WIDTHS[-1])
    browser.open(page.as_uri())
    browser.evaluate(STILL)
    found = list(browser.problems)
    for width in WIDTHS:
        browser.resize(width)
        found += [f"wider than {width}: {e}" for e in browser.evaluate(WIDE)]
        found += [f"not seen at {width}: {e}" for e in browser.evaluate(CUT)]
        found += [f"not seen at {width}: {e}" for e in browser.evaluate(LONG)]
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
    ("words", "page"),
    [
        ("padding", "padding.html"),
        ("RNNClassifier", "textvec.RNNClassifier"),
        ("plot_model", "coming_from/keras.html"),
        ("confusion matrix", "training.html"),
        ("class imbalance", "how_to/rare_classes.html"),
    ],
)
def test_search_finds(browser, site, words, page):
    browser.open(f"{site.as_uri()}/search.html?q={words}")
    browser.wait_for("document.querySelectorAll('#search-results li a').length > 0")
    links = browser.evaluate(
        "[...document.querySelectorAll('#search-results li a')].map(a => a.href).join(' ')"
    )
    assert page in links
    assert browser.problems == []


@pytest.mark.parametrize("start", ["folder", "server"])
@pytest.mark.parametrize(
    ("letters", "page"),
    [
        ("pad", "padding.html"),
        ("gebru", "api/textvec.datasets.load_reviews.html"),  # the only result
    ],
)
def test_search_shows_results_as_one_types(browser, site, server, start, letters, page):
    root = site.as_uri() if start == "folder" else server
    browser.open(f"{root}/learn/index.html")
    browser.evaluate("document.querySelector('.search-button__button').click()")
    for letter in letters:
        browser.press(letter)
    links = "[...document.querySelectorAll('#pst-search-dialog li a')].map(a => a.href)"
    assert browser.wait_for(f"{links}.length && {links}.every(link => link.startsWith('{root}/'))")
    browser.wait_for(f"{links}.includes('{root}/{page}')")
    assert browser.problems == []


def results_of(browser, site, words):
    """Return the pages that a search finds, in their order, as they follow the root of the site."""
    browser.open(f"{site.as_uri()}/search.html?q={words}")
    browser.wait_for("document.querySelector('.search-summary')?.textContent.includes('finished')")
    links = "[...document.querySelectorAll('#search-results li a')].map(a => a.href.split('?')[0])"
    root = f"{site.as_uri()}/"
    return [link.removeprefix(root).partition(".html")[0] for link in browser.evaluate(links)]


@pytest.mark.parametrize(("words", "first"), [("pad left", "padding"), ("verbose", "api/")])
def test_pages_on_the_project_and_its_files_come_last(browser, site, words, first):
    found = results_of(browser, site, words)
    assert found[0].startswith(first)
    of_project = {"architecture", "benchmarks", "changes", "contributing"}
    is_last = [page.startswith("sources/") or page in of_project for page in found]
    assert any(is_last)
    assert is_last == sorted(is_last)


def test_a_search_ends_the_one_before(browser, site):
    browser.open(f"{site.as_uri()}/learn/index.html")
    browser.evaluate("Search.performSearch('pad'); Search.performSearch('gebru')")
    texts = "[...document.querySelectorAll('.search-summary')].map(e => e.textContent)"
    browser.wait_for(f"{texts}.at(-1).includes('finished')")
    counts = "[...document.querySelectorAll('ul.search')].map(e => e.children.length)"
    assert browser.evaluate(counts) == [1, 1]
