// What the other scripts share: the wish that goes with a click, requests, words for screen readers, dialogs.
window.citewell = (() => {
  "use strict";
  let wishes = {};

  // A login that has ended: whatever was asked, by Gradio's script as well, the page that asks for it comes.
  const plain_fetch = window.fetch;
  window.fetch = async (...asked) => {
    const response = await plain_fetch(...asked);
    if (response.status === 401) location.assign("login");
    return response;
  };

  // The conversation that the address names: #ask/ID.
  const conversation = () => location.hash.match(/^#ask\/(.+)$/)?.[1] ?? null;

  // What the server is told beside the question; a wish holds for one click.
  function wish() {
    const told = { ...wishes, conversation: conversation() };
    wishes = {};
    return told;
  }

  function press(id, wanted = {}) {
    wishes = wanted;
    document.getElementById(id)?.click();
  }

  async function request(method, path, body) {
    const options = { method };
    if (body !== undefined) {
      options.headers = { "content-type": "application/json" };
      options.body = JSON.stringify(body);
    }
    try {
      return await fetch(new URL(path, document.baseURI), options);
    } catch {
      return new Response(null, { status: 503 });
    }
  }

  function say(words) {
    const status = document.getElementById("said");
    if (status) status.textContent = words;
  }

  // A dialog over the page. `fill` puts elements into its form; `done` gets the form when it is sent, and may
  // return a message, which keeps the dialog open.
  function dialog(title, fill, label, done) {
    const box = document.createElement("dialog");
    const heading = element("h2", { id: "dialog-title" }, title);
    const form = element("form", { method: "dialog" });
    const problem = element("p", { class: "problem", role: "alert" });
    const send = element("button", { type: "submit", class: "primary" }, label);
    const cancel = element("button", { type: "button", class: "quiet" }, "Cancel");
    form.append(...fill, problem, element("div", { class: "choice" }, send, cancel));
    box.setAttribute("aria-labelledby", "dialog-title");
    box.append(heading, form);
    cancel.addEventListener("click", () => box.close());
    box.addEventListener("close", () => box.remove());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.ariaBusy === "true") return;  // a second click would do it twice
      problem.textContent = "";
      form.ariaBusy = "true";
      const message = await done(form, box);
      form.ariaBusy = "false";
      if (message) problem.textContent = message;
      else if (message !== false) box.close();
    });
    document.body.append(box);
    box.showModal();
    return box;
  }

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  return { conversation, wish, press, request, say, dialog, element };
})();
