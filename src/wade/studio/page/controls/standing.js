/** Always in sight: the data, running or not, step, epoch, loss. */
import { make, tell } from "../drawing/elements.js";
import { count, written } from "../drawing/format.js";

/** @typedef {import("../store.js").Store} Store */

/** @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function standing(element, store) {
  const dot = make("span", { class: "dot", "aria-hidden": "true" });
  const running = make("span", { class: "running" });
  const names = ["Step", "Epoch", "Training loss", "Metric"];
  const terms = names.map((name) => make("dt", {}, name));
  const values = names.map(() => make("dd", {}));
  const pairs = names.map((_, place) => make("div", {}, terms[place], values[place]));
  const data = make("span", { class: "data" });
  element.append(make("p", { class: "whether" }, dot, running), make("dl", {}, ...pairs), data);

  const leave = store.subscribe(["state", "frame", "connected"], () => {
    const { state } = store;
    if (!state) return;
    const at = progressOf(store);
    const phase = !state.running && state.phase ? `, ${state.phase} phase done` : "";
    const moving = store.recording ? "Playing" : "Running";
    tell(running, !store.connected ? "Not connected" : state.trouble ? "Stopped" : state.running ? moving : `Paused${phase}`);
    dot.classList.toggle("is-on", state.running && store.connected);
    tell(values[0], count(at.step));
    tell(values[1], at.epoch.toFixed(2));
    tell(values[2], written(lossOf(store), 4));
    const metric = validationMetric(state);
    pairs[3].hidden = !metric;
    if (metric) {
      tell(terms[3], metric.name);
      tell(values[3], metric.value);
    }
    tell(data, `${state.data.name}: ${state.settings.target}`);
    document.title = `${state.data.name} · wade studio`;
  });
  return () => {
    leave();
    element.replaceChildren();
  };
}

/** The step at hand and its epoch: while training runs, of the latest frame. @param {Store} store */
export function progressOf({ state, frame }) {
  const isNewer = frame !== null && state?.running && frame.step >= state.step;
  return isNewer ? frame : { step: state?.step ?? 0, epoch: state?.epoch ?? 0 };
}

/** The loss of the training rows, not of the latest batch alone. @param {Store} store */
export function lossOf({ state }) {
  return state?.metrics.train?.loss;
}

/** The first metric that the validation rows have beside the loss. @param {import("../types.js").State} state */
function validationMetric(state) {
  const found = Object.entries(state.metrics.validation ?? {}).find(([name]) => name in state.metric_info);
  if (!found) return null;
  const [metric, value] = found;
  const [name, unit] = state.metric_info[metric];
  return { name: `Validation ${name}`, value: unit ? `${written(value, 4)} ${unit}` : written(value, 4) };
}
