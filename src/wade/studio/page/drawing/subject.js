/**
 * What the large picture shows: an output, the classes together, or a chosen neuron; its name, range and palette.
 *
 * @typedef {import("../types.js").State} State
 * @typedef {import("../frames.js").Frame} Frame
 * @typedef {import("../frames.js").Part} Part
 * @typedef {{name: string, unit: string, part: Part | undefined, confidence: Part | undefined, isClasses: boolean,
 *   isOutput: boolean, quantity: import("./palette.js").Quantity, domain: [number, number],
 *   border: {part: Part, value: number} | null}} Subject border: the line of a map between two classes
 */
import { parsed } from "../address.js";

/** @param {State} state @param {Frame | null} frame @returns {Subject} */
export function subjectOf(state, frame) {
  const { data, network, settings } = state;
  const last = network.layers.length;
  const neuron = parsed(state.neuron);
  if (data.task === "multiclass" && !neuron && state.axes.kind !== "histogram") {
    const [part, confidence] = [frame?.parts.get("class"), frame?.parts.get("confidence")];
    const name = `likeliest class of ${settings.target}`;
    return { ...OUTPUT, name, unit: "", part, confidence, isClasses: true, domain: [0, 1], border: null };
  }
  const address = neuron ? state.neuron : `a${last}[0]`;
  const part = frame?.parts.get(`map:${address}`);
  if (neuron && neuron.layer !== last) {
    const domain = endsOf(part);
    const name = neuronName(state, address);
    return { ...OUTPUT, name, unit: "", part, isOutput: false, quantity: "activation", domain, border: null };
  }
  if (data.task === "regression") {
    const unit = data.columns.find((column) => column.name === settings.target)?.unit ?? "";
    return {
      ...OUTPUT,
      name: `predicted ${settings.target}`,
      unit,
      part,
      domain: part ? endsOf(part) : rangeOf(state.axes.observed),
      border: null,
    };
  }
  const positive = data.task === "binary" ? 1 : (neuron?.indices[0] ?? 0);
  const name = `P(${settings.target} = ${data.classes[positive]})`;
  const decision = frame?.parts.get(`map:z${last}[0]`);
  const border = decision ? { part: decision, value: 0 } : part && { part, value: 0.5 };
  const quantity = outputQuantity(state, positive);
  return { ...OUTPUT, quantity, name, unit: "", part, domain: [0, 1], border: (data.task === "binary" && border) || null };
}

/** A neuron of the output among several classes has the color of its class. @param {State} state @param {number} place @returns {Subject["quantity"]} */
export const outputQuantity = ({ data }, place) => (data.task === "multiclass" ? `class ${place}` : "output");

/** @type {Omit<Subject, "name" | "unit" | "part" | "domain" | "border">} */
const OUTPUT = { confidence: undefined, isClasses: false, isOutput: true, quantity: "output" };

/** A neuron in words. @param {State} state @param {string} address */
export function neuronName(state, address) {
  const found = parsed(address);
  if (!found) return address;
  const place = found.indices[0];
  if (found.layer === 0) return `input ${state.network.inputs[place] ?? place}`;
  const layer = state.network.layers[found.layer - 1];
  const own = layer.names[layer.shown.indexOf(place)];
  return own ? `${layer.name}, ${own}` : `${layer.name}, neuron ${place}`;
}

/**
 * Every neuron that frames bring.
 * @param {State} state @returns {[address: string, name: string][]}
 */
export function shownNeurons(state) {
  const { layers, inputs_shown: inputs } = state.network;
  const addresses = [
    ...layers.flatMap(({ shown }, place) => shown.map((neuron) => `a${place + 1}[${neuron}]`)),
    ...inputs.map((input) => `a0[${input}]`),
  ];
  return addresses.map((address) => [address, neuronName(state, address)]);
}

/** @param {Part | undefined} part @returns {[number, number]} */
const endsOf = (part) => [part?.low ?? 0, part?.high ?? 1];

/** @param {number[]} values @returns {[number, number]} */
export function rangeOf(values) {
  return values.length ? [Math.min(...values), Math.max(...values)] : [0, 1];
}
