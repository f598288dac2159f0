/** Loss, metric and learning rate over the steps of this training; they move only when a step was taken. */
import { readable } from "../controls/fields.js";
import { progressOf } from "../controls/standing.js";
import { choice, make, readoutOf, tell } from "../drawing/elements.js";
import { capital, count, measured, titled, written } from "../drawing/format.js";
import { lineChart, valueAt } from "../drawing/line_chart.js";
import { onScheme } from "../drawing/palette.js";
import { roundedUp } from "../drawing/scale.js";
import { numbersOf } from "./numbers.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {import("../types.js").Curves} Curves
 * @typedef {import("../drawing/line_chart.js").Line} Line
 */

const WIDE_RANGE = 20; // the highest loss over the lowest, from which on the axis is logarithmic by itself
const DASHES = ["", "7 4"]; // of training, of validation

/** @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function curves(element, store) {
  let [axis, range] = ["automatic", "1"];
  const axisChoice = choice("Axis of the loss", (chosen) => {
    axis = chosen;
    drawn = "";
    draw();
  });
  const rangeChoice = choice("Steps", (chosen) => {
    range = chosen;
    drawn = "";
    draw();
  });
  axisChoice.offer(
    [
      ["automatic", "Automatic"],
      ["fitted", "Fitted"],
      ["zero", "From zero"],
      ["logarithmic", "Logarithmic"],
    ],
    axis,
  );
  rangeChoice.offer(
    [
      ["1", "All"],
      ["0.5", "Last half"],
      ["0.1", "Last tenth"],
    ],
    range,
  );
  const note = make("p", { class: "soft", hidden: true });
  const charts = make("div", {
    class: "charts",
    tabindex: 0,
    role: "group",
    "aria-label": "Curves over steps. Left and right arrow keys read the values along them.",
  });
  const readout = readoutOf(charts);
  const table = numbersOf(store, () => ({ of: "losses" }));
  element.replaceChildren(
    make("div", { class: "flow view-bar" }, axisChoice.element, rangeChoice.element),
    charts,
    readout.element,
    note,
    table.element,
  );

  /** The step that is read, or null for the last. @type {number | null} */
  let read = null;
  /** @param {number | null} step */
  const point = (step) => {
    read = step === null ? null : nearestStep(step);
    all.forEach((chart) => chart.point(read));
    tellValues();
  };
  const loss = lineChart(190, point);
  const metric = lineChart(140, point);
  const rate = lineChart(110, point);
  const all = [loss, metric, rate];
  charts.append(...all.map((chart) => chart.element));
  let drawn = "";

  /** @param {number} step */
  function nearestStep(step) {
    const steps = store.curves?.steps ?? [];
    return steps.reduce((best, one) => (Math.abs(one - step) < Math.abs(best - step) ? one : best), steps[0] ?? 0);
  }

  function draw() {
    const { curves: now, state } = store;
    if (!now || !state) return;
    const key = JSON.stringify([now, axis, range]);
    if (key === drawn) return;
    drawn = key;
    const last = Math.max(now.steps.at(-1) ?? 0, now.validation_steps.at(-1) ?? 0, 1);
    /** @type {[number, number]} */
    const steps = range === "1" ? [0, roundedUp(last)] : [Math.floor(last * (1 - Number(range))), last];
    const lines = linesOf(now);
    const values = lines.loss.flatMap((line) => line.values).filter((value) => value !== null);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const isWide = low > 0 && high > WIDE_RANGE * low;
    const chosen = axis === "automatic" ? (isWide ? "logarithmic" : "fitted") : axis;
    const possible = /** @type {"fitted" | "zero" | "logarithmic"} */ (
      chosen === "logarithmic" && !(low > 0) ? "fitted" : chosen
    );
    note.hidden = axis !== "logarithmic" || low > 0;
    tell(note, "Some losses are zero or less and have no logarithm: the axis is fitted.");
    loss.show({
      title: `Loss: ${readable(store.state?.settings.loss || now.loss)}`,
      lines: lines.loss,
      steps,
      xTitle: "",
      axis: possible,
    });
    const [name, unit] = state.metric_info[now.metric] ?? [now.metric, ""];
    metric.show({
      title: capital(titled(name, unit === "share" ? "" : unit)),
      xTitle: "",
      lines: lines.metric,
      steps,
      axis: "fitted",
    });
    rate.show({ title: "Learning rate", xTitle: "step", lines: lines.rate, steps, axis: "zero" });
    metric.element.hidden = !now.metric;
    all.forEach((chart) => chart.point(read));
    tellValues();
  }

  function tellValues() {
    const now = store.curves;
    if (!now?.steps.length) return readout.tell("No step has been taken yet.", true);
    const at = progressOf(store);
    const step = read ?? at.step;
    const epochs = { name: "", steps: now.steps, values: now.epochs, color: 0, dashes: "" };
    const epoch = read === null ? at.epoch : valueAt(epochs, read);
    const { loss: losses, metric: metrics, rate: rates } = linesOf(now);
    const [name, unit] = store.state?.metric_info[now.metric] ?? [now.metric, ""];
    /** @param {Line[]} lines @param {string} what @param {string} [of] */
    const readOut = (lines, what, of) =>
      lines.map((line) => `${line.name} ${what} ${said(valueAt(line, step), of)}`).join(", ");
    const rate = said(valueAt(rates[0], step));
    const values = [readOut(losses, "loss"), readOut(metrics, name, unit), `learning rate ${rate}`].join("; ");
    readout.tell(`Step ${count(step)}, epoch ${written(epoch)}: ${values}`, store.state?.running ?? false);
  }

  charts.addEventListener("keydown", (event) => {
    const steps = store.curves?.steps ?? [];
    const at = steps.indexOf(read ?? steps[steps.length - 1]);
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: steps.length - 1 }[event.key];
    if (next === undefined) {
      if (event.key === "Escape") point(null);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    point(steps[Math.min(steps.length - 1, Math.max(0, next))] ?? null);
  });
  charts.addEventListener("blur", () => point(null));

  const leave = [
    store.subscribe(["curves", "state"], draw),
    store.subscribe(["state", "frame"], () => read === null && tellValues()),
    onScheme(() => all.forEach((chart) => chart.redraw())),
    ...all.map((chart) => chart.destroy),
    table.destroy,
  ];
  return () => {
    leave.forEach((one) => one());
    element.replaceChildren();
  };
}

/** @param {Curves} curves @returns {{loss: Line[], metric: Line[], rate: Line[]}} */
function linesOf({ steps, train, validation_steps, validation, train_metric, validation_metric, learning_rate }) {
  const [training, held] = [
    { name: "training", color: 0, dashes: DASHES[0] },
    { name: "validation", color: 1, dashes: DASHES[1] },
  ];
  const hasValidation = validation.some((value) => value !== null);
  return {
    loss: [
      { ...training, name: "training (batches)", steps, values: train },
      ...(hasValidation ? [{ ...held, steps: validation_steps, values: validation }] : []),
    ],
    metric: [
      { ...training, steps: validation_steps, values: train_metric },
      ...(hasValidation ? [{ ...held, steps: validation_steps, values: validation_metric }] : []),
    ],
    rate: [{ name: "learning rate", color: 2, dashes: "", steps, values: learning_rate }],
  };
}

/** @param {number | null | undefined} value @param {string} [unit] */
const said = (value, unit = "") => (value === undefined ? "not yet" : measured(value, unit, 5));
