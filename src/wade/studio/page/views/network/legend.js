/** What the colors of the maps and the widths of the lines stand for. */
import { make, tell } from "../../drawing/elements.js";
import { written } from "../../drawing/format.js";
import { css, palette } from "../../drawing/palette.js";
import { outputQuantity } from "../../drawing/subject.js";

/** @typedef {import("./neurons.js").Scale} Scale */

const MOST_CLASSES = 4; // that have a stripe of their own in the bar of the output
const STOPS = [0, 64, 128, 191, 255];

/** @returns {{element: HTMLElement, draw: (scales: Scale[], widest: number, state: import("../../store.js").State) => void}} */
export function legend() {
  const bars = [0, 1, 2].map(() => {
    const [title, low, bar, high] = ["title", "low", "bar", "high"].map((name) => make("span", { class: name }));
    return { element: make("span", { class: "scale" }, title, low, bar, high), title, low, bar, high };
  });
  const widest = make("span", {});
  const weights = make("span", { class: "scale" }, make("span", { class: "title" }, "Weights"),
    make("span", { class: "sample is-negative", "aria-hidden": "true" }), "negative",
    make("span", { class: "sample", "aria-hidden": "true" }), "positive,", widest);
  const phase = make("span", { class: "phase" });
  const element = make("div", { class: "net-legend soft" }, ...bars.map((bar) => bar.element), weights, phase);
  return { element, draw: (scales, largest, state) => {
    scales.forEach(({ title, quantity, domain: [low, high] }, at) => {
      const bar = bars[at];
      bar.element.hidden = !(high > low);
      tell(bar.title, title);
      tell(bar.low, written(low, 2));
      tell(bar.high, written(high, 2));
      const several = quantity === "output" && state.data.task === "multiclass" ? state.data.classes.length : 0;
      const quantities = several ? Array.from({ length: Math.min(several, MOST_CLASSES) }, (_, place) =>
        outputQuantity(state, place)) : [quantity];
      bar.bar.style.background = quantities.map((one, place) => stripe(one, place, quantities.length)).join(", ");
    });
    tell(widest, `widest line ${written(largest, 2)}`);
    tell(phase, { "": "", forward: "Forward: values of the row at hand", backward: "Backward: δ of the row at hand" }[state.phase]);
    phase.className = `phase ${state.phase && `is-${state.phase}`}`;
  } };
}

/** A palette from left to right, as one of several stripes. @param {Scale["quantity"]} quantity @param {number} place @param {number} all */
function stripe(quantity, place, all) {
  const colors = palette(quantity);
  const stops = STOPS.map((stop) => css(colors[stop])).join(", ");
  return `linear-gradient(to right, ${stops}) 0 ${all > 1 ? (100 * place) / (all - 1) : 0}% / 100% ${100 / all}% no-repeat`;
}
