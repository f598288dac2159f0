/** Paints a subject over its axes, as a map, a line or a histogram, and makes the legend of it. */
import { written, withUnit } from "./format.js";
import { colorBar, lineKey, markerKey } from "./legend.js";
import { classOf, hasValues, paintClasses, paintValues, traceLevel, valueOf } from "./map.js";
import { colorOf, ink, series } from "./palette.js";

/**
 * @typedef {import("../types.js").State} State
 * @typedef {import("./subject.js").Subject} Subject
 * @typedef {import("../frames.js").Part} Part
 * @typedef {import("./axes.js").Box} Box
 * @typedef {import("./scale.js").Scale} Scale
 * @typedef {{x: Scale, y: Scale}} Scales
 */

/**
 * @param {CanvasRenderingContext2D} context @param {Box} box @param {Scales} scales @param {Subject} subject
 * @param {State} state
 */
export function paintSubject(context, box, scales, subject, state) {
  const { part, confidence } = subject;
  if (!part || !hasValues(part)) return;
  if (state.axes.kind === "histogram") paintHistogram(context, box, scales, part);
  else if (state.axes.kind === "line") paintLine(context, box, scales.y, part);
  else if (subject.isClasses) {
    if (confidence && hasValues(confidence)) paintClasses(context, box, part, confidence, state.data.classes.length);
  } else {
    paintValues(context, box, part, subject.quantity, subject.domain);
    if (subject.border) {
      traceLevel(context, box, subject.border.part, subject.border.value);
      context.lineWidth = 1.5;
      context.strokeStyle = ink("ink");
      context.stroke();
    }
  }
}

/** @param {CanvasRenderingContext2D} context @param {Box} box @param {Scale} y @param {Part} part */
function paintLine(context, box, y, part) {
  const { data } = part;
  context.save();
  context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.clip();
  context.beginPath();
  data.forEach((level, place) => {
    const left = box.left + (place / (data.length - 1)) * (box.right - box.left);
    context.lineTo(left, y.to(valueOf(part, level)));
  });
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = ink("ink");
  context.stroke();
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {Box} box @param {Scales} scales @param {Part} part */
function paintHistogram(context, box, { x, y }, part) {
  const { data, from = 0, to = 1 } = part;
  const wide = (box.right - box.left) / data.length;
  data.forEach((level, place) => {
    const top = y.to(valueOf(part, level));
    const middle = from + ((place + 0.5) / data.length) * (to - from);
    context.fillStyle = colorOf("activation", middle, from, to);
    context.fillRect(x.to(from) + place * wide + 0.5, top, Math.max(1, wide - 1), box.bottom - top);
  });
}

/**
 * The legend of a picture: `key` changes where it has to be made anew.
 * @param {State} state @param {Subject} subject @returns {{key: string, items: () => Node[]}}
 */
export function legendOf(state, subject) {
  const { axes, data, row } = state;
  const [low, high] = subject.domain.map((value) => withUnit(written(value, 3), subject.unit));
  const hasRows = axes.kind === "plane" || (axes.kind === "line" && subject.isOutput);
  const key = [
    axes.kind,
    subject.name,
    low,
    high,
    data.classes,
    axes.parts.includes(1),
    row !== null,
    Boolean(subject.part),
  ].join("\n");
  const items = () => [
    ...(axes.kind === "plane" && !subject.isClasses ? [colorBar(subject.quantity, low, high, subject.name)] : []),
    ...(axes.kind === "line" ? [lineKey(subject.name, "var(--ink)", "")] : []),
    ...(hasRows ? data.classes.map((name, place) => markerKey(name, { place })) : []),
    ...(hasRows ? rowKeys(state) : []),
  ];
  return { key, items };
}

/** @param {State} state */
function rowKeys({ axes, data, row }) {
  const color = !data.classes.length && axes.kind === "line" ? series(0) : "var(--soft)";
  return [
    markerKey("training rows", { color }),
    ...(axes.parts.includes(1) ? [markerKey("held-out rows", { color, hollow: true })] : []),
    ...(row ? [markerKey("the row at hand", { color: "var(--ink)", ring: true })] : []),
  ];
}

/** The likeliest class at a place of a map of classes. @param {Subject} subject @param {number} place */
export function classAt(subject, place) {
  return subject.part ? classOf(subject.part, subject.part.data[place]) : -1;
}
