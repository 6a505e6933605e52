// The exchanges: asking again, editing, and what is said and shown when a new one comes.
(() => {
  "use strict";
  const box = () => document.querySelector("#question textarea");
  let replacing = false;

  function fill(question) {
    const area = box();
    if (!area) return;
    area.value = question;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
    area.setSelectionRange(question.length, question.length);
  }

  function edit(question) {
    replacing = true;
    document.getElementById("ask-row")?.classList.add("editing");
    fill(question);
  }

  function leave_edit() {
    replacing = false;
    document.getElementById("ask-row")?.classList.remove("editing");
  }

  const plain_wish = citewell.wish;
  citewell.wish = () => {
    const wish = { again: replacing, ...plain_wish() };
    leave_edit();
    return wish;
  };

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-act]");
    if (!button) return;
    const question = button.dataset.question;
    if (button.dataset.act === "ask") citewell.press("ask", { question, again: false });
    else if (button.dataset.act === "again") citewell.press("ask", { question, again: true });
    else if (button.dataset.act === "edit") edit(question);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && replacing && event.target === box()) {
      leave_edit();
      fill("");
    }
  });

  // ---- a new exchange ----

  let seen = "";
  let state = "";
  new MutationObserver(() => {
    const exchange = document.querySelector("#live .exchange");
    if (!exchange) {
      seen = state = "";
      return;
    }
    const now = exchange.dataset.state;
    const identity = `${exchange.dataset.conversation} ${exchange.id}`;
    const asked = now === "working" && state !== "working";
    const another = identity !== seen;
    if (another || asked) {
      seen = identity;
      citewell.close_reader();
      requestAnimationFrame(() => {
        if (exchange.id !== "e1") document.querySelector("#live .exchange")?.scrollIntoView({ behavior: calm() });
      });
    }
    if (now === state && !another) return;
    state = now;
    const count = exchange.querySelectorAll(".source[id]").length;
    citewell.say(
      {
        working: "Searching the articles.",
        done: `Answer ready, ${count} ${count === 1 ? "source" : "sources"}.`,
        refused: "The articles do not say.",
        replied: exchange.querySelector(".note")?.textContent,
        stopped: "Stopped.",
      }[now] ?? "",
    );
    if (now !== "working" && document.activeElement === document.body) box()?.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("citewell-exchange", { detail: exchange }));
  }).observe(document.body, { childList: true, subtree: true });

  const calm = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

  // ---- light and dark ----

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element && event.target.closest("#light"))) return;
    const dark = document.body.classList.toggle("dark");
    try {
      localStorage.setItem("citewell-light", dark ? "dark" : "light");
    } catch {
      // a browser that keeps nothing: the choice holds until the page is left
    }
  });
  try {
    const kept = localStorage.getItem("citewell-light");
    if (kept) document.body.classList.toggle("dark", kept === "dark");
  } catch {
    // see above
  }
})();
