/** The settings pane: data, network, training, what is kept. */
import { make } from "../drawing/elements.js";
import { data } from "./data.js";
import { keeping } from "./keeping.js";
import { layers } from "./layers.js";
import { training } from "./training.js";

/** @typedef {import("../store.js").View} View */

/** @type {[title: string, view: View][]} */
const SECTIONS = [["Data", data], ["Network", layers], ["Training", training], ["Keep and share", keeping]];

/** @type {View} */
export function settings(element, store) {
  const destroyers = SECTIONS.map(([title, view]) => {
    const body = make("div", { class: "section-body" });
    element.append(make("details", { class: "card section", open: true },
      make("summary", {}, make("h2", {}, title)), body));
    return view(body, store);
  });
  return () => destroyers.forEach((destroy) => destroy());
}
