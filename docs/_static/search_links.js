// Results are shown while one types. Their links start at the root of the site, and the theme mends them
// as further ones come in: a single result would lead nowhere.
{
  const dialog = document.querySelector("#pst-search-dialog");
  const root = document.documentElement.dataset.content_root;
  const mend = () => {
    for (const link of dialog.querySelectorAll(".search a")) {
      const address = link.getAttribute("href");
      if (!address.startsWith(root)) link.setAttribute("href", root + address);
    }
  };
  new MutationObserver(mend).observe(dialog, { childList: true, subtree: true });
}
