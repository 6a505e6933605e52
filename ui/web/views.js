// Which view is shown: the address's fragment says so, and with it the links, Back and a bookmark.
(() => {
  "use strict";
  const views = ["ask", "library"];

  function show() {
    const name = location.hash.slice(1).split("/")[0];
    const view = views.includes(name) ? name : "ask";
    document.body.dataset.view = view;
    for (const link of document.querySelectorAll(".bar [data-view]")) {
      if (link.dataset.view === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  addEventListener("hashchange", show);
  show();
  // The links come when Gradio has drawn the frame.
  new MutationObserver((_, observer) => {
    if (!document.querySelector(".bar [data-view]")) return;
    observer.disconnect();
    show();
  }).observe(document.body, { childList: true, subtree: true });
})();
