/** The picture pane: the network, and beneath it what it computes, each in a card. */
import { make } from "./drawing/elements.js";
import { boundary } from "./views/boundary.js";
import { curves } from "./views/curves.js";
import { network } from "./views/network.js";

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
];

/** @type {View} */
export function picture(element, store) {
  const grid = make("div", { class: "cards" });
  element.append(grid);
  const destroyers = CARDS.map(({ title, view, isWide, of }) => {
    const body = make("div", { class: "card-body" });
    const head = make("div", { class: "card-head" }, make("h2", {}, title),
      of && make("button", { type: "button", class: "plain small", "aria-label": `Numbers of: ${title}`,
        onclick: () => store.set("numbers", { of }) }, "Numbers"));
    grid.append(make("section", { class: isWide ? "card is-wide" : "card", "aria-label": title }, head, body));
    return view(body, store);
  });
  return () => destroyers.forEach((destroy) => destroy());
}
