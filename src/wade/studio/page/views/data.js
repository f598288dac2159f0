/** The table at hand: each column with its role, why it has it, and small facts; the split; notes. */
import { make, scrolling, tell } from "../drawing/elements.js";
import { numbersOf } from "./numbers.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {import("../types.js").State} State
 */

/** @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function data(element, store) {
  const about = make("p", {});
  const columns = scrolling("Columns", "columns");
  const notes = make("ul", { class: "notes" });
  const table = numbersOf(store, () => ({ of: "data" }), "Rows of the table");
  element.replaceChildren(about, columns, notes, table.element);
  let drawn = "";
  const leave = store.subscribe(["state"], () => {
    const { state } = store;
    if (!state) return;
    const { data, settings } = state;
    const key = JSON.stringify([data, settings.inputs, settings.target]);
    if (key === drawn) return;
    drawn = key;
    tell(about, `${data.name}: ${data.split}`);
    columns.replaceChildren(columnsTable(state));
    notes.hidden = !data.notes.length;
    notes.replaceChildren(...data.notes.map((note) => make("li", {}, note)));
  });
  return () => {
    leave();
    table.destroy();
    element.replaceChildren();
  };
}

/** @param {State} state */
function columnsTable({ data, settings }) {
  const head = ["Column", "Use", "Role", "Values", "Why this role"];
  const rows = data.columns.map(({ name, role, reason, unit, summary }) => {
    const use = name === settings.target ? "target" : settings.inputs.includes(name) ? "input" : "not used";
    return make(
      "tr",
      { class: use === "not used" ? "is-unused" : null },
      make("th", { scope: "row" }, name, unit && make("span", { class: "soft" }, ` ${unit}`)),
      ...[use, role, summary, reason].map((text) => make("td", {}, text)),
    );
  });
  return make(
    "table",
    {},
    make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))),
    make("tbody", {}, ...rows),
  );
}
