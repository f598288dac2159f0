/**
 * Where the neurons of a network are drawn, and which of them: large layers are folded.
 *
 * @typedef {import("../../types.js").NetworkInfo} NetworkInfo
 * @typedef {{kind: "input" | "table" | "neuron" | "more", layer: number, index: number, place: number, of: string,
 *   name: string, x: number, y: number}} Node `index` in its layer, `place` among what frames bring
 * @typedef {{columns: Node[][], width: number, height: number, size: number, spacing: number}} Layout
 */
import { activation } from "../../address.js";
import { count } from "../../drawing/format.js";

export const HEAD = 62; // over the neurons: the controls of a layer
const FOOT = 8;
const LEAST_PITCH = 31; // from neuron to neuron, in CSS pixels
const MOST_PITCH = 62;
const LARGEST = 46;
const GAP = 6;
const LEAST_SPACING = 66; // from layer to layer
export const LETTER = 7.2; // width of a letter of a name, about

/** How many neurons of a layer fit into this height. @param {number} height */
export function capacity(height) {
  return Math.max(3, Math.floor((height - HEAD - FOOT) / LEAST_PITCH));
}

/** @param {NetworkInfo} network @param {number} width @param {number} height @returns {Layout} */
export function layoutOf(network, width, height) {
  const most = capacity(height);
  const nodes = [inputs(network, most), ...network.layers.map((layer, at) => neurons(layer, at + 1, most))];
  const room = height - HEAD - FOOT;
  const pitch = Math.min(MOST_PITCH, room / Math.max(...nodes.map((column) => column.length)));
  const size = Math.min(LARGEST, pitch - GAP);
  const [left, right] = [nodes[0], nodes[nodes.length - 1]].map((column) => roomFor(column, width));
  const spacing = Math.max(LEAST_SPACING, (width - left - right - size) / (nodes.length - 1));
  nodes.forEach((column, at) => column.forEach((node, place) => {
    node.x = left + size / 2 + at * spacing;
    node.y = HEAD + room / 2 + (place - (column.length - 1) / 2) * pitch;
  }));
  return { columns: nodes, width: left + right + size + (nodes.length - 1) * spacing, height, size, spacing };
}

/** Beside the first or the last layer, for names and half of what stands over it. @param {Node[]} column @param {number} width */
function roomFor(column, width) {
  const longest = Math.max(...column.map((node) => node.name.length));
  return Math.max(36, Math.min(LETTER * longest + 14, width * 0.2, 150));
}

/** @param {NetworkInfo} network @param {number} most @returns {Node[]} */
function inputs(network, most) {
  const tables = Object.keys(network.parameters).filter((name) => /^[EP]1\./.test(name));
  const numbers = network.inputs_shown.map((index, place) =>
    node("input", 0, index, place, activation(0, index), network.inputs[index]));
  // Where there is no room for all, a third of it is for tables.
  const forTables = Math.max(Math.floor(most / 3), most - 1 - numbers.length);
  const all = [
    ...numbers.slice(0, most - 1 - Math.min(forTables, tables.length)),
    ...tables.slice(0, forTables).map((name, place) => node("table", 0, -1, place, name, name.slice(3))),
  ];
  const count = network.inputs.length + tables.length;
  return count <= most && numbers.length === network.inputs.length
    ? [...numbers, ...tables.map((name, place) => node("table", 0, -1, place, name, name.slice(3)))]
    : folded(all, count, most, 0);
}

/** @param {import("../../types.js").LayerInfo} layer @param {number} number @param {number} most @returns {Node[]} */
function neurons(layer, number, most) {
  const all = layer.shown.map((index, place) =>
    node("neuron", number, index, place, activation(number, index), layer.names[place] ?? ""));
  return folded(all, layer.size, most, number);
}

/** @param {Node[]} all @param {number} size @param {number} most @param {number} layer @returns {Node[]} */
function folded(all, size, most, layer) {
  if (all.length <= most && all.length === size) return all;
  const kept = all.slice(0, most - 1);
  return [...kept, node("more", layer, -1, -1, "", `… ${count(size - kept.length)} more`)];
}

/**
 * @param {Node["kind"]} kind @param {number} layer @param {number} index @param {number} place @param {string} of
 * @param {string} name @returns {Node}
 */
const node = (kind, layer, index, place, of, name) => ({ kind, layer, index, place, of, name, x: 0, y: 0 });
