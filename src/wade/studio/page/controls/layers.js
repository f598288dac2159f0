/** The hidden layers: how many, how wide, with which activation. */
import { make, tell } from "../drawing/elements.js";
import { count } from "../drawing/format.js";
import { ANEW_TITLE, anewMark } from "./anew.js";
import { configure, named } from "./fields.js";
import { icon } from "./icons.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {import("../store.js").View} View
 */

const NEW_WIDTH = 4;
export const MOST_LAYERS = 8;

/** @type {View} */
export function layers(element, store) {
  const list = make("ol", { class: "layers" });
  const about = make("p", { class: "soft" });
  const add = make("button", { type: "button", class: "small", onclick: () => addLayer(store) }, icon("add"), "Add a layer", anewMark());
  element.append(list, add, about);
  let shown = "";
  const leave = store.subscribe(["state"], () => {
    const { state } = store;
    if (!state) return;
    const { hidden, activations } = state.settings;
    const now = JSON.stringify([hidden, activations, state.choices.activations]);
    if (now !== shown) {
      const place = focusedAt(list);
      list.replaceChildren(...hidden.map((width, layer) => line(store, layer, width, activations[layer])));
      if (place >= 0) /** @type {HTMLElement[]} */ ([...list.querySelectorAll("button, input, select")])[place]?.focus();
    }
    shown = now;
    add.disabled = hidden.length >= MOST_LAYERS;
    tell(about, `${count(state.network.n_parameters)} parameters, ${state.network.dtype}, engine: ${state.engine}`);
  });
  return leave;
}

/** @param {HTMLElement} list */
const focusedAt = (list) => [...list.querySelectorAll("button, input, select")].indexOf(/** @type {Element} */ (document.activeElement));

/** @param {Store} store @param {number} layer @param {number} width @param {string} activation */
function line(store, layer, width, activation) {
  const name = `hidden layer ${layer + 1}`;
  const input = make("input", { type: "number", min: 1, max: 4096, step: 1, value: width, "aria-label": `Neurons of ${name}`,
    onchange: () => (input.reportValidity() ? setWidth(store, layer, Number(input.value)) : undefined) });
  const select = activationChoice(store, layer, activation);
  return make("li", {}, make("span", { class: "layer-number", "aria-hidden": "true" }, `${layer + 1}`), make("span", { class: "line" }, input, anewMark()), select,
    make("button", { type: "button", class: "plain small", "aria-label": `Remove ${name}`, title: `Remove ${name}${ANEW_TITLE}`,
      onclick: () => removeLayer(store, layer) }, icon("close")));
}

/** @param {Store} store @param {number} layer @param {number} width */
export function setWidth(store, layer, width) {
  change(store, (hidden) => hidden.splice(layer, 1, Math.max(1, Math.round(width))));
}

/** @param {Store} store @param {number} layer @param {string} activation @returns {HTMLSelectElement} */
export function activationChoice(store, layer, activation) {
  const select = make("select", { "aria-label": `Activation of hidden layer ${layer + 1}`, onchange: async () => {
    const activations = [...(store.state?.settings.activations ?? [])];
    activations[layer] = select.value;
    if (!(await configure(store, { activations }))) select.value = activation;
  } },
  ...named(store.state?.choices.activations).map(([value, text]) =>
    make("option", { value, selected: value === activation }, text)));
  return select;
}

/** @param {Store} store @param {number} layer */
export function removeLayer(store, layer) {
  change(store, (hidden, activations) => {
    hidden.splice(layer, 1);
    activations.splice(layer, 1);
  });
}

/** After the last hidden layer, another one like it. @param {Store} store */
export function addLayer(store) {
  change(store, (hidden, activations) => {
    hidden.push(hidden.at(-1) ?? NEW_WIDTH);
    activations.push(activations.at(-1) ?? "tanh");
  });
}

/** @param {Store} store @param {(hidden: number[], activations: string[]) => void} how */
function change(store, how) {
  if (!store.state) return;
  const hidden = [...store.state.settings.hidden];
  const activations = [...store.state.settings.activations];
  how(hidden, activations);
  configure(store, { hidden, activations });
}
