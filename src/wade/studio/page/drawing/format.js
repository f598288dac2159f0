/** Numbers as people read them. Nothing here computes; the numbers come from the server. */

const MINUS = "−";
/** @type {Intl.NumberFormat[]} by decimals: to make one costs more than to use it */
const formatters = [];

/**
 * A number with this many significant digits: 0.1235, 12,350, 1.2·10⁻⁷; "not finite" where it is null.
 * @param {number | null | undefined} value @param {number} [digits]
 */
export function written(value, digits = 4) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "not finite";
  if (value === 0) return "0";
  const power = Math.floor(Math.log10(Math.abs(value)));
  if (power < -4 || power >= Math.max(digits, 7)) return scientific(value, digits);
  const rounded = Number(value.toPrecision(digits));
  const decimals = Math.max(0, digits - 1 - power);
  const text = formatter(decimals).format(Math.abs(rounded));
  return rounded < 0 ? MINUS + text : text;
}

/** Every digit, so that reading it back gives the same number. @param {any} value */
export function exact(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "number" ? String(value).replaceAll("-", MINUS) : String(value);
}

/** The number by which people call a row: from 1. @param {number} index from 0 */
export const rowNumber = (index) => count(index + 1);

/**
 * A metric with its unit; shares as percentages.
 * @param {number | null | undefined} value @param {string} unit @param {number} [digits]
 */
export function measured(value, unit, digits = 4) {
  if (typeof value !== "number" || unit !== "share")
    return withUnit(written(value, digits), unit === "share" ? "" : unit);
  return withUnit(written(100 * value, digits), "%");
}

/** A count: 12,345. @param {number} value */
export function count(value) {
  return formatter(3).format(value);
}

/** A count of things: "1 row", "12 rows". @param {number} value @param {string} thing */
export const plural = (value, thing) => `${count(value)} ${thing}${value === 1 ? "" : "s"}`;

/** With its unit, where it has one. @param {string} text @param {string} unit */
export function withUnit(text, unit) {
  return unit ? `${text}\u202f${unit}` : text;
}

/** The name of a column with its unit, for an axis. @param {string} name @param {string} unit */
export function titled(name, unit) {
  return unit ? `${name} (${unit})` : name;
}

/** With a capital, as the first word of a line. @param {string} text */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @param {number} value @param {number} digits */
function scientific(value, digits) {
  const [size, power] = value.toExponential(digits - 1).split("e");
  const raised = power.replace("+", "").replace(/[-\d]/g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
  const short = size.includes(".") ? size.replace(/\.?0+$/, "") : size;
  const factor = short === "1" || short === "-1" ? short.slice(0, -1) : `${short}·`;
  return `${factor.replace("-", MINUS)}10${raised}`;
}

/** @param {number} decimals at most */
function formatter(decimals) {
  return (formatters[decimals] ??= new Intl.NumberFormat("en", { maximumFractionDigits: decimals }));
}
