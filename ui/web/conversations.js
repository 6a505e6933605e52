// The list of conversations in the bar, and the address that names the one that is open.
(() => {
  "use strict";
  let shown = citewell.conversation(); // the conversation that the server was asked for last

  async function refresh() {
    const list = document.getElementById("conversations");
    const response = await citewell.request("GET", "conversations");
    if (!list || !response.ok) return;
    const focused = list.contains(document.activeElement) && document.activeElement.closest("li")?.dataset.id;
    list.innerHTML = await response.text();
    const user = decodeURIComponent(response.headers.get("x-citewell-user") ?? "");
    const leave = document.getElementById("leave");
    leave.hidden = !user;
    leave.textContent = `Log out ${user}`;
    if (focused) list.querySelector(`li[data-id="${CSS.escape(focused)}"] a`)?.focus();
    mark();
  }

  function mark() {
    const open = citewell.conversation();
    for (const link of document.querySelectorAll("#conversations a")) {
      if (link.getAttribute("href") === `#ask/${open}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const ask = document.querySelector('.views [data-view="ask"]');
    if (ask && location.hash.startsWith("#ask")) ask.setAttribute("href", location.hash);
  }

  function open_named() {
    fold();
    mark();
    const named = citewell.conversation();
    if (!location.hash.startsWith("#ask") || named === shown) return;
    shown = named;
    citewell.press("open-it");
  }

  function empty() {
    if (location.hash === "#ask" && shown === null) citewell.press("open-it");
    else location.hash = "#ask";
    document.querySelector("#question textarea")?.focus();
  }

  document.addEventListener("citewell-exchange", (event) => {
    const { conversation, state } = event.detail.dataset;
    if (state !== "working" && shown === conversation) return mark();
    if (conversation && conversation !== citewell.conversation()) {
      history.replaceState(null, "", `#ask/${conversation}`);
    }
    shown = conversation || null;
    refresh();
  });

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest(".new")) {
      event.preventDefault();
      fold();
      empty();
    }
    if (event.target.closest(".export")) {
      const open = citewell.conversation();
      if (open) citewell.element("a", { href: `conversations/${open}.md`, download: "" }).click();
    }
    if (event.target.closest("#leave")) citewell.request("POST", "logout").then(() => location.assign("login"));
    if (event.target.closest("#menu")) fold(!document.querySelector(".bar").classList.contains("unfolded"));
    const button = event.target.closest("#conversations [data-act]");
    if (!button) return;
    const item = button.closest("li");
    if (button.dataset.act === "rename") rename(item);
    else remove(item);
  });

  function rename(item) {
    const title = item.querySelector("a").textContent;
    const field = citewell.element("input", { id: "title", name: "title", maxlength: "120", required: "" });
    field.value = title;
    citewell.dialog(
      "Rename the conversation",
      [citewell.element("label", { for: "title" }, "Title"), field],
      "Rename",
      async () => {
        const done = await citewell.request("PUT", `conversations/${item.dataset.id}/title`, { title: field.value });
        await refresh();
        return done.ok ? "" : "That did not work. Try again.";
      },
    );
    field.select();
  }

  function remove(item) {
    const { id } = item.dataset;
    const words = citewell.element("p", { dir: "auto" }, `“${item.querySelector("a").textContent}”`);
    const warning = citewell.element("p", {}, "It cannot be brought back.");
    citewell.dialog("Delete the conversation?", [words, warning], "Delete", async () => {
      const done = await citewell.request("DELETE", `conversations/${id}`);
      if (!done.ok && done.status !== 404) return "That did not work. Try again.";
      if (citewell.conversation() === id) empty();
      await refresh();
      return "";
    });
  }

  function fold(open = false) {
    document.querySelector(".bar")?.classList.toggle("unfolded", open);
    document.getElementById("menu")?.setAttribute("aria-expanded", String(open));
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.target.closest("dialog") && document.querySelector(".bar.unfolded")) {
      fold();
      document.getElementById("menu").focus();
    }
  });

  addEventListener("hashchange", open_named);
  new MutationObserver((_, observer) => {
    if (!document.getElementById("conversations")) return;
    observer.disconnect();
    refresh();
  }).observe(document.body, { childList: true, subtree: true });
})();
