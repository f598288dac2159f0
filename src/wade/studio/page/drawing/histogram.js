/** A small histogram of counts between edges, in SVG; bars and words come from the same table. */
import { boxFor, drawAxes } from "./axes.js";
import { watchSize } from "./canvas.js";
import { make, makeSvg } from "./elements.js";
import { count, written } from "./format.js";
import { linear } from "./scale.js";

const HEIGHT = 120;

/** @typedef {import("../types.js").NumbersShown} NumbersShown a row is: from, to, count */

/** @param {string} xTitle */
export function histogram(xTitle) {
  const axesGroup = makeSvg("g", {});
  const bars = makeSvg("path", { class: "bars" });
  const svg = makeSvg("svg", { class: "chart", role: "img", height: HEIGHT }, bars, axesGroup);
  const element = make("div", { class: "histogram" }, svg);
  let width = 0;
  /** @type {[from: number, to: number, count: number][]} */
  let rows = [];

  const draw = () => {
    if (!width || !rows.length) return;
    const most = Math.max(...rows.map((row) => row[2]), 1);
    const y = linear([0, most], [1, 0], 3);
    const box = boxFor(width, HEIGHT, y.ticks, { x: xTitle, y: "" });
    const x = linear([rows[0][0], rows[rows.length - 1][1]], [box.left, box.right], Math.max(2, width / 80));
    const up = linear([0, most], [box.bottom, box.top], 3);
    bars.setAttribute(
      "d",
      rows
        .filter((row) => row[2] > 0)
        .map(
          ([from, to, height]) =>
            `M${x.to(from).toFixed(1)} ${box.bottom}V${up.to(height).toFixed(1)}H${Math.max(x.to(to) - 1, x.to(from) + 1).toFixed(1)}V${box.bottom}Z`,
        )
        .join(""),
    );
    drawAxes(axesGroup, box, x, up, { x: xTitle, y: "" });
  };
  const destroy = watchSize(element, (wide) => {
    width = wide;
    svg.setAttribute("width", String(wide));
    draw();
  });
  return {
    element,
    /** @param {NumbersShown} table */
    update: (table) => {
      rows = /** @type {[number, number, number][]} */ (table.rows.filter((row) => row.every(Number.isFinite)));
      svg.setAttribute("aria-label", `${table.title}: ${inWords(rows)}`);
      draw();
    },
    destroy,
  };
}

/** @param {[number, number, number][]} rows */
function inWords(rows) {
  if (!rows.length) return "no finite values.";
  const all = rows.reduce((sum, row) => sum + row[2], 0);
  const [from, to, most] = rows.reduce((best, row) => (row[2] > best[2] ? row : best));
  const ends = `${count(all)} values from ${written(rows[0][0], 3)} to ${written(rows[rows.length - 1][1], 3)}`;
  return `${ends}, most of them, ${count(most)}, between ${written(from, 3)} and ${written(to, 3)}.`;
}
