// An export whose columns have other names than those that are known: a dialog asks which of them holds what.
(() => {
  "use strict";
  const { element } = citewell;

  window.citewellColumns = async (addition) => {
    const response = await window.citewellLibrary.get("columns", { addition });
    const found = await response.json();
    if (!response.ok) throw found;
    const selects = Object.entries(found.fields).map(([field, label]) => select(field, label, found));
    const fill = [
      element("p", { class: "where", dir: "auto" }, found.name),
      element("div", { class: "pairs" }, ...selects.flatMap((each) => [element("label", { for: each.id }, each.dataset.label), each])),
    ];
    citewell.dialog("Which column holds what?", fill, "Add its articles", async () => {
      const fields = Object.fromEntries(selects.map((each) => [each.name, each.value]));
      try {
        await window.citewellLibrary.post("map", { addition, fields });
      } catch (error) {
        return `${error.message}. ${error.hint}`;
      }
      await window.citewellLibrary.look();
      return "";
    });
  };

  function select(field, label, { columns, taken }) {
    const none = element("option", { value: "" }, field === "text" ? "Choose a column" : "None");
    const options = Object.entries(columns).map(([name, first]) =>
      element("option", { value: name }, first ? `${name}: ${first}` : name),
    );
    const made = element("select", { id: `column-${field}`, name: field, "data-label": label }, none, ...options);
    if (field === "text") made.required = true;
    made.value = taken[field] ?? "";
    return made;
  }
})();
