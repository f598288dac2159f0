/**
 * From numbers to places on the screen and back, and the numbers that an axis is marked with.
 *
 * @typedef {{to: (value: number) => number, from: (place: number) => number, ticks: number[],
 *   domain: [number, number]}} Scale
 */

/**
 * A linear scale; where the two ends are one number it is widened around it.
 * @param {[number, number]} domain @param {[number, number]} range @param {number} [about] how many ticks
 * @returns {Scale}
 */
export function linear(domain, range, about = 5) {
  const [low, high] = domain[0] === domain[1] ? [domain[0] - 0.5, domain[1] + 0.5] : domain;
  const [start, end] = range;
  return {
    to: (value) => start + ((value - low) / (high - low)) * (end - start),
    from: (place) => low + ((place - start) / (end - start)) * (high - low),
    ticks: ticks(low, high, about),
    domain: [low, high],
  };
}

/**
 * A logarithmic scale over positive numbers, marked at powers of ten (at 1, 2 and 5 of each where there are few).
 * @param {[number, number]} domain @param {[number, number]} range
 * @returns {Scale}
 */
export function logarithmic(domain, range) {
  const inner = linear([Math.log10(domain[0]), Math.log10(domain[1])], range);
  const [first, last] = [Math.floor(inner.domain[0]), Math.ceil(inner.domain[1])];
  const every = Math.max(1, Math.round((last - first) / 6));
  const within = last - first <= 3 ? [1, 2, 5] : [1];
  const marks = [];
  for (let power = first; power <= last; power += every) marks.push(...within.map((one) => one * 10 ** power));
  return {
    to: (value) => inner.to(Math.log10(value)),
    from: (place) => 10 ** inner.from(place),
    ticks: marks.filter((one) => one >= domain[0] * 0.999 && one <= domain[1] * 1.001).map(tidy),
    domain,
  };
}

/** Round numbers from low to high, 1, 2 or 5 times a power of ten apart. @param {number} low @param {number} high */
export function ticks(low, high, about = 5) {
  const step = stepOf(high - low, about);
  const marks = [];
  for (let place = Math.ceil(low / step - 1e-9); place * step <= high + step * 1e-9; place++) marks.push(place * step);
  return marks.map(tidy);
}

/** The smallest round number from which this many steps reach as far. @param {number} value */
export function roundedUp(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const found = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((one) => one * power >= value * (1 - 1e-12)) ?? 10;
  return tidy(found * power);
}

/**
 * The next 1, 2 or 5 times a power of ten, downwards or upwards.
 * @param {number} value positive @param {-1 | 1} direction
 */
export function nextMark(value, direction) {
  const power = 10 ** Math.floor(Math.log10(value));
  const marks = [0.5, 1, 2, 5, 10].map((one) => one * power);
  const found =
    direction > 0 ? marks.find((one) => one >= value * 0.999999) : marks.filter((one) => one <= value * 1.000001).pop();
  return tidy(found ?? value);
}

/** @param {number} size @param {number} about */
function stepOf(size, about) {
  const rough = size / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * (rough / power < 1.5 ? 1 : rough / power < 3.5 ? 2 : rough / power < 7.5 ? 5 : 10);
}

/** Without the last digits that come from computing in twos. @param {number} value */
const tidy = (value) => Number(value.toPrecision(12)) || 0;
