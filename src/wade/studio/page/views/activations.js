/** How the activations of each layer are distributed over rows. */
import { make } from "../drawing/elements.js";
import { DRAWN } from "../help_texts.js";
import { histogramsOf } from "./histograms.js";
import { numbersOf } from "./numbers.js";

/** @typedef {import("../store.js").Store} Store */

/** @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function activations(element, store) {
  const names = () => (store.state?.network.layers ?? []).map((_, place) => `a${place + 1}`);
  const histograms = histogramsOf(store, "Histograms of the activations", names, "activation", true);
  const table = numbersOf(store, () => ({ of: "activations" }), "Numbers of the activations");
  element.replaceChildren(make("p", { class: "soft" }, DRAWN.activations), histograms.element, table.element);
  return () => {
    histograms.destroy();
    table.destroy();
    element.replaceChildren();
  };
}
