/**
 * Two axes with ticks and titles around a plot, in SVG over what is plotted.
 *
 * @typedef {import("./scale.js").Scale} Scale
 * @typedef {{left: number, right: number, top: number, bottom: number}} Box in CSS pixels
 */
import { makeSvg } from "./elements.js";
import { written } from "./format.js";

const LETTER = 6.6; // pixels, about, of a tick's label
const DIGITS = 6;

/** @param {number} value */
export const tickText = (value) => written(value, DIGITS);

/**
 * Where the plot is in a picture of this size: beside it is room for the labels of y and the titles.
 * @param {number} width @param {number} height @param {number[]} yTicks @param {{x: string, y: string}} titles
 * @returns {Box}
 */
export function boxFor(width, height, yTicks, titles) {
  const longest = Math.max(5, ...yTicks.map((tick) => tickText(tick).length));
  const left = Math.min(Math.round(LETTER * longest) + (titles.y ? 26 : 12), width * 0.3);
  return { left, right: width - 16, top: 8, bottom: height - (titles.x ? 40 : 24) };
}

/**
 * Axes as children of an svg element of this size.
 * @param {SVGGElement} group @param {Box} box @param {Scale} x @param {Scale} y
 * @param {{x: string, y: string}} titles @param {boolean} [grid] faint lines at the ticks
 */
export function drawAxes(group, box, x, y, titles, grid = false) {
  const marks = spaced(x.ticks, x, LETTER * Math.max(2, ...x.ticks.map((tick) => tickText(tick).length)) + 10);
  const middle = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  group.replaceChildren(
    ...(grid ? lines(box, marks, y.ticks, x, y) : []),
    makeSvg("path", { class: "axis", d: `M${box.left} ${box.top}V${box.bottom}H${box.right}` }),
    ...marks.map((tick) =>
      makeSvg(
        "g",
        { transform: `translate(${x.to(tick)} ${box.bottom})` },
        makeSvg("path", { class: "axis", d: "M0 0v4" }),
        xLabel(tickText(tick), box.right + 14 - x.to(tick)),
      ),
    ),
    ...spaced(y.ticks, y, 14).map((tick) =>
      makeSvg(
        "g",
        { transform: `translate(${box.left} ${y.to(tick)})` },
        makeSvg("path", { class: "axis", d: "M0 0h-4" }),
        makeSvg("text", { x: -7, y: 4, "text-anchor": "end" }, tickText(tick)),
      ),
    ),
    makeSvg(
      "text",
      { class: "title", x: middle.x, y: box.bottom + 33, "text-anchor": "middle" },
      shortened(titles.x, box.right - box.left),
    ),
    makeSvg(
      "text",
      { class: "title", transform: `translate(12 ${middle.y}) rotate(-90)`, "text-anchor": "middle" },
      shortened(titles.y, box.bottom - box.top),
    ),
  );
}

/** A label under its tick, moved to the left where it has no room to the right. @param {string} text @param {number} room */
function xLabel(text, room) {
  const over = Math.max(0, (LETTER * text.length) / 2 - room);
  return makeSvg("text", { x: -over, y: 16, "text-anchor": "middle" }, text);
}

/** @param {Box} box @param {number[]} xs @param {number[]} ys @param {Scale} x @param {Scale} y */
function lines(box, xs, ys, x, y) {
  const across = ys.map((tick) => `M${box.left} ${y.to(tick)}H${box.right}`);
  const along = xs.map((tick) => `M${x.to(tick)} ${box.top}V${box.bottom}`);
  return [makeSvg("path", { class: "grid", d: [...across, ...along].join("") })];
}

/**
 * Ticks that leave each other room: every second, third …
 * @param {number[]} all @param {Scale} scale @param {number} room
 */
function spaced(all, scale, room) {
  const apart =
    all.length > 1 ? Math.min(...all.slice(1).map((one, at) => Math.abs(scale.to(one) - scale.to(all[at])))) : room;
  const every = Math.max(1, Math.ceil(room / Math.max(apart, 1e-6)));
  return all.filter((_, place) => place % every === 0);
}

/** A title that fits along its axis. @param {string} title @param {number} room */
function shortened(title, room) {
  const most = Math.max(6, Math.floor(room / 7));
  return title.length > most ? `${title.slice(0, most - 1)}…` : title;
}
