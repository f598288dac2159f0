/**
 * The weights as lines: as wide as they are large, colored by sign; the nearest to the pointer is found by its curve.
 *
 * @typedef {import("./layout.js").Node} Node
 * @typedef {import("./layout.js").Layout} Layout
 * @typedef {import("../../frames.js").Frame} Frame
 * @typedef {{of: string, layer: number, source: Node, target: Node, path: SVGPathElement, value: number | null}} Edge
 */
import { weight } from "../../address.js";
import { makeSvg } from "../../drawing/elements.js";
import { roundedUp } from "../../drawing/scale.js";

const WIDEST = 6; // CSS pixels
const NARROWEST = 0.4;
const REACH = 9; // CSS pixels from the pointer

/** @param {Layout} layout @param {(layer: number) => string} layerName @returns {Edge[]} */
export function edgesOf({ columns, size }, layerName) {
  return columns.slice(1).flatMap((targets, at) => targets.filter(isNeuron).flatMap((target) =>
    columns[at].filter((source) => source.kind !== "more").map((source) => {
      const isTable = source.kind === "table";
      const of = isTable ? source.of : weight(at + 1, source.index, target.index);
      const path = makeSvg("path", { class: isTable ? "edge is-table" : "edge", d: curve(source, target, size),
        ...(isTable ? {} : { "data-of": of, tabindex: -1, role: "button",
          "aria-label": `Weight ${of}, ${from(source)} to neuron ${target.index} of ${layerName(at + 1)}` }) });
      return { of, layer: at + 1, source, target, path, value: null };
    })));
}

/** @param {Node} node */
const isNeuron = (node) => node.kind === "neuron";

/** @param {Node} source */
const from = (source) => (source.layer ? `from neuron ${source.index} of hidden layer ${source.layer}` : `from ${source.name}`);

/** @param {Node} source @param {Node} target @param {number} size */
function curve(source, target, size) {
  const [left, right] = [source.x + size / 2, target.x - size / 2];
  const middle = (left + right) / 2;
  return `M${left} ${source.y}C${middle} ${source.y} ${middle} ${target.y} ${right} ${target.y}`;
}

/**
 * Draws the weights of a frame; gives the weight that has the widest line.
 * @param {Edge[]} edges @param {Frame} frame @returns {number}
 */
export function drawEdges(edges, frame) {
  let largest = 0;
  for (const edge of edges) {
    if (edge.source.kind === "table") continue;
    const part = frame.parts.get(`weights:W${edge.layer}`);
    edge.value = part?.data[edge.source.place * part.shape[1] + edge.target.place] ?? null;
    const size = Math.abs(edge.value ?? 0);
    if (size > largest && Number.isFinite(size)) largest = size;
  }
  const scale = roundedUp(largest);
  for (const { path, value, source } of edges) {
    if (source.kind === "table") continue;
    const share = Number.isFinite(value ?? NaN) ? Math.abs(value ?? 0) / scale : 0;
    const width = String(Math.round(20 * (NARROWEST + share * (WIDEST - NARROWEST))) / 20);
    if (path.style.strokeWidth !== width) path.style.strokeWidth = width;
    path.style.opacity = (0.35 + 0.65 * Math.sqrt(share)).toFixed(2);
    path.classList.toggle("is-negative", (value ?? 0) < 0);
  }
  return scale;
}

/**
 * A mark of the chosen weight over all others: a halo, a casing, and the line itself.
 * @returns {{element: SVGGElement, draw: (edge: Edge | undefined) => void}}
 */
export function chosenMark() {
  const [halo, casing, core] = ["halo", "casing", "core"].map((name) => makeSvg("path", { class: name }));
  const element = makeSvg("g", { class: "edge-mark", "aria-hidden": "true" }, halo, casing, core);
  return { element, draw: (edge) => {
    element.toggleAttribute("hidden", !edge);
    if (!edge) return;
    const width = Math.max(1.5, Number(edge.path.style.strokeWidth) || 0);
    [halo, casing, core].forEach((path, place) => {
      path.setAttribute("d", edge.path.getAttribute("d") ?? "");
      path.style.strokeWidth = String(width + [9, 4, 0][place]);
    });
    core.classList.toggle("is-negative", (edge.value ?? 0) < 0);
  } };
}

/** The edge under the pointer; null where none is near. @param {Edge[]} edges @param {number} size @param {number} x @param {number} y */
export function nearestEdge(edges, size, x, y) {
  let [found, least] = [/** @type {Edge | null} */ (null), REACH];
  for (const edge of edges) {
    const { source, target } = edge;
    const [left, right] = [source.x + size / 2, target.x - size / 2];
    if (edge.source.kind === "table" || x < left || x > right) continue;
    const share = along((x - left) / (right - left));
    const distance = Math.abs(y - (source.y + (target.y - source.y) * share * share * (3 - 2 * share)));
    if (distance < least) [found, least] = [edge, distance];
  }
  return found;
}

/** The parameter of the curve at a share of its width. @param {number} share */
function along(share) {
  let [low, high] = [0, 1];
  for (let turn = 0; turn < 12; turn++) {
    const middle = (low + high) / 2;
    if (1.5 * middle - 1.5 * middle ** 2 + middle ** 3 < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Where a tip or an editor of an edge is put. @param {Edge} edge */
export const middleOf = ({ source, target }) => ({ x: (source.x + target.x) / 2, y: (source.y + target.y) / 2 });

/**
 * The edge that an arrow key leads to: up and down among those into one neuron, left and right from neuron to neuron.
 * @param {Edge[]} edges @param {Edge} edge @param {string} key @returns {Edge | undefined}
 */
export function neighbour(edges, edge, key) {
  const step = key === "ArrowUp" || key === "ArrowLeft" ? -1 : 1;
  const movable = edges.filter((one) => one.source.kind !== "table");
  if (key === "ArrowUp" || key === "ArrowDown") return movable[movable.indexOf(edge) + step];
  const firsts = movable.filter((one, at) => at === 0 || one.target !== movable[at - 1].target);
  return firsts[firsts.findIndex((one) => one.target === edge.target) + step];
}
