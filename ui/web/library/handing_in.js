// Files that are dropped or chosen, texts that are pasted and addresses, on their way to the server.
(() => {
  "use strict";
  if (window.citewellHandingIn) return;
  window.citewellHandingIn = true;

  const $ = (selector, within = document) => within.querySelector(selector);
  const LOOK = 700; // milliseconds between two looks at what became of the files before
  let sending = 0; // files that the server does not have yet
  let looked = 0;

  async function send(files) {
    const { mostBytes, mostExportBytes, exports } = $(".library-view").dataset;
    const ends = (path, suffixes) => suffixes.split(",").some((suffix) => path.toLowerCase().endsWith(suffix));
    const list = $("#library-sending");
    sending += files.length;
    for (const { file, path } of files) {
      const line = citewell.element("p", { class: "sending" }, `Sending ${path} …`);
      list.append(line);
      try {
        const most = Number(ends(path, exports) ? mostExportBytes : mostBytes);
        const taken = file.size <= most && ends(path, $("#library-drop input").accept);
        const bytes = taken ? file : new Blob(); // what would not be read need not travel to be told so
        await window.citewellLibrary.post("upload", bytes, { name: path, size: file.size });
        line.remove();
      } catch (error) {
        line.className = "sending problem";
        line.setAttribute("role", "alert");
        line.textContent = `${path}: ${error.message}. ${error.hint ?? ""} `;
        const dismiss = citewell.element("button", { type: "button", class: "quiet" }, "Dismiss");
        dismiss.addEventListener("click", () => line.remove());
        line.append(dismiss);
      }
      sending -= 1;
      if (sending && performance.now() - looked < LOOK) continue; // the next file need not wait for the list
      looked = performance.now();
      await window.citewellLibrary.look();
    }
  }

  // Files of a drop, those of dropped folders with their path in it.
  async function dropped(transfer) {
    // Both are asked for at once: when this function first waits, the browser takes the transfer away.
    const items = [...transfer.items].filter((item) => item.kind === "file");
    const handed = items.map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }));
    const found = [];
    const walk = async (entry) => {
      if (entry.name.startsWith(".")) return;
      if (entry.isFile) {
        const file = await new Promise((done, fail) => entry.file(done, fail));
        found.push({ file, path: entry.fullPath.replace(/^\/+/, "") });
        return;
      }
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((done, fail) => reader.readEntries(done, fail));
        if (!some.length) return;
        for (const each of some) await walk(each);
      }
    };
    for (const { entry, file } of handed) {
      if (entry?.isDirectory) await walk(entry);
      else if (file) found.push({ file, path: file.name });
    }
    return found;
  }

  const carriesFiles = (event) =>
    document.body.dataset.view === "library" && [...(event.dataTransfer?.types ?? [])].includes("Files");

  let within = 0; // elements that the drag has entered and not left
  const veil = (on) => ($(".drop-veil").hidden = !on);
  document.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    within += 1;
    veil(true);
  });
  document.addEventListener("dragleave", (event) => {
    if (carriesFiles(event) && (within -= 1) <= 0) veil(false);
  });
  document.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    within = 0;
    veil(false);
    send(await dropped(event.dataTransfer));
  });
  addEventListener("beforeunload", (event) => {
    if (sending) event.preventDefault(); // what is at the server stays; what is not yet would be lost
  });

  document.addEventListener("change", (event) => {
    const target = event.target;
    if (!target.matches?.("#library-drop input")) return;
    const files = [...target.files].map((file) => ({ file, path: file.name }));
    target.value = "";
    send(files);
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const path = { "library-paste": "paste", "library-fetch": "fetch" }[form.id];
    if (!path) return;
    event.preventDefault();
    const problem = $(".problem", form);
    try {
      await window.citewellLibrary.post(path, Object.fromEntries(new FormData(form)));
      form.reset();
      problem.hidden = true;
      await window.citewellLibrary.look();
    } catch (error) {
      problem.textContent = `${error.message}. ${error.hint ?? ""}`;
      problem.hidden = false;
    }
  });
})();
