/** Names beside inputs and outputs, and how many neurons are folded. */
import { make } from "../../drawing/elements.js";
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
        title: isTable ? `${node.name}: a table of parameters, one line for each value; see Numbers` : node.name,
        "aria-hidden": !isTable && "true" }, node.name);
      place(text, 0, node.y - 10, node.x - size / 2 - 6);
      return [text];
    }
    if (node.layer === last && node.name) {
      const text = make("span", { class: "name is-output", title: node.name, "aria-hidden": "true" }, node.name);
      place(text, node.x + size / 2 + 6, node.y - 10, width - node.x - size / 2 - 6);
      return [text];
    }
    return [];
  });
}
