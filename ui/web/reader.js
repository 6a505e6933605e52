// Marks, sources and the reader. All text arrives escaped by the server; this file only moves and shows it.
(() => {
  "use strict";

  const reader = document.createElement("div");
  reader.id = "reader";
  reader.hidden = true;
  reader.setAttribute("role", "dialog");
  reader.setAttribute("aria-label", "Article");
  reader.innerHTML =
    '<div class="tool-bar"><div class="what"><p class="place"></p><p class="name" dir="auto"></p></div><button type="button" class="previous">Previous</button>' +
    '<button type="button" class="next">Next</button><button type="button" class="close">Close</button></div>' +
    '<div class="page" tabindex="0"></div>';
  const page = reader.querySelector(".page");
  const glimpse = document.createElement("div");
  glimpse.id = "glimpse";
  glimpse.hidden = true;
  glimpse.setAttribute("role", "tooltip");
  document.body.append(reader, glimpse);

  let current = null; // id or element of the source that is open
  let opener = null; // what had the focus before
  let request = 0;

  // ---- the reader ----

  // Where it covers the page, nothing behind it is reached by keyboard or read aloud.
  const beside = matchMedia("(min-width: 68rem)");
  function show(on) {
    reader.hidden = !on;
    document.querySelector("gradio-app").inert = on && !beside.matches;
  }
  beside.addEventListener("change", () => show(!reader.hidden));

  const sourcesAround = (source) => [...source.parentElement.querySelectorAll(".source[data-read]")];

  async function load(address) {
    const mine = ++request;
    let html;
    try {
      const response = await fetch(new URL(address, document.baseURI));
      html = response.ok || response.status === 404 ? await response.text() : null;
    } catch {
      html = null;
    }
    if (mine !== request) return false;
    page.innerHTML = html ?? '<p class="problem" role="alert">The article could not be loaded.</p>';
    return true;
  }

  async function open(source, from) {
    mark_open(source);
    if (from) opener = from;
    const around = sourcesAround(source);
    const place = around.indexOf(source);
    const number = source.querySelector(".number")?.textContent;
    reader.querySelector(".place").textContent = number ? `Source ${number}` : "Closest passage";
    reader.querySelector(".name").textContent = source.querySelector(".title").textContent;
    reader.querySelector(".previous").disabled = place <= 0;
    reader.querySelector(".next").disabled = place >= around.length - 1;
    page.dataset.read = source.dataset.read;
    if (!(await load(source.dataset.read))) return;
    show(true);
    const words = page.querySelector("mark");
    if (words) {
      const top = words.getBoundingClientRect().top - page.getBoundingClientRect().top + page.scrollTop;
      page.scrollTop = Math.max(0, top - page.clientHeight * 0.28);
      words.tabIndex = -1;
      words.focus({ preventScroll: true });
    } else {
      page.scrollTop = 0;
      page.focus({ preventScroll: true });
    }
  }

  function mark_open(source) {
    for (const old of document.querySelectorAll(".source.open")) old.classList.remove("open");
    source?.classList.add("open");
    current = source;
  }

  function close() {
    if (reader.hidden) return;
    request++;
    show(false);
    page.replaceChildren();
    mark_open(null);
    if (opener?.isConnected) opener.focus({ preventScroll: true });
    opener = null;
  }

  // ---- marks and the glimpse ----

  const sourceOf = (cite) => document.getElementById(cite.dataset.source);

  function show_glimpse(cite) {
    const source = sourceOf(cite);
    if (!source) return;
    light(source.id, true);
    const part = (name, text) => {
      const made = citewell.element("p", { class: name, dir: "auto" });
      made.textContent = text ?? "";
      return made;
    };
    glimpse.replaceChildren(
      part("words", source.querySelector("mark, .context q")?.textContent),
      part("title", source.querySelector(".title").textContent),
      part("byline", source.querySelector(".byline").textContent),
    );
    glimpse.hidden = false;
    place_glimpse(cite);
    cite.setAttribute("aria-describedby", "glimpse");
  }

  function place_glimpse(cite) {
    const at = cite.getBoundingClientRect();
    const size = glimpse.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left - 24), innerWidth - size.width - 8);
    const above = at.top - size.height - 8;
    glimpse.style.left = `${left}px`;
    glimpse.style.top = `${above > 8 ? above : Math.max(8, Math.min(at.bottom + 8, innerHeight - size.height - 8))}px`;
  }

  function hide_glimpse() {
    glimpse.hidden = true;
    for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  }

  function light(id, on) {
    document.getElementById(id)?.classList.toggle("lit", on);
    for (const cite of document.querySelectorAll(`.cite[data-source="${CSS.escape(id)}"]`)) {
      cite.classList.toggle("lit", on);
    }
  }

  // ---- events ----

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    const cite = target.closest("button.cite");
    const source = cite ? sourceOf(cite) : target.closest(".source[data-read]");
    if (source && !source.dataset.read) {  // its article is gone: the kept words are all there is
      source.focus();
      source.scrollIntoView({ block: "nearest" });
    } else if (source) {
      if (!cite && String(getSelection())) return; // words are being selected, not a source opened
      hide_glimpse();
      open(source, cite ?? source.querySelector("button.open"));
    } else if (target.closest("#reader .close")) {
      close();
    } else if (target.closest("#reader .previous, #reader .next")) {
      const around = sourcesAround(current);
      const step = target.closest(".next") ? 1 : -1;
      const next = around[around.indexOf(current) + step];
      if (next) open(next);
    } else if (target.closest("#reader [data-around]")) {
      const place = target.closest("[data-around]").dataset.around;
      load(`${page.dataset.read}&around=${place}`).then(() => (page.scrollTop = 0));
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.target.closest("dialog")) return;
    if (!glimpse.hidden) hide_glimpse();
    else close();
  });

  for (const [enter, leave] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    document.addEventListener(enter, (event) => {
      const target = event.target;
      if (!(target instanceof Element)) return;
      const cite = target.closest("button.cite");
      if (cite && (enter === "mouseover" || cite.matches(":focus-visible"))) show_glimpse(cite);
      else if (enter === "mouseover" && target.closest(".source[id]")) light(target.closest(".source").id, true);
    });
    document.addEventListener(leave, (event) => {
      if (event.target instanceof Element && event.target.closest("button.cite, .source")) hide_glimpse();
    });
  }
  // Focus that goes to a mark scrolls the page to it: the glimpse goes along.
  document.addEventListener(
    "scroll",
    () => {
      const cite = document.activeElement?.matches("button.cite:focus-visible") ? document.activeElement : null;
      if (cite && !glimpse.hidden) place_glimpse(cite);
      else glimpse.hidden = true;
    },
    { capture: true, passive: true },
  );

  citewell.close_reader = close;
})();
