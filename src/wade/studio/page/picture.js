/** The picture pane: the network, and beneath it what it computes, each in a card. */
import { make, tell } from "./drawing/elements.js";
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
 * @typedef {{title: string, ofNumbers?: string, view: View, of?: import("./types.js").Numbers["of"]}} Card `ofNumbers`:
 *   the title where the target is a number
 */

/** The columns of the picture: side by side where there is room for them, else one under the other. @type {Record<string, Card[]>} */
const COLUMNS = {
  network: [{ title: "Network", view: network, of: "parameters" }],
  answers: [
    { title: "Boundary", ofNumbers: "Predictions", view: boundary },
    { title: "Metrics", view: confusion },
    { title: "Weights", view: weights },
  ],
  training: [
    { title: "Curves", view: curves },
    { title: "Activations", view: activations },
    { title: "Data", view: data },
  ],
};

/** @type {View} */
export function picture(element, store) {
  const grid = make("div", { class: "cards" });
  element.append(grid);
  const destroyers = Object.entries(COLUMNS).flatMap(([name, cards]) => {
    const column = make("div", { class: `column is-${name}` });
    grid.append(column);
    return cards.map((card) => fill(column, store, card));
  });
  return () => destroyers.forEach((destroy) => destroy());
}

/** A pane that is one card. @param {string} title @param {View} view @returns {View} */
export const alone = (title, view) => (element, store) => fill(element, store, { title, view });

/** @param {HTMLElement} place @param {Store} store @param {Card} card */
function fill(place, store, { title, ofNumbers, view, of }) {
  const body = make("div", { class: "card-body" });
  const heading = make("h2", {}, title);
  const head = make("div", { class: "card-head" }, heading,
    of && make("button", { type: "button", class: "plain small", "aria-label": `Numbers of: ${title}`,
      onclick: () => store.set("numbers", { of }) }, "Numbers"));
  place.append(make("section", { class: "card" }, head, body));
  const name = () => tell(heading, (store.state?.data.task === "regression" && ofNumbers) || title);
  const leave = store.subscribe(["state"], name);
  const destroy = view(body, store);
  return () => {
    leave();
    destroy();
  };
}
