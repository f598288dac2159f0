/** What the network answers over two columns, with the rows: the output, all classes, or one neuron, in real units. */
import { boxFor, drawAxes } from "../drawing/axes.js";
import { fitted, watchSeen, watchSize } from "../drawing/canvas.js";
import { choice, make, makeSvg, readoutOf, tell } from "../drawing/elements.js";
import { count, titled } from "../drawing/format.js";
import { ink, onScheme } from "../drawing/palette.js";
import { followPointer } from "../drawing/pointer.js";
import { drawPoints, nearest } from "../drawing/points.js";
import { linear } from "../drawing/scale.js";
import { rangeOf, shownNeurons, subjectOf } from "../drawing/subject.js";
import { legendOf, paintSubject } from "../drawing/subject_paint.js";
import { answerAt, rowText, summaryOf } from "../drawing/subject_words.js";
import { numbersOf } from "./numbers.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {import("../types.js").State} State
 * @typedef {import("../drawing/subject.js").Subject} Subject
 */

const HIGHEST = 560; // CSS pixels
const SUMMARY_EVERY = 1000; // milliseconds

/** @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function boundary(element, store) {
  const shown = choice("Shown", (neuron) => store.send({ command: "select", neuron }));
  const across = choice("Across", (name) => drawOver(name, 0));
  const up = choice("Up", (name) => drawOver(name, 1));
  const rows = make("input", { type: "checkbox", checked: true, onchange: drawState });
  const bar = make(
    "div",
    { class: "flow view-bar boundary-bar" },
    shown.element,
    across.element,
    up.element,
    make("label", { class: "flow" }, rows, "Rows"),
  );
  const below = make("canvas", { class: "layer", role: "img" });
  const above = make("canvas", { class: "layer", "aria-hidden": "true" });
  const axesGroup = makeSvg("g", {});
  const cross = makeSvg("path", { class: "cross" });
  const ring = makeSvg("g", { class: "ring" }, makeSvg("circle", { class: "casing", r: 8 }), makeSvg("circle", { r: 8 }));
  const svg = makeSvg("svg", { class: "layer", "aria-hidden": "true" }, axesGroup, ring, cross);
  const plot = make("div", { class: "plot", tabindex: 0, role: "group" }, below, above, svg);
  const readout = readoutOf(plot);
  const legend = make("div", { class: "legend" });
  const note = make("p", { class: "soft" });
  const table = numbersOf(store, () =>
    store.state?.neuron ? { of: "neuron", name: store.state.neuron } : { of: "boundary" },
  );
  element.replaceChildren(bar, plot, readout.element, legend, note, table.element);

  let [width, height] = [0, 0];
  let box = boxFor(1, 1, [], { x: "", y: "" });
  let scales = { x: linear([0, 1], [0, 1]), y: linear([0, 1], [0, 1]) };
  let [drawnAxes, drawnLegend, rowsKey, summarized] = ["", "", "", -Infinity];
  const pointer = followPointer(plot, () => box, {
    onMove: () => drawPointer(),
    onChoose: chooseRow,
    onLeave: backToOutput,
  });

  /** @param {string} name @param {0 | 1} place */
  function drawOver(name, place) {
    if (!store.state) return;
    const columns = /** @type {[string, string]} */ ([...store.state.axes.columns]);
    if (columns[1 - place] === name) columns[1 - place] = columns[place]; // the two change places
    columns[place] = name;
    store.send({ command: "select", columns });
  }

  function drawState() {
    const { state } = store;
    if (!state) return;
    const { axes, data } = state;
    const drawable = data.columns.filter((one) => one.can_be_drawn && state.settings.inputs.includes(one.name));
    const names = drawable.map(({ name }) => /** @type {[string, string]} */ ([name, name]));
    across.element.hidden = up.element.hidden = axes.kind !== "plane" || names.length < 3;
    across.offer(names, axes.columns[0]);
    up.offer(names, axes.columns[1]);
    shown.offer([["", data.task === "multiclass" ? "All classes" : "Output"], ...shownNeurons(state)], state.neuron);
    const isSample = axes.points.length < axes.of_rows;
    const sample = isSample ? `${count(axes.points.length)} of ${count(axes.of_rows)} rows are drawn.` : "";
    tell(note, [axes.held, sample].filter(Boolean).join(" "));
    const drawn = [axes, state.row?.index, state.row?.values, data.classes, rows.checked, ink("ground")];
    const key = JSON.stringify(drawn);
    if (key !== rowsKey) drawnAxes = "";
    rowsKey = key;
    if (!state.running) summarized = -Infinity;
    draw();
  }

  function draw() {
    const { state, frame } = store;
    if (!state || !width || !seen.isSeen()) return;
    const subject = subjectOf(state, frame);
    const domains = domainsOf(state, subject);
    const key = JSON.stringify([domains, width, subject.name, subject.isOutput ? subject.domain : ""]);
    if (key !== drawnAxes) drawRows(state, subject, domains);
    drawnAxes = key;
    paintSubject(fitted(below, width, height), box, scales, subject, state);
    const { key: legendKey, items } = legendOf(state, subject);
    if (legendKey !== drawnLegend) legend.replaceChildren(...items());
    const isDue = performance.now() - summarized > SUMMARY_EVERY;
    if (isDue || legendKey !== drawnLegend) {
      summarized = performance.now();
      below.setAttribute("aria-label", summaryOf(state, subject));
      plot.setAttribute("aria-label", `${subject.name}. Arrow keys move a pointer, Enter chooses the nearest row.`);
    }
    drawnLegend = legendKey;
    drawPointer();
  }

  /** @param {State} state @param {Subject} subject @param {ReturnType<typeof domainsOf>} domains */
  function drawRows({ axes, data, row, settings }, subject, domains) {
    const titles = titlesOf(axes, subject, settings.target);
    box = boxFor(width, height, linear(domains.y, [1, 0]).ticks, titles);
    scales = { x: linear(domains.x, [box.left, box.right]), y: linear(domains.y, [box.bottom, box.top]) };
    drawAxes(axesGroup, box, scales.x, scales.y, titles);
    const context = fitted(above, width, height);
    plot.classList.toggle("is-line", axes.kind === "line");
    const hasRows = axes.kind === "plane" || (axes.kind === "line" && subject.isOutput);
    const place = row && hasRows ? axes.rows.indexOf(row.index) : -1;
    const values = axes.columns.map((name) => row?.values[name]);
    const point = axes.points[place] ?? (axes.kind === "plane" && values.every(Number.isFinite) ? values : null);
    ring.toggleAttribute("hidden", !point);
    if (point) ring.setAttribute("transform", `translate(${scales.x.to(point[0])} ${scales.y.to(point[1])})`);
    if (!hasRows || !rows.checked) return;
    const colors = subject.isOutput ? subject.domain : rangeOf(axes.observed);
    context.save();
    context.rect(box.left - 5, box.top - 5, box.right - box.left + 10, box.bottom - box.top + 10);
    context.clip();
    drawPoints(context, axes, scales.x, scales.y, data.classes.length, colors);
    context.restore();
  }

  function drawPointer() {
    const { state, frame } = store;
    const { place } = pointer;
    cross.toggleAttribute("hidden", !place);
    if (!place || !state) return readout.tell("Point at the picture to read its values.", true);
    const [left, top] = pointer.pixels();
    cross.setAttribute("d", `M${left} ${box.top}V${box.bottom}M${box.left} ${top}H${box.right}`);
    const answer = answerAt(state, subjectOf(state, frame), place, scales.x.from(left), scales.y.from(top));
    const row = rowAt(left, top);
    readout.tell(row < 0 ? answer : `${answer} · ${rowText(state, row)}`, state.running);
  }

  /** @param {number} left @param {number} top @param {number} [within] */
  function rowAt(left, top, within) {
    const axes = store.state?.axes;
    return axes && axes.kind !== "histogram" ? nearest(axes, scales.x, scales.y, left, top, within) : -1;
  }

  /** @param {number} left @param {number} top @param {boolean} byKey */
  function chooseRow(left, top, byKey) {
    const row = store.state?.axes.rows[rowAt(left, top, byKey ? Infinity : undefined)];
    if (row !== undefined) store.send({ command: "select", row });
  }

  function backToOutput() {
    if (store.state?.neuron) store.send({ command: "select", neuron: "" });
  }

  const seen = watchSeen(plot, drawState);
  const leave = [
    seen.destroy,
    store.subscribe(["state"], drawState),
    store.subscribe(["frame"], draw),
    onScheme(() => {
      drawnLegend = "";
      drawState();
    }),
    watchSize(plot, (wide) => {
      width = wide;
      height = Math.min(HIGHEST, Math.max(250, Math.round(wide * 0.85)));
      for (const layer of [plot, below, above, svg]) layer.style.height = `${height}px`;
      drawState();
    }),
    pointer.destroy,
    table.destroy,
  ];
  return () => {
    leave.forEach((one) => one());
    element.replaceChildren();
  };
}

/** @param {State} state @param {Subject} subject @returns {{x: [number, number], y: [number, number]}} */
function domainsOf({ axes }, { part, isOutput, domain }) {
  if (axes.kind === "histogram") return { x: [part?.from ?? 0, part?.to ?? 1], y: [0, part?.high || 1] };
  return { x: axes.x, y: axes.kind === "line" && !isOutput ? domain : axes.y };
}

/** @param {import("../types.js").Axes} axes @param {Subject} subject @param {string} target */
function titlesOf({ kind, columns, units }, { name, unit, isOutput }, target) {
  if (kind === "histogram") return { x: titled(name, unit), y: "rows" };
  return { x: titled(columns[0], units[0]), y: kind === "plane" ? titled(columns[1], units[1]) : titled(isOutput ? target : name, unit) };
}
