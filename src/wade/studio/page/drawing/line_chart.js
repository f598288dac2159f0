/**
 * Lines over steps on one pair of axes, in SVG.
 *
 * @typedef {{name: string, steps: number[], values: (number | null)[], color: number, dashes: string}} Line
 * @typedef {{title: string, xTitle: string, lines: Line[], steps: [number, number],
 *   axis: "fitted" | "zero" | "logarithmic"}} Chart
 */
import { boxFor, drawAxes } from "./axes.js";
import { watchSize } from "./canvas.js";
import { make, makeSvg } from "./elements.js";
import { written } from "./format.js";
import { lineKey } from "./legend.js";
import { series } from "./palette.js";
import { linear, logarithmic, nextMark, ticks } from "./scale.js";

/** @param {number} height @param {(step: number | null) => void} onPoint what the mouse points at */
export function lineChart(height, onPoint) {
  const heading = make("h3", {});
  const keys = make("div", { class: "legend" });
  const axesGroup = makeSvg("g", {});
  const paths = makeSvg("g", {});
  const cross = makeSvg("path", { class: "cross" });
  const svg = makeSvg("svg", { class: "chart", role: "img", height }, axesGroup, paths, cross);
  const element = make("div", {}, make("div", { class: "spread" }, heading, keys), svg);
  let [width, drawn] = [0, ""];
  /** @type {Chart | null} */
  let chart = null;
  let box = boxFor(1, 1, [], { x: "", y: "" });
  let x = linear([0, 1], [0, 1]);

  const draw = () => {
    if (!chart || !width) return;
    const shown = chart.lines.map((line) => ({ ...line, points: pointsOf(line, /** @type {Chart} */ (chart).steps) }));
    const values = shown.flatMap(({ points }) => points.map((point) => point[1])).filter(isNumber);
    const domain = domainOf(values, chart.axis);
    const isLogarithmic = chart.axis === "logarithmic" && domain[0] > 0;
    const make_y = isLogarithmic ? logarithmic : linear;
    const titles = { x: chart.xTitle, y: "" };
    box = boxFor(width, height, make_y(domain, [1, 0]).ticks, titles);
    x = linear(chart.steps, [box.left, box.right], Math.max(2, Math.min(8, width / 90)));
    const y = make_y(domain, [box.bottom, box.top]);
    const axes = JSON.stringify([width, domain, chart.steps, isLogarithmic, titles]);
    if (axes !== drawn) drawAxes(axesGroup, box, x, y, titles, true);
    drawn = axes;
    paths.replaceChildren(
      ...shown.flatMap(({ points, color, dashes }) => {
        const path = makeSvg("path", { class: "line", d: pathOf(points, x.to, y.to), "stroke-dasharray": dashes });
        path.style.stroke = series(color);
        const dots = points
          .filter((_, place) => isAlone(points, place))
          .map(([step, value]) => {
            const dot = makeSvg("circle", { cx: x.to(step), cy: y.to(/** @type {number} */ (value)), r: 3 });
            dot.style.fill = series(color);
            return dot;
          });
        return [path, ...dots];
      }),
    );
  };
  /** @param {number | null} step */
  const point = (step) => {
    cross.toggleAttribute("hidden", step === null);
    if (step !== null) cross.setAttribute("d", `M${x.to(step)} ${box.top}V${box.bottom}`);
  };
  svg.addEventListener("pointermove", (event) => onPoint(x.from(event.clientX - svg.getBoundingClientRect().left)));
  svg.addEventListener("pointerleave", () => onPoint(null));
  const leave = watchSize(element, (wide) => {
    width = wide;
    svg.setAttribute("width", String(wide));
    draw();
  });

  let named = "";
  return {
    element,
    /** @param {Chart} next */
    show: (next) => {
      chart = next;
      const isLogarithmic = next.axis === "logarithmic";
      heading.textContent = isLogarithmic ? `${next.title}, logarithmic` : next.title;
      const names = JSON.stringify(next.lines.map((line) => [line.name, line.color]));
      keys.hidden = next.lines.length < 2;
      if (names !== named)
        keys.replaceChildren(...next.lines.map((one) => lineKey(one.name, series(one.color), one.dashes)));
      named = names;
      svg.setAttribute("aria-label", `${heading.textContent}. ${next.lines.map(inWords).join(" ")}`);
      draw();
    },
    point,
    redraw: () => {
      named = "";
      draw();
    },
    destroy: leave,
  };
}

/** The value of a line at a step: the last one up to it. @param {Line} line @param {number} step */
export function valueAt({ steps, values }, step) {
  let found = -1;
  for (let place = 0; place < steps.length && steps[place] <= step; place++) found = place;
  return found < 0 ? undefined : values[found];
}

/** @param {Line} line */
function inWords({ name, steps, values }) {
  const finite = values.map((value, place) => [steps[place], value]).filter(([, value]) => isNumber(value));
  if (!finite.length) return `${name}: no value yet.`;
  const [[first, begin], [last, end]] = [finite[0], finite[finite.length - 1]];
  const lost = isNumber(values[values.length - 1]) ? "" : `; then not finite`;
  return `${name}: ${written(begin)} at step ${first}, ${written(end)} at step ${last}${lost}.`;
}

/** @param {unknown} value @returns {value is number} */
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/** Those in a range of steps, and the one before it. @param {Line} line @param {[number, number]} range */
function pointsOf({ steps, values }, [first, last]) {
  const points = /** @type {[number, number | null][]} */ (steps.map((step, place) => [step, values[place]]));
  const begin = Math.max(0, points.findIndex(([step]) => step >= first) - 1);
  return points.slice(points[begin]?.[0] >= first ? begin : begin + 1).filter(([step]) => step <= last);
}

/** @param {number[]} values @param {Chart["axis"]} axis @returns {[number, number]} */
function domainOf(values, axis) {
  if (!values.length) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (axis === "logarithmic" && low > 0)
    return high > low ? [nextMark(low, -1), nextMark(high, 1)] : [low / 2, high * 2];
  const from = axis === "zero" ? Math.min(0, low) : low;
  if (from === high) return [from - Math.abs(from || 1) / 10, high + Math.abs(high || 1) / 10];
  const marks = ticks(from, high); // ends are ticks, so that the axis does not move with every value
  const apart = marks.length > 1 ? marks[1] - marks[0] : high - from;
  return [Math.floor(from / apart + 1e-9) * apart, Math.ceil(high / apart - 1e-9) * apart];
}

/**
 * Whether a point has a value and no neighbor to draw a line to.
 * @param {[number, number | null][]} points @param {number} at
 */
function isAlone(points, at) {
  const [before, own, after] = [at - 1, at, at + 1].map((place) => isNumber(points[place]?.[1]));
  return own && !before && !after;
}

/**
 * @param {[number, number | null][]} points @param {(step: number) => number} x @param {(value: number) => number} y
 */
function pathOf(points, x, y) {
  let isDown = false;
  return points
    .map(([step, value]) => {
      if (!isNumber(value)) {
        isDown = false;
        return "";
      }
      const command = isDown ? "L" : "M";
      isDown = true;
      return `${command}${x(step).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join("");
}
