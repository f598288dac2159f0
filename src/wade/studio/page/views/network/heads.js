/** What stands over the layers: neurons added and removed, the activation, a new layer. */
import { activationChoice, addLayer, MOST_LAYERS, removeLayer, setWidth } from "../../controls/layers.js";
import { icon } from "../../controls/icons.js";
import { make } from "../../drawing/elements.js";
import { count } from "../../drawing/format.js";
import { place } from "./neurons.js";

/**
 * @typedef {import("../../store.js").Store} Store
 * @typedef {import("../../store.js").State} State
 * @typedef {import("./layout.js").Layout} Layout
 */

const NARROW = 112; // CSS pixels in which a layer has no room to be removed: it is in the settings

/** @param {Store} store @param {State} state @param {Layout} layout @returns {HTMLElement[]} */
export function heads(store, state, layout) {
  const { network } = state;
  const last = network.layers.length;
  return layout.columns.map((column, layer) => {
    const head = layer === 0 ? inputHead(state) : store.recording ? fixedHead(state, layer)
      : layer === last ? outputHead(store, state) : hiddenHead(store, state, layer - 1);
    const width = Math.min(layout.spacing - 6, 132);
    head.classList.toggle("is-narrow", width < NARROW);
    place(head, Math.max(0, Math.min(column[0].x - width / 2, layout.width - width)), 2, width);
    return head;
  });
}

/** @param {State} state */
const inputHead = (state) => make("div", { class: "head" }, make("strong", {}, "Inputs"),
  make("span", { class: "soft" }, `${count(state.network.inputs.length)} numbers`));

/** Of a recording, in which no layer changes. @param {State} state @param {number} layer from 1 */
function fixedHead(state, layer) {
  const { activation, size } = state.network.layers[layer - 1];
  const isLast = layer === state.network.layers.length;
  return make("div", { class: "head" }, make("strong", {}, isLast ? "Output" : `Layer ${layer}`),
    make("span", { class: "soft" }, isLast ? activation : `${count(size)} neurons, ${activation}`));
}

/** @param {Store} store @param {State} state */
function outputHead(store, state) {
  const layer = state.network.layers[state.network.layers.length - 1];
  return make("div", { class: "head" }, make("strong", {}, "Output"), make("span", { class: "soft" }, layer.activation),
    make("button", { type: "button", class: "small", "aria-label": "Add a hidden layer", title: "Add a hidden layer",
      "data-key": "add", disabled: state.settings.hidden.length >= MOST_LAYERS, onclick: () => addLayer(store) },
    icon("add"), "layer"));
}

/** @param {Store} store @param {State} state @param {number} at */
function hiddenHead(store, state, at) {
  const name = `hidden layer ${at + 1}`;
  const width = state.settings.hidden[at];
  const select = activationChoice(store, at, state.settings.activations[at]);
  select.dataset.key = `activation ${at}`;
  return make("div", { class: "head", role: "group", "aria-label": name },
    make("div", { class: "count" },
      make("button", { type: "button", class: "small", "aria-label": `One neuron fewer in ${name}`, title: "One neuron fewer",
        "data-key": `fewer ${at}`, disabled: width <= 1, onclick: () => setWidth(store, at, width - 1) }, icon("less")),
      make("span", { title: `${count(width)} neurons` }, count(width)),
      make("button", { type: "button", class: "small", "aria-label": `One neuron more in ${name}`, title: "One neuron more",
        "data-key": `more ${at}`, onclick: () => setWidth(store, at, width + 1) }, icon("add")),
      make("button", { type: "button", class: "plain small remove", "aria-label": `Remove ${name}`, title: "Remove this layer",
        "data-key": `remove ${at}`, onclick: () => removeLayer(store, at) }, icon("close"))),
    select);
}
