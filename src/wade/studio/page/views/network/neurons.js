/**
 * The neurons: each with a map of its activation, its value for the row at hand, and a handle for its bias.
 *
 * @typedef {import("./layout.js").Node} Node
 * @typedef {import("./layout.js").Layout} Layout
 * @typedef {import("../../frames.js").Frame} Frame
 * @typedef {import("../../frames.js").Part} Part
 * @typedef {import("../../store.js").State} State
 * @typedef {{node: Node, element: HTMLElement, canvas: HTMLCanvasElement, value: HTMLElement, bias: HTMLElement | null}} Neuron
 * @typedef {{title: string, quantity: import("../../drawing/palette.js").Quantity, domain: [number, number]}} Scale
 */
import { bias } from "../../address.js";
import { fitted } from "../../drawing/canvas.js";
import { make, tell } from "../../drawing/elements.js";
import { written } from "../../drawing/format.js";
import { paintValues, valueOf } from "../../drawing/map.js";
import { ink } from "../../drawing/palette.js";
import { outputQuantity } from "../../drawing/subject.js";
import { DRAWN } from "../../help_texts.js";

const LEAST_FOR_VALUE = 14; // CSS pixels of a neuron beside which a number can be read

/** @param {Node} node @param {number} size @param {string} layerName @param {boolean} isOutput @returns {Neuron} */
export function neuronOf(node, size, layerName, isOutput) {
  const what = node.layer ? `Neuron ${node.index} of ${layerName}` : `Input ${node.name}`;
  const canvas = make("canvas", {});
  const value = make("span", { class: "value", hidden: true });
  const element = make("button", { type: "button", class: isOutput ? "neuron is-output" : "neuron", "data-of": addressesOf(node), "data-key": node.of,
    tabindex: -1,    "aria-label": node.name && isOutput ? `${what}: ${node.name}` : what }, canvas, value);
  place(element, node.x - size / 2, node.y - size / 2, size, size);
  canvas.style.width = canvas.style.height = `${size - 2}px`;
  const handle = node.layer ? make("button", { type: "button", class: "bias", "data-of": bias(node.layer, node.index), tabindex: -1,
    "aria-label": `Bias ${bias(node.layer, node.index)} of neuron ${node.index} of ${layerName}` }) : null;
  if (handle) place(handle, node.x - size / 2 - 6, node.y + size / 2 - 9, 12, 12);
  return { node, element, canvas, value, bias: handle };
}

/** A neuron stands for its activation, its pre-activation and its δ. @param {Node} node */
const addressesOf = ({ layer, index, of }) => (layer ? `${of}\nz${layer}[${index}]\ndelta${layer}[${index}]` : of);

/** @param {HTMLElement} element @param {number} left @param {number} top @param {number} [width] @param {number} [height] */
export function place(element, left, top, width, height) {
  element.style.left = `${left}px`;
  element.style.top = `${top}px`;
  if (width !== undefined) element.style.width = `${width}px`;
  if (height !== undefined) element.style.height = `${height}px`;
}

