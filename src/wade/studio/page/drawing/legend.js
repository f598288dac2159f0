/** What colors and shapes mean, beside a picture. */
import { make, makeSvg } from "./elements.js";
import { path } from "./markers.js";
import { css, palette, series } from "./palette.js";

/** @typedef {import("./palette.js").Quantity} Quantity */

/**
 * A bar of a palette between the numbers at its ends.
 * @param {Quantity} quantity @param {string} low @param {string} high @param {string} name of what is colored
 */
export function colorBar(quantity, low, high, name) {
  const bar = make("canvas", { class: "color-bar", width: 256, height: 1, "aria-hidden": "true" });
  const context = /** @type {CanvasRenderingContext2D} */ (bar.getContext("2d"));
  palette(quantity).forEach((color, level) => {
    context.fillStyle = css(color);
    context.fillRect(level, 0, 1, 1);
  });
  const ends = [low, high].map((end) => make("span", { class: "number" }, end));
  return make("span", { class: "key" }, name, make("span", { class: "key-bar" }, ends[0], bar, ends[1]));
}

/**
 * A marker and what it stands for.
 * @param {string} name @param {{place?: number, color?: string, hollow?: boolean, ring?: boolean}} how
 */
export function markerKey(name, { place = 0, color = series(place), hollow = false, ring = false }) {
  const shape = makeSvg("path", { d: path(place, 8, 8, ring ? 6.5 : 5) });
  shape.style.fill = ring ? "none" : hollow ? "var(--ground)" : color;
  shape.style.stroke = color;
  shape.style.strokeWidth = ring || hollow ? "2" : "1";
  return make("span", { class: "key" }, makeSvg("svg", { width: 16, height: 16, "aria-hidden": "true" }, shape), name);
}

/**
 * A line and what it stands for.
 * @param {string} name @param {string} color @param {string} dashes
 */
export function lineKey(name, color, dashes) {
  const line = makeSvg("path", { d: "M1 8H27", "stroke-width": 2.5, fill: "none", "stroke-dasharray": dashes });
  line.style.stroke = color;
  return make("span", { class: "key" }, makeSvg("svg", { width: 28, height: 16, "aria-hidden": "true" }, line), name);
}
