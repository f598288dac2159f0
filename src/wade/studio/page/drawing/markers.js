/** Shapes that tell classes apart beside their colors; filled for training rows, hollow for held-out ones. */

/** @typedef {[x: number, y: number][]} Outline */

const TURN = 2 * Math.PI;

/** @param {number} corners @param {number} [from] share of a turn @returns {Outline} */
const polygon = (corners, from = 0) =>
  Array.from({ length: corners }, (_, place) => {
    const angle = TURN * (from + place / corners - 0.25);
    return [Math.cos(angle), Math.sin(angle)];
  });

/** @type {Outline} */
const CROSS = [
  [-0.35, -1],
  [0.35, -1],
  [0.35, -0.35],
  [1, -0.35],
  [1, 0.35],
  [0.35, 0.35],
  [0.35, 1],
  [-0.35, 1],
  [-0.35, 0.35],
  [-1, 0.35],
  [-1, -0.35],
  [-0.35, -0.35],
];
/** @type {Outline} */
const STAR = polygon(10).map(([x, y], place) => (place % 2 ? [0.45 * x, 0.45 * y] : [1.15 * x, 1.15 * y]));
/** @type {Outline} */
const TILTED = CROSS.map(([x, y]) => [(x - y) / Math.SQRT2, (x + y) / Math.SQRT2]);

/** Around the origin, of about one size; the first is a circle. @type {{name: string, outline: Outline}[]} */
export const MARKERS = [
  { name: "circle", outline: [] },
  {
    name: "square",
    outline: [
      [-0.85, -0.85],
      [0.85, -0.85],
      [0.85, 0.85],
      [-0.85, 0.85],
    ],
  },
  { name: "triangle", outline: polygon(3).map(([x, y]) => [1.15 * x, 1.15 * y]) },
  { name: "diamond", outline: polygon(4).map(([x, y]) => [1.1 * x, 1.1 * y]) },
  { name: "triangle that points down", outline: polygon(3, 0.5).map(([x, y]) => [1.15 * x, 1.15 * y]) },
  { name: "plus", outline: CROSS },
  { name: "cross", outline: TILTED },
  { name: "star", outline: STAR },
];

/** The marker of a series, counted from 0. @param {number} place */
export const marker = (place) => MARKERS[place % MARKERS.length];

/**
 * Its path on a canvas; what it is filled and stroked with is the caller's.
 * @param {CanvasRenderingContext2D} context @param {number} place @param {number} x @param {number} y
 * @param {number} radius
 */
export function trace(context, place, x, y, radius) {
  const { outline } = marker(place);
  context.beginPath();
  if (!outline.length) context.arc(x, y, radius, 0, TURN);
  outline.forEach(([dx, dy], corner) => {
    if (corner) context.lineTo(x + radius * dx, y + radius * dy);
    else context.moveTo(x + radius * dx, y + radius * dy);
  });
  context.closePath();
}

/** Its path in SVG. @param {number} place @param {number} x @param {number} y @param {number} radius */
export function path(place, x, y, radius) {
  const { outline } = marker(place);
  if (!outline.length)
    return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
  return `M${outline.map(([dx, dy]) => `${(x + radius * dx).toFixed(2)} ${(y + radius * dy).toFixed(2)}`).join("L")}Z`;
}