/** The scales of all maps: inputs, hidden layers and the output each have one. @param {State} state @param {Frame} frame @returns {Scale[]} */
export function scalesOf(state, frame) {
  const last = state.network.layers.length;
  /** @type {(wanted: (layer: number) => boolean) => [number, number] | null} */
  const domain = (wanted) => {
    let [low, high] = [Infinity, -Infinity];
    for (const part of frame.parts.values()) {
      const found = /^map:a(\d+)\[/.exec(part.name);
      if (!found || !wanted(Number(found[1])) || part.low === null || part.high === null) continue;
      [low, high] = frame.kind === "histogram" ? [Math.min(low, part.from ?? 0), Math.max(high, part.to ?? 1)]
        : [Math.min(low, part.low), Math.max(high, part.high)];
    }
    return low <= high ? [low, high] : null;
  };
  const classes = state.data.task !== "regression";
  const output = classes && frame.kind !== "histogram" ? /** @type {[number, number]} */ ([0, 1]) : domain((layer) => layer === last);
  return [
    scale("Inputs", "activation", domain((layer) => layer === 0)),
    scale(last > 2 ? "Hidden layers" : "Hidden layer", "activation", domain((layer) => layer > 0 && layer < last)),
    scale(classes ? "Probability" : "Output", "output", output),
  ];
}

/** @param {string} title @param {Scale["quantity"]} quantity @param {[number, number] | null} domain @returns {Scale} */
const scale = (title, quantity, domain) => ({ title, quantity, domain: domain ?? [0, 0] });

/**
 * @param {Neuron[]} neurons @param {State} state @param {Frame} frame @param {Scale[]} scales @param {number} size
 */
export function drawNeurons(neurons, state, frame, scales, size) {
  for (const neuron of neurons) {
    const { node } = neuron;
    const part = frame.parts.get(`map:${node.of}`);
    const context = fitted(neuron.canvas, size - 2, size - 2);
    const box = { left: 0, right: size - 2, top: 0, bottom: size - 2 };
    const { quantity, domain } = scaleOf(node, state, scales);
    const isHeld = !part && node.layer === 0;
    neuron.element.classList.toggle("is-held", isHeld);
    neuron.element.title = isHeld ? DRAWN.held : "";
    if (part && part.low !== null) {
      paintMap(context, box, frame, part, quantity, domain);
    }
    drawRow(neuron, state, frame, size);
  }
}

/** The colors of a neuron's map. @param {Node} node @param {State} state @param {Scale[]} scales @returns {Scale} */
export function scaleOf({ layer, index }, state, scales) {
  if (layer === 0) return scales[0];
  return layer < state.network.layers.length ? scales[1] : { ...scales[2], quantity: outputQuantity(state, index) };
}

/**
 * What a neuron answers over the picture.
 * @param {CanvasRenderingContext2D} context @param {import("../../drawing/axes.js").Box} box @param {Frame} frame
 * @param {Part} part @param {Scale["quantity"]} quantity @param {[number, number]} domain
 */
export function paintMap(context, box, frame, part, quantity, domain) {
  if (frame.kind === "plane") paintValues(context, box, part, quantity, domain);
  else if (frame.kind === "line") paintLine(context, box, part, domain);
  else paintBars(context, box, part);
}

/** The value, or in the backward phase the delta, that the row at hand has in a neuron. @param {Neuron} neuron @param {State} state @param {Frame} frame @param {number} size */
function drawRow({ node, element, value }, state, frame, size) {
  const forward = numberAt(frame, `row:a${node.layer}`, node.place);
  const delta = numberAt(frame, `row:delta${node.layer}`, node.place);
  const isBackward = state.phase === "backward" && delta !== null;
  element.classList.toggle("is-forward", state.phase === "forward" && forward !== null);
  element.classList.toggle("is-backward", isBackward);
  const number = isBackward ? delta : forward;
  value.hidden = state.running || number === null || size < LEAST_FOR_VALUE;
  if (!value.hidden) tell(value, written(number, 2));
}

/** @param {Frame} frame @param {string} name @param {number} place @returns {number | null} */
export function numberAt(frame, name, place) {
  return frame.parts.get(name)?.data[place] ?? null;
}

/** From where to where a neuron's map goes, in words. @param {Frame | null} frame @param {string} of */
export function rangeOf(frame, of) {
  const part = frame?.parts.get(`map:${of}`);
  if (!part && of.startsWith("a0[")) return "not on the axes of the picture";
  if (!part || part.low === null || frame?.kind === "histogram") return "";
  const levels = Array.from(part.data);
  const [low, high] = [Math.min(...levels), Math.max(...levels)].map((level) => written(valueOf(part, level), 3));
  return `${low} to ${high} over the picture`;
}

/** @param {CanvasRenderingContext2D} context @param {import("../../drawing/axes.js").Box} box @param {Part} part @param {[number, number]} domain */
function paintLine(context, box, part, [low, high]) {
  const n = part.data.length;
  const height = box.bottom - box.top;
  context.beginPath();
  part.data.forEach((level, at) => {
    const y = box.bottom - 2 - ((valueOf(part, level) - low) / (high - low || 1)) * (height - 4);
    context.lineTo(box.left + (at / (n - 1)) * (box.right - box.left), y);
  });
  context.strokeStyle = ink("series-0");
  context.lineWidth = 1.6;
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {import("../../drawing/axes.js").Box} box @param {Part} part */
function paintBars(context, box, part) {
  const wide = (box.right - box.left) / part.data.length;
  const most = Math.max(1, ...part.data);
  context.fillStyle = ink("series-0");
  part.data.forEach((count, at) => {
    const high = ((box.bottom - box.top - 2) * count) / most;
    context.fillRect(box.left + at * wide + 0.5, box.bottom - high, Math.max(1, wide - 1), high);
  });
}
