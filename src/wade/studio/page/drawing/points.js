/** Rows of the table as points: a shape and a color for each class; filled for training rows, hollow for others. */
import { trace } from "./markers.js";
import { colorOf, ink, series } from "./palette.js";

/**
 * @typedef {import("../types.js").Axes} Axes
 * @typedef {import("./scale.js").Scale} Scale
 */

const LARGEST = 4; // CSS pixels

/**
 * @param {CanvasRenderingContext2D} context @param {Axes} axes @param {Scale} x @param {Scale} y
 * @param {number} classes 0 where the target is a number @param {[number, number]} range of the colors of a number
 */
export function drawPoints(context, axes, x, y, classes, range) {
  const room = Math.sqrt(Math.abs(x.to(x.domain[1]) - x.to(x.domain[0])) / Math.max(axes.points.length, 1));
  const radius = Math.min(LARGEST, Math.max(2, 3.2 * room));
  const draw = classes ? drawClass : axes.kind === "line" ? drawPlain : drawValue;
  axes.points.forEach(([across, up], place) => {
    draw(context, x.to(across), y.to(up), radius, axes.observed[place], axes.parts[place] !== 0, range);
  });
}

/** @typedef {(context: CanvasRenderingContext2D, left: number, top: number, radius: number, observed: number,
 *   isHeldOut: boolean, range: [number, number]) => void} Draw */

/** A shape and a color for each class. @type {Draw} */
function drawClass(context, left, top, radius, observed, isHeldOut) {
  trace(context, observed, left, top, radius);
  finish(
    context,
    isHeldOut ? ink("ground") : series(observed),
    isHeldOut ? series(observed) : ink("ground"),
    isHeldOut,
  );
}

/** One color: the value is where the point is. @type {Draw} */
function drawPlain(context, left, top, radius, _, isHeldOut) {
  trace(context, 0, left, top, radius);
  finish(context, isHeldOut ? ink("ground") : series(0), isHeldOut ? series(0) : ink("ground"), isHeldOut);
}

/** A value by its color; a held-out row has a hole. @type {Draw} */
function drawValue(context, left, top, radius, observed, isHeldOut, range) {
  trace(context, 0, left, top, radius + 0.5);
  finish(context, colorOf("output", observed, ...range), ink("ink"), false);
  if (!isHeldOut) return;
  trace(context, 0, left, top, radius * 0.4);
  finish(context, ink("ground"), ink("ink"), false);
}

/** @param {CanvasRenderingContext2D} context @param {string} fill @param {string} stroke @param {boolean} isThick */
function finish(context, fill, stroke, isThick) {
  context.fillStyle = fill;
  context.strokeStyle = stroke;
  context.lineWidth = isThick ? 1.8 : 1;
  context.fill();
  context.stroke();
}

/**
 * The point nearest to a place, within some pixels of it; −1 where there is none.
 * @param {Axes} axes @param {Scale} x @param {Scale} y
 * @param {number} left @param {number} top @param {number} [within]
 */
export function nearest(axes, x, y, left, top, within = 14) {
  let [found, least] = [-1, within ** 2];
  axes.points.forEach(([across, up], place) => {
    const distance = (x.to(across) - left) ** 2 + (y.to(up) - top) ** 2;
    if (distance <= least) [found, least] = [place, distance];
  });
  return found;
}
