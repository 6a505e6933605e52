// What can be done with an answer: copy, save, judge, make an eval case of it, go on from it.
(() => {
  "use strict";
  const { element, request } = citewell;

  const place = (button) => {
    const { conversation, number } = button.closest(".exchange").dataset;
    return `conversations/${conversation}/${number}`;
  };

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest(".actions [data-act]");
    if (!button) return;
    ({ copy, save, good: judge, bad: judge, case: make_case })[button.dataset.act]?.(button);
  });

  async function copy(button) {
    const response = await request("GET", `${place(button)}.md`);
    const done = response.ok && (await to_clipboard(await response.text()));
    tell(button, done ? "Copied" : "Could not copy");
  }

  async function to_clipboard(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // a page that is not reached over HTTPS or by a loopback address has no clipboard
      const area = element("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  }

  function save(button) {
    element("a", { href: `${place(button)}.md`, download: "" }).click();
  }

  function tell(button, words) {
    const label = (button.dataset.label ??= button.textContent);
    button.textContent = words;
    citewell.say(words);
    setTimeout(() => (button.textContent = label), 1_600);
  }

  // ---- good or bad ----

  async function judge(button) {
    const path = `${place(button)}/verdict`;
    const actions = button.closest(".actions");
    const verdict = button.dataset.act;
    const said = await verdict_of(button.closest(".exchange"));
    if (!said) return tell(button, "Not kept");
    const comment = said.comment ?? "";
    if (said.verdict !== verdict) {
      const done = await request("PUT", path, { verdict, comment });
      if (!done.ok) return tell(button, "Not kept");
      press(actions, verdict);
    }
    const field = element("textarea", { id: "comment", rows: "3", maxlength: "4000" });
    field.value = comment;
    const take_back = element("button", { type: "button", class: "quiet" }, "Take it back");
    const box = citewell.dialog(
      verdict === "good" ? "Noted: a good answer" : "Noted: a bad answer",
      [element("label", { for: "comment" }, "Why? You may leave this empty."), field],
      "Keep",
      async () => ((await request("PUT", path, { verdict, comment: field.value })).ok ? "" : "That did not work."),
    );
    box.querySelector(".choice").append(take_back);
    take_back.addEventListener("click", async () => {
      if (!(await request("DELETE", path)).ok) return tell(take_back, "That did not work");
      press(actions, "");
      box.close();
    });
    field.focus();
  }

  // What was said of one exchange; null where that cannot be told.
  async function verdict_of({ dataset: { conversation, number } }) {
    const response = await request("GET", `conversations/${conversation}/verdicts`);
    return response.ok ? ((await response.json())[number] ?? {}) : null;
  }

  function press(actions, verdict) {
    for (const each of actions?.querySelectorAll(".verdict") ?? []) {
      each.setAttribute("aria-pressed", String(each.dataset.act === verdict));
    }
  }

  // ---- an eval case ----

  async function make_case(button) {
    const path = `${place(button)}/case`;
    const response = await request("GET", path);
    if (!response.ok) return tell(button, "Not kept");
    const draft = await response.json();
    const facts = element("textarea", { id: "facts", rows: "5" });
    facts.value = draft.facts.join("\n");
    const refuse = element("input", { type: "checkbox", id: "refuse" });
    refuse.checked = draft.refuse;
    const gold = draft.articles.map((title, n) => {
      const box = element("input", { type: "checkbox", value: title });
      box.checked = n === 0;
      return element("label", { class: "check", dir: "auto" }, box, title);
    });
    const fill = [
      element("p", { class: "asked", dir: "auto" }, draft.question),
      element("label", { class: "check" }, refuse, "The articles do not say: it should be refused"),
      element("label", { for: "facts" }, "What a right answer states, a fact on each line"),
      facts,
    ];
    if (gold.length) fill.push(element("fieldset", {}, element("legend", {}, "One of these must be cited"), ...gold));
    fill.push(element("p", { class: "where" }, `It goes into ${draft.suite}`));
    citewell.dialog("Make an eval case", fill, "Add and run it", async (form, box) => {
      const made = await request("POST", path, {
        refuse: refuse.checked,
        facts: refuse.checked ? [] : facts.value.split("\n"),
        gold: refuse.checked ? [] : gold.map((g) => g.firstChild).filter((b) => b.checked).map((b) => b.value),
      });
      if (!made.ok) return await reason(made);
      const { id } = await made.json();
      const ran = await request("POST", `${path}/${id}/run`);
      if (!ran.ok) return await reason(ran);
      show_verdict(box, id, await ran.json());
      return false;
    });
  }

  function show_verdict(box, id, ran) {
    const close = element("button", { type: "button", class: "primary" }, "Close");
    close.addEventListener("click", () => box.close());
    const problems = ran.problems.map((each) => element("li", { dir: "auto" }, each));
    box.querySelector("form").replaceChildren(
      element("p", { class: `ran ${ran.passed ? "pass" : "fail"}`, role: "status" }, `${id}: ${ran.passed ? "pass" : "fail"}`),
      ...(problems.length ? [element("ul", {}, ...problems)] : []),
      element("p", { class: "where" }, ran.verdict),
      element("div", { class: "choice" }, close),
    );
    close.focus();
  }

  async function reason(response) {
    try {
      const { detail } = await response.json();
      return typeof detail === "string" ? detail : "That did not work.";
    } catch {
      return "That did not work.";
    }
  }

  // ---- when an answer has come ----

  document.addEventListener("citewell-exchange", async (event) => {
    const { conversation, number, state } = event.detail.dataset;
    if (!conversation || state === "working") return;
    const [verdicts, next] = await Promise.all([
      request("GET", `conversations/${conversation}/verdicts`),
      state === "done" ? request("GET", `conversations/${conversation}/${number}/suggestions`) : null,
    ]);
    if (verdicts.ok) {
      for (const [at, { verdict }] of Object.entries(await verdicts.json())) {
        press(document.querySelector(`.exchange[data-number="${at}"] .actions`), verdict);
      }
    }
    const html = next?.ok ? await next.text() : "";
    const exchange = document.querySelector(`#live .exchange[data-state="done"][data-number="${number}"]`);
    if (html && exchange?.dataset.conversation === conversation && !exchange.querySelector(".next")) {
      exchange.insertAdjacentHTML("beforeend", html);  // last, so that nothing that is read moves
    }
  });
})();
