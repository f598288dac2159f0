/** A subject in words: what it answers at a place, what a row is, and what a picture shows as a whole. */
import { rowNumber, withUnit, written } from "./format.js";
import { hasValues, placeAt, valueOf } from "./map.js";
import { classAt } from "./subject_paint.js";

/**
 * @typedef {import("../types.js").State} State
 * @typedef {import("./subject.js").Subject} Subject
 */

/** The corners and the middle of a map, as shares of its axes. @type {[string, number, number][]} */
const PLACES = [
  ["lower left", 0, 0],
  ["lower right", 1, 0],
  ["upper left", 0, 1],
  ["upper right", 1, 1],
  ["in the middle", 0.5, 0.5],
];

/**
 * What is answered at a place, given as shares of the axes and in the columns' units.
 * @param {State} state @param {Subject} subject @param {[number, number]} shares @param {number} x @param {number} y
 */
export function answerAt(state, subject, shares, x, y) {
  const { axes } = state;
  if (axes.kind === "histogram") return histogramAt(subject, shares[0]);
  const across = `${axes.columns[0]} ${withUnit(written(x), axes.units[0])}`;
  if (axes.kind === "line") return `${across}: ${subject.name} ${valueAt(subject, shares, true)}`;
  const answer = valueAt(subject, shares, false, state.data.classes);
  return `${across}, ${axes.columns[1]} ${withUnit(written(y), axes.units[1])}: ${subject.name} ${answer}`;
}

/** @param {Subject} subject @param {number} share */
function histogramAt({ part, name }, share) {
  if (!part || !hasValues(part)) return `${name}: no finite value`;
  const place = Math.min(part.data.length - 1, Math.floor(share * part.data.length));
  const [from = 0, to = 1] = [part.from, part.to];
  const [first, last] = [place, place + 1].map((one) => written(from + (one / part.data.length) * (to - from), 3));
  return `${name} from ${first} to ${last}: about ${written(valueOf(part, part.data[place]), 3)} rows`;
}

/** @param {Subject} subject @param {[number, number]} shares @param {boolean} isLine @param {string[]} [classes] */
function valueAt(subject, shares, isLine, classes = []) {
  const { part, confidence } = subject;
  if (!part) return "is on its way";
  if (!hasValues(part)) return "is not finite";
  const n = part.shape[0];
  const place = isLine ? Math.round(shares[0] * (n - 1)) : placeAt(n, ...shares);
  if (subject.isClasses) {
    const sure = confidence && hasValues(confidence) ? written(valueOf(confidence, confidence.data[place]), 2) : "?";
    return `${classes[classAt(subject, place)]} (probability ${sure})`;
  }
  return withUnit(written(valueOf(part, part.data[place]), 3), subject.unit);
}

/** A drawn row: its number, what was observed, and its part. @param {State} state @param {number} place */
export function rowText({ axes, data, settings }, place) {
  const observed = axes.observed[place];
  const said = data.classes.length ? data.classes[observed] : written(observed);
  const part = axes.parts[place] ? "held-out row" : "training row";
  return `row ${rowNumber(axes.rows[place])}: ${settings.target} ${said} observed, ${part}`;
}

/**
 * What a picture shows, for those who do not see it.
 * @param {State} state @param {Subject} subject
 */
export function summaryOf(state, subject) {
  const { axes, data, step } = state;
  const { part } = subject;
  if (!part) return `${subject.name}: the picture is on its way.`;
  if (!hasValues(part)) return `${subject.name} is not finite after step ${step}.`;
  const rows = `${axes.points.length} rows are drawn, ${axes.parts.filter(Boolean).length} of them held out.`;
  if (axes.kind === "histogram") return `Histogram of ${subject.name} over rows. ${histogramAt(subject, 0.5)}.`;
  if (axes.kind === "line") {
    const along = [0, 0.25, 0.5, 0.75, 1].map((share) => {
      const x = axes.x[0] + share * (axes.x[1] - axes.x[0]);
      return `${valueAt(subject, [share, 0], true)} at ${written(x, 3)}`;
    });
    return `${subject.name} over ${axes.columns[0]}: ${along.join(", ")}. ${subject.isOutput ? rows : ""}`;
  }
  const places = PLACES.map(([name, x, y]) => `${valueAt(subject, [x, y], false, data.classes)} ${name}`);
  const columns = axes.columns.map((name, place) => (axes.units[place] ? `${name} in ${axes.units[place]}` : name));
  return `Map of ${subject.name} over ${columns.join(" and ")}: ${places.join(", ")}. ${rows}`;
}
