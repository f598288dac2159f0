/** The weights and biases of each layer as colored cells on one scale, and how they are distributed. */
import { bias, parsed, weight } from "../address.js";
import { watchSeen } from "../drawing/canvas.js";
import { make, readoutOf } from "../drawing/elements.js";
import { written } from "../drawing/format.js";
import { heatmap } from "../drawing/heatmap.js";
import { colorBar } from "../drawing/legend.js";
import { onScheme } from "../drawing/palette.js";
import { roundedUp } from "../drawing/scale.js";
import { neuronName } from "../drawing/subject.js";
import { categoryTables } from "./category_tables.js";
import { histogramsOf } from "./histograms.js";
import { numbersOf } from "./numbers.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {{layer: number, map: ReturnType<typeof heatmap>, inputs: number[], neurons: number[],
 *   element: HTMLElement, values: Float32Array}} Shown the last row of a map has the biases
 */

const DESCRIBED_EVERY = 1000; // milliseconds, while training runs

/** @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function weights(element, store) {
  const layers = make("div", { class: "weights" });
  const legend = make("div", { class: "legend" });
  const readout = readoutOf(layers);
  const categories = categoryTables(store);
  const histograms = histogramsOf(
    store,
    "Histograms of the weights",
    () => Object.keys(store.state?.network.parameters ?? {}).filter((name) => !name.startsWith("b")),
    "weight",
  );
  const table = numbersOf(store, () => ({ of: "parameters" }), "Numbers of all weights and biases");
  element.replaceChildren(layers, legend, readout.element, categories.element, histograms.element, table.element);
  /** @type {Shown[]} */
  let shown = [];
  let [shape, most, described] = ["", -1, -Infinity];

  /** @param {Shown} of @param {number} row @param {number} column */
  const addressOf = ({ layer, inputs, neurons }, row, column) =>
    row < 0 ? "" : row < inputs.length ? weight(layer, inputs[row], neurons[column]) : bias(layer, neurons[column]);

  function build() {
    const { state } = store;
    if (!state) return;
    const { network } = state;
    const now = JSON.stringify([network.inputs, network.inputs_shown, network.layers.map((one) => one.shown)]);
    if (now === shape) return;
    shape = now;
    shown.forEach((one) => one.map.destroy());
    shown = network.layers.map(({ name, shown: neurons }, place) => {
      const inputs = place ? network.layers[place - 1].shown : network.inputs_shown;
      const map = heatmap({
        onPoint: (row, column) => store.point(addressOf(one, row, column)),
        onChoose: (row, column) => store.send({ command: "select", parameter: addressOf(one, row, column) }),
      });
      const title = `W${place + 1} and b${place + 1}: to ${name}`;
      /** @type {Shown} */
      const one = {
        layer: place + 1,
        map,
        inputs,
        neurons,
        values: new Float32Array(),
        element: make("div", {}, make("h3", {}, title), map.element),
      };
      return one;
    });
    layers.replaceChildren(...shown.map((one) => one.element));
  }

  function draw() {
    const { state, frame } = store;
    if (!state || !frame || !seen.isSeen()) return;
    build();
    let largest = 0;
    for (const one of shown) {
      const [W, b] = [frame.parts.get(`weights:W${one.layer}`), frame.parts.get(`biases:b${one.layer}`)];
      one.values = new Float32Array([...(W?.data ?? []), ...(b?.data ?? [])]);
      for (const value of one.values)
        if (Math.abs(value) > largest && Number.isFinite(value)) largest = Math.abs(value);
    }
    const end = roundedUp(largest); // a round number, so that the scale does not change with every step
    if (end !== most) {
      legend.replaceChildren(colorBar("weight", written(-end, 3), written(end, 3), "weights and biases"));
    }
    most = end;
    const isDue = !state.running || performance.now() - described > DESCRIBED_EVERY;
    if (isDue) described = performance.now();
    for (const one of shown) {
      const { layer, inputs, neurons, values, map } = one;
      if (values.length !== (inputs.length + 1) * neurons.length) continue; // of another network: the next frame fits
      const names = inputs.map((input) => (layer === 1 ? (state.network.inputs[input] ?? "") : String(input)));
      map.update({
        values,
        rows: [...names, "bias"],
        columns: neurons.map(String),
        most,
        rowsTitle: layer === 1 ? "input" : "neuron",
        columnsTitle: `neuron of ${state.network.layers[layer - 1].name}`,
        label: isDue ? labelOf(one) : null,
      });
    }
    mark();
  }

  /** @param {Shown} one */
  function labelOf(one) {
    const { values, neurons, layer } = one;
    let largest = 0;
    values.forEach((value, place) => {
      if (Math.abs(value) > Math.abs(values[largest])) largest = place;
    });
    const address = addressOf(one, Math.floor(largest / neurons.length), largest % neurons.length);
    return `Weights and biases of layer ${layer}: ${values.length} numbers, the largest ${address} = ${written(values[largest])}.`;
  }

  /** Marks what is pointed at, here or elsewhere, and reads it. */
  function mark() {
    const { state, hover } = store;
    const found = parsed(hover);
    let said = "Point at a cell to read its number.";
    for (const one of shown) {
      const isHere = found?.layer === one.layer && (found.kind === "W" || found.kind === "b") && !found.column;
      const [from, to] = found?.kind === "W" ? found.indices : [-1, found?.indices[0] ?? -1];
      const row = !isHere ? -1 : found.kind === "b" ? one.inputs.length : one.inputs.indexOf(from);
      const column = one.neurons.indexOf(to);
      const isShown = row >= 0 && column >= 0;
      one.map.show(isShown ? row : -1, column);
      if (!isShown || !state) continue;
      const target = neuronName(state, `a${one.layer}[${to}]`);
      const source = found?.kind === "b" ? "bias" : neuronName(state, `a${one.layer - 1}[${from}]`);
      said = `${hover} = ${written(one.values[row * one.neurons.length + column], 7)}: ${source} → ${target}`;
    }
    readout.tell(said, state?.running ?? false);
  }

  const seen = watchSeen(layers, draw);
  const leave = [
    seen.destroy,
    store.subscribe(["state", "frame"], draw),
    store.subscribe(["hover"], mark),
    onScheme(() => {
      most = -1;
      categories.redraw();
      draw();
    }),
    histograms.destroy,
    categories.destroy,
    table.destroy,
  ];
  return () => {
    leave.forEach((one) => one());
    shown.forEach((one) => one.map.destroy());
    element.replaceChildren();
  };
}
