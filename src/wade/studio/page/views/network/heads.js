/** What stands over the layers: neurons added and removed, the activation, a new layer. */
import { ANEW_TITLE } from "../../controls/anew.js";
import { activationChoice, addLayer, MOST_LAYERS, removeLayer, setWidth } from "../../controls/layers.js";
import { icon } from "../../controls/icons.js";
import { make } from "../../drawing/elements.js";
import { count, plural } from "../../drawing/format.js";
import { DRAWN } from "../../help_texts.js";
import { place } from "./neurons.js";

/**
 * @typedef {import("../../store.js").Store} Store
 * @typedef {import("../../store.js").State} State
 * @typedef {import("./layout.js").Layout} Layout
 */

const NARROW = 112; // CSS pixels in which the button that removes a layer stands beside its activation
const TIGHT = 84; // CSS pixels in which the activation has no arrow

/** @param {Store} store @param {State} state @param {Layout} layout @returns {HTMLElement[]} */
export function heads(store, state, layout) {
  const { network } = state;
  const last = network.layers.length;
  return layout.columns.map((column, layer) => {
    const width = Math.min(layout.spacing - 6, 132);
    const head = layer === 0 ? inputHead(state) : store.recording ? fixedHead(state, layer)
      : layer === last ? outputHead(store, state) : hiddenHead(store, state, layer - 1, width < NARROW);
    head.classList.toggle("is-narrow", width < NARROW);
    head.classList.toggle("is-tight", width < TIGHT);
    place(head, Math.max(0, Math.min(column[0].x - width / 2, layout.width - width)), 2, width);
    return head;
  });
}

/** @param {State} state */
const inputHead = (state) => make("div", { class: "head" }, make("strong", {}, "Inputs"),
  make("span", { class: "soft", title: DRAWN.inputs }, plural(state.network.inputs.length, "number")));

/** Of a recording, in which no layer changes. @param {State} state @param {number} layer from 1 */
function fixedHead(state, layer) {
  const { activation, size } = state.network.layers[layer - 1];
  const isLast = layer === state.network.layers.length;
  return make("div", { class: "head" }, make("strong", {}, isLast ? "Output" : `Layer ${layer}`),
    make("span", { class: "soft" }, isLast ? activation : `${plural(size, "neuron")}, ${activation}`));
}

/** @param {Store} store @param {State} state */
function outputHead(store, state) {
  const layer = state.network.layers[state.network.layers.length - 1];
  return make("div", { class: "head" }, make("strong", {}, "Output"), make("span", { class: "soft" }, layer.activation),
    make("button", { type: "button", class: "small", "aria-label": "Add a hidden layer", title: `Add a hidden layer${ANEW_TITLE}`,
      "data-key": "add", disabled: state.settings.hidden.length >= MOST_LAYERS, onclick: () => addLayer(store) },
    icon("add"), "layer"));
}

/** @param {Store} store @param {State} state @param {number} at @param {boolean} isNarrow */
function hiddenHead(store, state, at, isNarrow) {
  const name = `hidden layer ${at + 1}`;
  const width = state.settings.hidden[at];
  const select = activationChoice(store, at, state.settings.activations[at]);
  select.dataset.key = `activation ${at}`;
  const remove = make("button", { type: "button", class: "plain small remove", "aria-label": `Remove ${name}`,
    title: `Remove this layer${ANEW_TITLE}`, "data-key": `remove ${at}`, onclick: () => removeLayer(store, at) }, icon("close"));
  return make("div", { class: "head", role: "group", "aria-label": name },
    make("div", { class: "count" },
      make("button", { type: "button", class: "small", "aria-label": `One neuron fewer in ${name}`, title: `One neuron fewer${ANEW_TITLE}`,
        "data-key": `fewer ${at}`, disabled: width <= 1, onclick: () => setWidth(store, at, width - 1) }, icon("less")),
      make("span", { title: plural(width, "neuron") }, count(width)),
      make("button", { type: "button", class: "small", "aria-label": `One neuron more in ${name}`, title: `One neuron more${ANEW_TITLE}`,
        "data-key": `more ${at}`, onclick: () => setWidth(store, at, width + 1) }, icon("add")),
      !isNarrow && remove),
    make("div", { class: "choice" }, select, isNarrow && remove));
}
