/** Rows of the table as points: a shape and a color for each class, filled for training rows, hollow for held-out ones. */
import { trace } from "./markers.js";
import { colorOf, ink, series } from "./palette.js";

/**
 * @typedef {import("../types.js").Axes} Axes
 * @typedef {import("./scale.js").Scale} Scale
 */

const RADIUS = 4;

/**
 * @param {CanvasRenderingContext2D} context @param {Axes} axes @param {Scale} x @param {Scale} y
 * @param {{classes: number, domain: [number, number]}} how classes: 0 where the target is a number
 */
export function drawPoints(context, axes, x, y, { classes, domain }) {
  const [ground, outline] = [ink("ground"), ink("ink")];
  const radius = axes.points.length > 400 ? RADIUS - 1 : RADIUS;
  axes.points.forEach(([across, up], place) => {
    const observed = axes.observed[place];
    const color = classes ? series(observed) : colorOf("output", observed, ...domain);
    const isHeldOut = axes.parts[place] === 1;
    trace(context, classes ? observed : 0, x.to(across), y.to(up), radius);
    context.fillStyle = isHeldOut ? ground : color;
    context.fill();
    context.lineWidth = isHeldOut ? 1.8 : 1;
    context.strokeStyle = isHeldOut ? (classes ? color : outline) : classes ? ground : outline;
    context.stroke();
  });
}

/**
 * The point nearest to a place, within some pixels of it; −1 where there is none.
 * @param {Axes} axes @param {Scale} x @param {Scale} y @param {number} left @param {number} top @param {number} [within]
 */
export function nearest(axes, x, y, left, top, within = 14) {
  let [found, least] = [-1, within ** 2];
  axes.points.forEach(([across, up], place) => {
    const distance = (x.to(across) - left) ** 2 + (y.to(up) - top) ** 2;
    if (distance <= least) [found, least] = [place, distance];
  });
  return found;
}
