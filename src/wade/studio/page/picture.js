/** The picture pane: the network, and beneath it what it computes, each in a card. */
import { make } from "./drawing/elements.js";
import { activations } from "./views/activations.js";
import { boundary } from "./views/boundary.js";
import { confusion } from "./views/confusion.js";
import { curves } from "./views/curves.js";
import { data } from "./views/data.js";
import { network } from "./views/network.js";
import { weights } from "./views/weights.js";

/**
 * @typedef {import("./store.js").Store} Store
 * @typedef {import("./store.js").View} View
 * @typedef {{title: string, view: View, isWide?: boolean, of?: import("./types.js").Numbers["of"]}} Card
 */

/** @type {Card[]} */
const CARDS = [
  { title: "Network", view: network, isWide: true, of: "parameters" },
  { title: "Boundary", view: boundary },
  { title: "Curves", view: curves },
  { title: "Metrics", view: confusion },
  { title: "Activations", view: activations },
  { title: "Weights", view: weights, isWide: true },
  { title: "Data", view: data, isWide: true },
];

/** @type {View} */
export function picture(element, store) {
  const grid = make("div", { class: "cards" });
  element.append(grid);
  const destroyers = CARDS.map((card) => fill(grid, store, card));
  return () => destroyers.forEach((destroy) => destroy());
}

/** A pane that is one card. @param {string} title @param {View} view @returns {View} */
export const alone = (title, view) => (element, store) => fill(element, store, { title, view });

/** @param {HTMLElement} place @param {Store} store @param {Card} card */
function fill(place, store, { title, view, isWide, of }) {
  const body = make("div", { class: "card-body" });
  const head = make("div", { class: "card-head" }, make("h2", {}, title),
    of && make("button", { type: "button", class: "plain small", "aria-label": `Numbers of: ${title}`,
      onclick: () => store.set("numbers", { of }) }, "Numbers"));
  place.append(make("section", { class: isWide ? "card is-wide" : "card" }, head, body));
  return view(body, store);
}
