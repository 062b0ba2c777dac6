// Results are shown while one types, which Sphinx's search and the theme's field for it leave two flaws in.
{
  // Links start at the root of the site, and the theme mends them as further results come in: one alone
  // would lead nowhere.
  const dialog = document.querySelector("#pst-search-dialog");
  const root = document.documentElement.dataset.content_root;
  const mend = () => {
    for (const link of dialog.querySelectorAll(".search a")) {
      const address = link.getAttribute("href");
      if (!address.startsWith(root)) link.setAttribute("href", root + address);
    }
  };
  new MutationObserver(mend).observe(dialog, { childList: true, subtree: true });

  // Results come in one after the other, those of an earlier search among those of the next.
  const find = Search._performSearch;
  let pending = [];
  Search._performSearch = (...terms) => {
    pending.length = 0;
    pending = find(...terms);
    return pending;
  };

  // Pages on the project and its files hold most words, and are sought least: they come after the guide
  // and the API.
  const last = /^(architecture|benchmarks|changes|contributing)$|^sources\//;
  Scorer.score = ([page, , , , score]) => score - (last.test(page) ? 100 : 0);
}
