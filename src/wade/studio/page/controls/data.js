/** The table: where it comes from, what is read and predicted, how it is split. */
import { make, tell } from "../drawing/elements.js";
import { anewMark } from "./anew.js";
import { explained, termsOf } from "./explained.js";
import { choiceField, configure, named, numberField, readable } from "./fields.js";
import { sources } from "./sources.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {import("../store.js").View} View
 * @typedef {import("../types.js").State} State
 */

/** @type {View} */
export function data(element, store) {
  const about = make("p", { class: "about-data" });
  const notes = make("ul", { class: "soft notes" });
  const inputs = make("fieldset", { class: "inputs" }, make("legend", {}, "Inputs\u00a0", anewMark()));
  const fields = [
    choiceField(store, { label: "Target", setting: "target", read: (state) => state.settings.target,
      options: (state) => state.data.columns.filter((column) => column.can_be_target).map(({ name }) => [name, name]) }),
    choiceField(store, { label: "Split", setting: "split", read: (state) => state.settings.split,
      options: (state) => named(state.choices.split) }),
    numberField(store, { label: "Validation share", setting: "validation_share", least: 0, most: 0.9,
      usual: [0.1, 0.2, 0.3, 0.5], read: (state) => state.settings.validation_share }),
  ];
  const top = make("div", {});
  const destroy = sources(top, store);
  element.append(top, about, notes, make("div", { class: "pairs" }, ...fields.map((field) => field.element)),
    explained("What do these mean?", termsOf(fields.slice(1)).slice(0, 2)), inputs);

  let offered = "";
  const leave = store.subscribe(["state"], () => {
    const { state } = store;
    if (!state) return;
    tell(about, sentence(state));
    const now = JSON.stringify([state.data.columns, state.settings.inputs, state.settings.target, state.data.notes]);
    if (now !== offered) {
      const place = [...inputs.querySelectorAll("input")].indexOf(/** @type {any} */ (document.activeElement));
      inputs.replaceChildren(inputs.children[0], ...columns(store, state));
      if (place >= 0) inputs.querySelectorAll("input")[place]?.focus();
      notes.replaceChildren(...state.data.notes.map((note) => make("li", {}, note)));
      notes.hidden = !state.data.notes.length;
    }
    offered = now;
    fields.forEach((field) => field.update(state));
  });
  return () => {
    leave();
    destroy();
    fields.forEach((field) => field.leave());
  };
}

/** @param {State} state */
function sentence({ data }) {
  const task = data.task === "regression" ? "regression" : `${data.classes.length} classes`;
  return `${data.name}: ${task}. ${data.split}`;
}

/** @param {Store} store @param {State} state @returns {HTMLElement[]} */
function columns(store, state) {
  return state.data.columns.filter(({ name }) => name !== state.settings.target).map((column) => {
    const isRead = state.settings.inputs.includes(column.name);
    const box = make("input", { type: "checkbox", checked: isRead, onchange: () => {
      const read = new Set(store.state?.settings.inputs);
      if (box.checked) read.add(column.name);
      else read.delete(column.name);
      configure(store, { inputs: state.data.columns.map(({ name }) => name).filter((name) => read.has(name)) })
        .then(() => { box.checked = store.state?.settings.inputs.includes(column.name) ?? false; });
    } });
    return make("label", { class: "check", title: column.reason }, box, make("span", {}, column.name,
      column.unit && make("span", { class: "soft" }, ` (${column.unit})`),
      make("span", { class: "soft detail" }, [readable(column.role), column.summary].filter(Boolean).join(": "))));
  });
}
