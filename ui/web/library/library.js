// The Library view: asks the server for lists and pages, sends what is dropped, and keeps what is chosen.
// All text arrives escaped by the server, or is set as text; nothing here builds markup from an article.
(() => {
  "use strict";
  if (window.citewellLibrary) return;

  const POLL = 700; // milliseconds between two looks while something is being added
  const $ = (selector, within = document) => within.querySelector(selector);
  const chosen = new Set(); // ids of articles
  const drawn = new Map(); // id of a place -> the HTML that stands in it
  let wanted = { page: 1 };
  let generation = null;
  let open = 0; // additions that are not settled
  let request = 0;
  let timer = null;

  // ---- asking the server ----

  async function get(path, values) {
    const address = new URL(`library/${path}`, document.baseURI);
    for (const [name, value] of Object.entries(values ?? {})) {
      if (value !== "" && value !== null && value !== undefined) address.searchParams.set(name, value);
    }
    return fetch(address);
  }

  async function post(path, body, values) {
    const address = new URL(`library/${path}`, document.baseURI);
    for (const [name, value] of Object.entries(values ?? {})) address.searchParams.set(name, value);
    const sent = body instanceof Blob ? body : JSON.stringify(body ?? {});
    let response;
    try {
      response = await fetch(address, { method: "POST", headers: { "X-Citewell": "1" }, body: sent });
    } catch {
      throw { message: "Citewell does not answer", hint: "Is it still running?" };
    }
    if (response.ok) return response.json();
    try {
      throw await response.json();
    } catch (error) {
      throw error.message ? error : { message: `the server answered ${response.status}`, hint: "" };
    }
  }

  // ---- drawing: only what has changed, and the focus stays where it was ----

  function draw(id, html) {
    const place = document.getElementById(id);
    if (!place || drawn.get(id) === html) return;
    const key = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const folded = [...place.querySelectorAll("details")].map((each) => each.open);
    drawn.set(id, html);
    place.innerHTML = html;
    [...place.querySelectorAll("details")].forEach((each, n) => (each.open = folded[n] ?? false));
    if (key) {
      const same = [...place.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);
      (same ?? $("#library-rows a, #library-tools input"))?.focus({ preventScroll: true });
    }
  }

  async function refresh() {
    if (!$("#library-rows")) return;
    const mine = ++request;
    const tools = new FormData($("#library-tools"));
    let answer;
    try {
      const response = await get("articles", { ...Object.fromEntries(tools), page: wanted.page });
      answer = await response.json();
    } catch {
      answer = { message: "Citewell does not answer.", hint: "Is it still running?" };
    }
    if (mine !== request) return;
    if (answer.message) {
      const said = `${answer.message} ${answer.hint}`;
      const problem = citewell.element("p", { class: "problem", role: "alert" }, said);
      draw("library-rows", problem.outerHTML);
      return;
    }
    draw("library-glance", answer.glance);
    draw("library-removed", answer.removed);
    draw("library-rows", answer.rows);
    draw("library-publishers", answer.publishers);
    draw("library-languages", answer.languages);
    $("#library-languages").closest("label").hidden = !answer.languages;
    for (const row of document.querySelectorAll("#library-rows .article")) {
      $("input", row).checked = chosen.has(row.dataset.id);
    }
    state(answer);
  }

  function state(answer) {
    draw("library-additions", answer.additions);
    if (open && !answer.open) citewell.say("Everything is added.");
    open = answer.open;
    generation = answer.generation;
    clearTimeout(timer);
    if (open) timer = setTimeout(look, POLL);
  }

  async function look() {
    try {
      const answer = await (await get("additions")).json();
      if (answer.generation !== generation || (open && !answer.open)) await refresh();
      else state(answer);
    } catch {
      timer = setTimeout(look, 5 * POLL);
    }
  }

  function toast(words, undo) {
    const place = $("#library-toast");
    place.replaceChildren(citewell.element("span", {}, words));
    if (undo) {
      const button = citewell.element("button", { type: "button", class: "quiet" }, "Undo");
      button.addEventListener("click", () => {
        place.hidden = true;
        undo();
      });
      place.append(button);
    }
    place.hidden = false;
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => (place.hidden = true), 12_000);
  }

  const failed = (error) => toast(`${error.message}${error.hint ? ` (${error.hint})` : ""}`);

  // ---- an article's page ----

  const articleAt = () => {
    const [view, kind, id, version] = location.hash.slice(1).split("/");
    return view === "library" && kind === "article" && id
      ? { id: decodeURIComponent(id), version: version ? decodeURIComponent(version) : "" }
      : null;
  };

  async function show(around) {
    if (!$("#library-list")) return;
    const at = articleAt();
    const place = $("#library-article");
    $("#library-list").hidden = Boolean(at);
    place.hidden = !at;
    if (!at) {
      $(".shown", place).replaceChildren();
      if (location.hash.startsWith("#library")) refresh();
      return;
    }
    const mine = ++request;
    let html = null;
    try {
      const response = await get("article", { ...at, around });
      html = response.ok || response.status === 404 ? await response.text() : null;
    } catch {
      // told below
    }
    if (mine !== request) return;
    $(".shown", place).innerHTML = html ?? '<p class="problem" role="alert">The article could not be loaded.</p>';
    scrollTo(0, 0);
    $(".headline", place)?.focus({ preventScroll: true });
  }

  // ---- what is chosen ----

  function showChosen() {
    const place = $("#library-chosen");
    place.hidden = chosen.size === 0;
    $("span", place).textContent = chosen.size === 1 ? "One article chosen" : `${chosen.size} articles chosen`;
  }

  const limitTo = (filters) => {
    window.citewellScope.set(filters);
    actions["choose-none"]();
    location.hash = "#ask";
    $("#question textarea")?.focus();
  };

  // ---- events ----

  const actions = {
    reset() {
      const tools = $("#library-tools");
      tools.reset();
      for (const choice of tools.querySelectorAll("select:not([name=sort])")) choice.value = ""; // drawn as chosen
      wanted.page = 1;
      refresh();
      $("#library-tools [name=search]").focus();
    },
    page(button) {
      wanted.page = Number(button.dataset.page);
      refresh().then(() => $("#library-tools").scrollIntoView({ block: "start" }));
    },
    "ask-these"(button) {
      if (button.dataset.ids) return limitTo({ articles: JSON.parse(button.dataset.ids) });
      const tools = Object.fromEntries(new FormData($("#library-tools")));
      limitTo({
        publishers: tools.publisher ? [tools.publisher] : [],
        since: tools.since,
        until: tools.until,
        languages: tools.language ? [tools.language] : [],
      });
    },
    "ask-chosen": () => limitTo({ articles: [...chosen] }),
    "ask-this": (button) => limitTo({ articles: [button.closest("[data-id]").dataset.id] }),
    "choose-none"() {
      chosen.clear();
      showChosen();
      for (const box of document.querySelectorAll("#library-rows .article input")) box.checked = false;
    },
    async remove(button) {
      const { id, title } = button.closest("[data-id]").dataset;
      button.disabled = true;
      button.textContent = "Removing …";
      let undo;
      try {
        undo = (await post("remove", { id })).undo;
      } catch (error) {
        button.disabled = false;
        button.textContent = "Remove";
        throw error;
      }
      chosen.delete(id);
      showChosen();
      window.citewellScope.without(id);
      toast(`Removed “${title}”`, undo && (() => actions.restore(null, id)));
      if (articleAt()) location.hash = "#library";
      else await refresh();
    },
    async restore(button, id = button.closest("[data-id]").dataset.id) {
      await post("restore", { id }).catch(failed);
      citewell.say("Put back.");
      $("#library-toast").hidden = true;
      await refresh();
    },
    async forget() {
      await post("forget");
      await refresh();
    },
    async retry(button) {
      await post("retry", { addition: Number(button.closest("[data-addition]").dataset.addition) });
      await look();
    },
    columns: (button) => window.citewellColumns(Number(button.closest("[data-addition]").dataset.addition)),
    async stop(button) {
      button.disabled = true;
      button.textContent = "Stopping …";
      await post("stop", { addition: Number(button.closest("[data-addition]").dataset.addition) });
    },
    async dismiss(button) {
      await post("dismiss", { addition: Number(button.closest("[data-addition]").dataset.addition) });
      await look();
    },
    async clear(button) {
      await post("dismiss", { state: button.dataset.state });
      await look();
    },
  };

  document.addEventListener("click", async (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    const button = target.closest(".library-view [data-do]");
    const bar = target.closest(".timeline .bar-of");
    if (button) {
      try {
        await actions[button.dataset.do](button);
      } catch (error) {
        failed(error);
      }
    } else if (bar) {
      const tools = $("#library-tools");
      tools.elements.since.value = bar.dataset.since;
      tools.elements.until.value = bar.dataset.until;
      wanted.page = 1;
      refresh();
    } else if (target.closest("#library-article [data-around]")) {
      show(target.closest("[data-around]").dataset.around);
    }
  });

  let typing = null;
  document.addEventListener("input", (event) => {
    if (!event.target.closest?.("#library-tools")) return;
    wanted.page = 1;
    clearTimeout(typing);
    typing = setTimeout(refresh, event.target.type === "search" ? 200 : 0);
  });

  document.addEventListener("change", (event) => {
    const target = event.target;
    if (target.matches?.("#library-rows .article input")) {
      const { id } = target.closest("[data-id]").dataset;
      if (target.checked) chosen.add(id);
      else chosen.delete(id);
      showChosen();
    }
  });

  document.addEventListener("submit", (event) => {
    if (event.target.closest("#library-tools")) event.preventDefault(); // the list follows what is typed
  });

  addEventListener("hashchange", () => show());
  addEventListener("focus", () => {
    if (location.hash.startsWith("#library") && !articleAt()) look();
  });

  window.citewellLibrary = { get, post, look };
  // The view comes when Gradio has drawn it.
  const observer = new MutationObserver(() => {
    if (!$("#library-rows")) return;
    observer.disconnect();
    show();
    if (!location.hash.startsWith("#library")) refresh();
  });
  observer.observe(document.body, { childList: true, subtree: true });
})();
