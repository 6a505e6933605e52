// Who answers: kept for this browser; a conversation that is opened brings back whom it asked last.
(() => {
  "use strict";
  const KEY = "citewell-answerer";
  const LOOK = 700; // milliseconds between two looks at a model that is being loaded
  const choice = () => document.getElementById("answerer");
  let opened = null; // the conversation whose answerer was brought back last

  function kept() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  function choose(name) {
    const select = choice();
    if (!select || select.value === name || ![...select.options].some((each) => each.value === name)) return;
    select.value = name;
    prepare();
  }

  // The model is loaded at once, so that the question finds it ready; the page goes on meanwhile.
  async function prepare() {
    const name = choice().value;
    const note = document.getElementById("answerer-note");
    const response = await citewell.request("POST", "answerers", { answerer: name });
    if (name !== choice().value) return;
    const { state, message, hint } = response.ok ? await response.json() : {};
    note.className = state ?? "";
    note.textContent = { loading: "The model is being loaded …", failed: `${message}: ${hint}` }[state] ?? "";
    if (state === "loading") setTimeout(() => name === choice().value && prepare(), LOOK);
  }

  const plain_wish = citewell.wish;
  citewell.wish = () => ({ ...plain_wish(), answerer: choice()?.value ?? null });

  document.addEventListener("change", (event) => {
    if (event.target !== choice()) return;
    document.getElementById("answerer-note").textContent = "";
    try {
      localStorage.setItem(KEY, choice().value);
    } catch {
      // a browser that keeps nothing: it holds until the page is left
    }
    prepare();
  });

  document.addEventListener("citewell-exchange", (event) => {
    const { conversation, answerer } = event.detail.dataset;
    if (conversation === opened) return;
    opened = conversation;
    choose(answerer);
  });

  addEventListener("hashchange", () => {
    if (location.hash !== "#ask") return;
    opened = null;
    choose(kept());
  });

  new MutationObserver((_, observer) => {
    if (!choice()) return;
    observer.disconnect();
    choose(kept());
  }).observe(document.body, { childList: true, subtree: true });
})();
