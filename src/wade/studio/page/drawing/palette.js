/**
 * Colors by what they stand for, from style.css: a palette for each quantity, and series that also differ by marker.
 *
 * @typedef {"output" | "weight" | "delta" | "activation" | "loss" | "count" | `class ${number}`} Quantity "class 2": of its probability
 * @typedef {[red: number, green: number, blue: number]} Color
 */

export const SERIES = 8;
const WEAKEST = 0.1; // share of its color that an unlikely class has
const STRONGEST = 0.65;

/** @type {Map<string, any>} */
const kept = new Map();
const scheme = window.matchMedia("(prefers-color-scheme: dark)");
scheme.addEventListener("change", () => kept.clear());

/** The color that a custom property of the page has, as CSS. @param {string} name */
export function ink(name) {
  return remembered(name, () => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
}

/** The color of a series, counted from 0. @param {number} place */
export const series = (place) => ink(`series-${place % SERIES}`);

/** The numbers of a color. @param {string} css @returns {Color} */
export function numbersOf(css) {
  const digits = css.replace("#", "");
  return /** @type {Color} */ ([0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16)));
}

/** 256 colors from the lowest to the highest. @param {Quantity} quantity @returns {Color[]} */
export function palette(quantity) {
  return remembered(`palette ${quantity}`, () => {
    const stops = quantity.startsWith("class ") ? ofClass(Number(quantity.slice(6))) : [];
    for (let place = 0; ink(`${quantity}-${place}`); place++) stops.push(numbersOf(ink(`${quantity}-${place}`)));
    return Array.from({ length: 256 }, (_, level) => {
      const along = (level / 255) * (stops.length - 1);
      const first = Math.min(Math.floor(along), stops.length - 2);
      return blend(stops[first], stops[first + 1], along - first);
    });
  });
}

/** From the neutral middle to the color of a class. @param {number} place @returns {Color[]} */
function ofClass(place) {
  const [neutral, pure] = [ink("output-2"), series(place)].map(numbersOf);
  return [blend(neutral, pure, WEAKEST), blend(neutral, pure, STRONGEST)];
}

/**
 * The color of a value between low and high.
 * @param {Quantity} quantity @param {number} value @param {number} low @param {number} high
 */
export function colorOf(quantity, value, low, high) {
  return css(palette(quantity)[levelOf(value, low, high)]);
}

/**
 * The level from 0 to 255 of a value between low and high.
 * @param {number} value @param {number} low @param {number} high
 */
export function levelOf(value, low, high) {
  const share = high > low ? (value - low) / (high - low) : 0.5;
  return Math.round(255 * Math.min(1, Math.max(0, share)));
}

/** Between two colors. @param {Color} first @param {Color} second @param {number} share @returns {Color} */
export function blend(first, second, share) {
  return /** @type {Color} */ (first.map((one, place) => Math.round(one + (second[place] - one) * share)));
}

/** @param {Color} color */
export const css = ([red, green, blue]) => `rgb(${red} ${green} ${blue})`;

/** Calls the listener when the page turns light or dark. @param {() => void} listener @returns {() => void} */
export function onScheme(listener) {
  scheme.addEventListener("change", listener);
  return () => scheme.removeEventListener("change", listener);
}

/** @template T @param {string} name @param {() => T} found @returns {T} */
function remembered(name, found) {
  if (!kept.has(name)) kept.set(name, found());
  return kept.get(name);
}
