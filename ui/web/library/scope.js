// Which articles the next questions are put to: kept for this tab, told to the server when it changes.
(() => {
  "use strict";
  if (window.citewellScope) return;
  const KEY = "citewell-scope";

  function kept() {
    try {
      return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
    } catch {
      return {};
    }
  }

  function set(filters) {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(filters));
    } catch {
      // a browser that keeps nothing: it holds until the page is left
    }
    window.citewellScope.filters = filters;
    document.getElementById("limit-questions")?.click();
  }

  window.citewellScope = { filters: kept(), set, without };

  // An article that is removed is not asked any more.
  function without(id) {
    const { articles, ...others } = window.citewellScope.filters;
    if (!articles?.includes(id)) return;
    const left = articles.filter((each) => each !== id);
    set(left.length ? { ...others, articles: left } : others);
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-act=all], [data-drop]");
    if (!button) return;
    const filters = button.matches("[data-act=all]") ? {} : { ...window.citewellScope.filters };
    for (const name of (button.dataset.drop ?? "").split(" ")) delete filters[name];
    set(filters);
    document.querySelector("#question textarea")?.focus();
  });
})();
