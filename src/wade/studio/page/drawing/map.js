/** Maps of a neuron or of the likeliest class over two axes, painted into a box of a canvas. */
import { levelOf, palette } from "./palette.js";

/**
 * @typedef {import("../frames.js").Part} Part
 * @typedef {import("./axes.js").Box} Box
 * @typedef {import("./palette.js").Quantity} Quantity
 */

const scratch = document.createElement("canvas");

/** Whether all values of a map are finite. @param {Part} part @returns {part is Part & {low: number, high: number}} */
export const hasValues = (part) => part.low !== null && part.high !== null;

/** The value of a level of a map. @param {Part} part @param {number} level */
export const valueOf = (part, level) => (part.low ?? NaN) + (((part.high ?? NaN) - (part.low ?? NaN)) * level) / 255;

/**
 * A map of values, from the color of the lowest of a domain to that of the highest.
 * @param {CanvasRenderingContext2D} context @param {Box} box @param {Part} part
 * @param {Quantity} quantity @param {[number, number]} domain
 */
export function paintValues(context, box, part, quantity, domain) {
  const colors = palette(quantity);
  const ofLevel = Array.from({ length: 256 }, (_, level) => colors[levelOf(valueOf(part, level), ...domain)]);
  paint(context, box, part.shape[0], (place) => ofLevel[part.data[place]]);
}

/**
 * The likeliest class by its color, the stronger the likelier it is.
 * @param {CanvasRenderingContext2D} context @param {Box} box @param {Part} classes @param {Part} confidence
 * @param {number} count of classes
 */
export function paintClasses(context, box, classes, confidence, count) {
  const strengths = Array.from({ length: 256 }, (_, level) => levelOf(valueOf(confidence, level), 1 / count, 1));
  const colors = Array.from({ length: count }, (_, place) => {
    const ofClass = palette(`class ${place}`);
    return strengths.map((strength) => ofClass[strength]);
  });
  paint(context, box, classes.shape[0], (place) => {
    return colors[classOf(classes, classes.data[place])][confidence.data[place]];
  });
}

/** The number of a class in a map of classes. @param {Part} part @param {number} level */
export const classOf = (part, level) => Math.round(valueOf(part, level));

/**
 * The line on which a map has this value.
 * @param {CanvasRenderingContext2D} context @param {Box} box @param {Part} part @param {number} value
 */
export function traceLevel(context, box, part, value) {
  const n = part.shape[0];
  const low = part.low ?? NaN;
  const wanted = ((value - low) / ((part.high ?? NaN) - low || 1)) * 255;
  const [wide, high] = [(box.right - box.left) / (n - 1), (box.bottom - box.top) / (n - 1)];
  context.beginPath();
  for (let row = 0; row + 1 < n; row++) {
    for (let column = 0; column + 1 < n; column++) {
      const at = row * n + column;
      const corners = [part.data[at], part.data[at + 1], part.data[at + n + 1], part.data[at + n]];
      const crossings = [];
      for (let edge = 0; edge < 4; edge++) {
        const [first, second] = [corners[edge], corners[(edge + 1) % 4]];
        if (first < wanted === second < wanted) continue;
        const share = (wanted - first) / (second - first);
        const [dx, dy] = [
          [share, 0],
          [1, share],
          [1 - share, 1],
          [0, 1 - share],
        ][edge];
        crossings.push([box.left + (column + dx) * wide, box.bottom - (row + dy) * high]);
      }
      for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
        context.moveTo(crossings[pair][0], crossings[pair][1]);
        context.lineTo(crossings[pair + 1][0], crossings[pair + 1][1]);
      }
    }
  }
}

/**
 * The place in a map's data at these shares of its axes, from 0 to 1.
 * @param {number} n @param {number} x @param {number} y
 */
export function placeAt(n, x, y) {
  const near = (/** @type {number} */ share) => Math.round(Math.min(1, Math.max(0, share)) * (n - 1));
  return near(y) * n + near(x);
}

/**
 * @param {CanvasRenderingContext2D} context @param {Box} box @param {number} n
 * @param {(place: number) => import("./palette.js").Color} colorAt
 */
function paint(context, box, n, colorAt) {
  scratch.width = scratch.height = n;
  const small = /** @type {CanvasRenderingContext2D} */ (scratch.getContext("2d", { willReadFrequently: true }));
  const image = small.createImageData(n, n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const color = colorAt(row * n + column);
      const at = 4 * ((n - 1 - row) * n + column); // the first line is the lowest y
      image.data[at] = color[0];
      image.data[at + 1] = color[1];
      image.data[at + 2] = color[2];
      image.data[at + 3] = 255;
    }
  }
  small.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  // The first and the last point lie on the ends of the axes.
  context.drawImage(scratch, 0.5, 0.5, n - 1, n - 1, box.left, box.top, box.right - box.left, box.bottom - box.top);
}
