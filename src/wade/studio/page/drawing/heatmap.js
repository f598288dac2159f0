/**
 * A matrix as colored cells, read by mouse and by arrow keys.
 *
 * @typedef {{values: Float32Array, rows: string[], columns: string[], rowsTitle: string, columnsTitle: string,
 *   most: number, label: string | null}} Matrix values row by row; colors run from −most to most; label: null to keep it
 * @typedef {{onPoint: (row: number, column: number) => void, onChoose: (row: number, column: number) => void}} Does
 *   both −1 where nothing is pointed at
 */
import { fitted, watchSize } from "./canvas.js";
import { make, makeSvg } from "./elements.js";
import { css, levelOf, palette } from "./palette.js";

const LARGEST = 26; // CSS pixels of a cell
const LETTER = 6.4;
const TITLE = 16;

/** @param {Does} does */
export function heatmap({ onPoint, onChoose }) {
  const canvas = make("canvas", { class: "layer", role: "img" });
  const labels = makeSvg("g", {});
  const mark = makeSvg("rect", { class: "cell-mark", hidden: true });
  const svg = makeSvg("svg", { class: "layer", "aria-hidden": "true" }, labels, mark);
  const element = make("div", { class: "heatmap", tabindex: 0, role: "group" }, canvas, svg);
  /** @type {Matrix | null} */
  let matrix = null;
  let [width, left, top, cell, high, shape] = [0, 0, 0, 1, 1, ""];
  /** @type {[number, number]} */
  let at = [-1, -1];

  const arrange = () => {
    if (!matrix || !width) return;
    const { rows, columns, rowsTitle, columnsTitle } = matrix;
    const now = JSON.stringify([rows, columns, width]);
    if (now === shape) return;
    shape = now;
    left = Math.min(width * 0.45, LETTER * Math.max(4, ...rows.map((name) => name.length)) + TITLE + 8);
    cell = Math.min(LARGEST, (width - left - 2) / columns.length);
    high = Math.max(4, Math.min(cell, 320 / rows.length));
    top = 2 * TITLE;
    const [across, down] = [cell * columns.length, high * rows.length];
    for (const one of [element, canvas, svg]) one.style.height = `${top + down + 4}px`;
    const most = Math.max(3, Math.floor((left - TITLE - 8) / LETTER));
    labels.replaceChildren(
      makeSvg("text", { class: "title", x: left, y: 12 }, columnsTitle),
      makeSvg(
        "text",
        { class: "title", transform: `translate(11 ${top + down / 2}) rotate(-90)`, "text-anchor": "middle" },
        down > LETTER * rowsTitle.length ? rowsTitle : "",
      ),
      ...spaced(columns, cell, LETTER * Math.max(...columns.map((name) => name.length)) + 4).map(([name, place]) =>
        makeSvg("text", { x: left + (place + 0.5) * cell, y: top - 4, "text-anchor": "middle" }, name),
      ),
      ...spaced(rows, high, 13).map(([name, place]) =>
        makeSvg(
          "text",
          { x: left - 5, y: top + (place + 0.5) * high + 4, "text-anchor": "end" },
          shortened(name, most),
        ),
      ),
      makeSvg("rect", { class: "axis", x: left, y: top, width: across, height: down }),
    );
  };
  const draw = () => {
    if (!matrix || !width) return;
    arrange();
    const { values, columns, most } = matrix;
    const colors = palette("weight").map(css);
    const context = fitted(canvas, width, top + high * matrix.rows.length + 4);
    values.forEach((value, place) => {
      const [row, column] = [Math.floor(place / columns.length), place % columns.length];
      context.fillStyle = Number.isFinite(value) ? colors[levelOf(value, -most, most)] : "transparent";
      context.fillRect(left + column * cell, top + row * high, Math.ceil(cell), Math.ceil(high));
    });
    if (matrix.label !== null) canvas.setAttribute("aria-label", matrix.label);
  };
  /** @param {number} row @param {number} column */
  const show = (row, column) => {
    mark.toggleAttribute("hidden", row < 0);
    const place = { x: left + column * cell, y: top + row * high, width: cell, height: high };
    if (row >= 0) Object.entries(place).forEach(([name, value]) => mark.setAttribute(name, String(value)));
  };
  /** @param {number} row @param {number} column */
  const move = (row, column) => {
    at = [row, column];
    onPoint(row, column);
  };
  /** @param {MouseEvent} event @returns {[number, number]} */
  const cellOf = (event) => {
    const box = element.getBoundingClientRect();
    const [row, column] = [(event.clientY - box.top - top) / high, (event.clientX - box.left - left) / cell];
    const isIn = matrix && row >= 0 && column >= 0 && row < matrix.rows.length && column < matrix.columns.length;
    return isIn ? [Math.floor(row), Math.floor(column)] : [-1, -1];
  };
  element.addEventListener("pointermove", (event) => move(...cellOf(event)));
  element.addEventListener("pointerleave", () => move(-1, -1));
  element.addEventListener("blur", () => move(-1, -1));
  element.addEventListener("click", (event) => {
    const found = cellOf(event);
    if (found[0] >= 0) onChoose(...found);
  });
  element.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (step && matrix) {
      const [row, column] = at[0] < 0 ? [0, 0] : [at[0] + step[0], at[1] + step[1]];
      move(within(row, matrix.rows.length), within(column, matrix.columns.length));
    } else if (event.key === "Enter" && at[0] >= 0) onChoose(...at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const destroy = watchSize(element, (wide) => {
    width = wide;
    draw();
  });
  return {
    element,
    /** @param {Matrix} next */
    update: (next) => {
      if (matrix?.columnsTitle !== next.columnsTitle) {
        element.setAttribute(
          "aria-label",
          `${next.columnsTitle}. Arrow keys move from cell to cell, Enter chooses one.`,
        );
      }
      matrix = next;
      draw();
    },
    /** Marks a cell; −1 for none. */
    show,
    redraw: () => draw(),
    destroy,
  };
}

/** A name cut in its middle: its end often tells it from others. @param {string} name @param {number} most letters */
function shortened(name, most) {
  const end = Math.ceil((most - 1) / 2);
  return name.length > most ? `${name.slice(0, most - 1 - end)}…${name.slice(name.length - end)}` : name;
}

/** @param {number} place @param {number} size */
const within = (place, size) => Math.min(size - 1, Math.max(0, place));

/**
 * Names that leave each other room, with their places.
 * @param {string[]} names @param {number} apart @param {number} room @returns {[string, number][]}
 */
function spaced(names, apart, room) {
  const every = Math.max(1, Math.ceil(room / apart));
  return names.flatMap((name, place) => (place % every ? [] : [/** @type {[string, number]} */ ([name, place])]));
}
