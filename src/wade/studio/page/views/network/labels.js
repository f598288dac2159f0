/** Names beside inputs and outputs, and how many neurons are folded. */
import { make } from "../../drawing/elements.js";
import { DRAWN } from "../../help_texts.js";
import { LETTER } from "./layout.js";
import { place } from "./neurons.js";

/** @param {import("./layout.js").Node[]} nodes @param {import("./layout.js").Layout} layout @param {number} last */
export function labels(nodes, { size, width, spacing }, last) {
  return nodes.flatMap((node) => {
    if (node.kind === "more") {
      const text = make("span", { class: "more" }, node.name);
      place(text, node.x - spacing / 2, node.y - 9, spacing);
      return [text];
    }
    if (node.layer === 0) {
      const isTable = node.kind === "table";
      const text = make("span", { class: isTable ? "name is-table" : "name", "data-of": isTable && node.of,
        title: isTable ? `${node.name}. ${DRAWN.table}` : node.name,
        "aria-hidden": !isTable && "true" }, cut(node.name, node.x - size / 2 - 6));
      place(text, 0, node.y - 10, node.x - size / 2 - 6);
      return [text];
    }
    if (node.layer === last && node.name) {
      const room = width - node.x - size / 2 - 6;
      const text = make("span", { class: "name is-output", title: node.name, "aria-hidden": "true" }, cut(shortName(node.name, room), room));
      place(text, node.x + size / 2 + 6, node.y - 10, room);
      return [text];
    }
    return [];
  });
}

/** Of "class = 1" what tells it from others, where there is no room for all of it. @param {string} name @param {number} room */
const shortName = (name, room) => (name.length * LETTER > room ? name.replace(/^.* = /, "= ") : name);

/** A name as far as there is room, without its middle; the whole is its title. @param {string} name @param {number} room */
function cut(name, room) {
  const letters = Math.max(3, Math.floor(room / LETTER));
  const end = Math.floor((letters - 1) / 2);
  return name.length > letters ? `${name.slice(0, letters - 1 - end)}…${name.slice(name.length - end)}` : name;
}
