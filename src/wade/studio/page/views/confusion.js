/** How good the predictions are: metrics of each part of the rows, and for classes the confusion matrix. */
import { choice, make, scrolling, tell } from "../drawing/elements.js";
import { capital, count, measured, plural } from "../drawing/format.js";
import { colorOf, levelOf, onScheme, palette } from "../drawing/palette.js";
import { SLOW } from "../help_texts.js";
import { refreshing } from "../refresh.js";
import { numbersOf } from "./numbers.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {import("../types.js").State} State
 * @typedef {import("../types.js").NumbersShown} NumbersShown
 */

const ENOUGH_STEPS = 500; // before which nothing is said of how well it goes
const NEAR = 0.25; // of the way from the most frequent class to all rows right
const PARTS = /** @type {Record<string, string>} */ ({ train: "training", validation: "validation", test: "test" });

/** @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function confusion(element, store) {
  let part = "validation";
  const parts = choice("Rows", (chosen) => {
    part = chosen;
    refresh.again();
  });
  const metrics = scrolling("Table of metrics", "metrics");
  const matrix = scrolling("Confusion matrix", "confusion");
  const said = make("p", { class: "soft" });
  const title = make("div", { class: "spread" }, make("h3", {}, "Confusion matrix"), parts.element);
  const classes = make("div", {}, title, matrix, said);
  const table = numbersOf(store, () =>
    store.state?.data.classes.length ? { of: "confusion", name: part } : { of: "metrics" },
  );
  const hint = make("p", { class: "hint", role: "status" });
  element.replaceChildren(hint, metrics, classes, table.element);
  let drawn = "";
  /** @type {NumbersShown | null} */
  let latest = null;

  function drawState() {
    const { state } = store;
    if (!state) return;
    classes.hidden = !state.data.classes.length;
    const present = Object.keys(PARTS).filter((name) => state.data.rows[name]);
    if (!present.includes(part)) part = present[0] ?? "train";
    parts.offer(
      present.map((name) => [name, PARTS[name]]),
      part,
    );
    const key = JSON.stringify([state.metrics, state.metric_info, state.data.rows]);
    if (key !== drawn) metrics.replaceChildren(metricsTable(state));
    drawn = key;
  }

  /** @param {NumbersShown | null} shown */
  function drawMatrix(shown) {
    latest = shown;
    if (!shown) return;
    matrix.replaceChildren(matrixTable(shown));
    if (part === "validation") tell(hint, (store.state?.step ?? 0) >= ENOUGH_STEPS && isNearMajority(shown) ? SLOW : "");
    const isBinary = shown.rows.length === 2;
    tell(
      said,
      `Rows are observed classes, columns predicted ones${isBinary ? "" : "; the diagonal is right"}. ` +
        "The stronger the color of a cell, the more of its row.",
    );
  }

  const refresh = refreshing(
    element,
    store,
    async () =>
      store.state?.data.classes.length ? store.send({ command: "numbers", of: "confusion", name: part }) : null,
    drawMatrix,
  );
  const leave = [
    store.subscribe(["state"], drawState),
    onScheme(() => drawMatrix(latest)),
    refresh.destroy,
    table.destroy,
  ];
  return () => {
    leave.forEach((one) => one());
    element.replaceChildren();
  };
}

/** Whether hardly more rows are right than if the most frequent class were always named. @param {NumbersShown} shown */
function isNearMajority({ rows }) {
  const sizes = rows.map(([, ...counts]) => counts.reduce((sum, one) => sum + one, 0));
  const all = sizes.reduce((sum, one) => sum + one, 0);
  const right = rows.reduce((sum, row, place) => sum + row[place + 1], 0);
  const most = Math.max(...sizes);
  return all > 0 && right - most < NEAR * (all - most);
}

/** @param {State} state */
function metricsTable({ metrics, metric_info, data }) {
  const parts = Object.keys(PARTS).filter((name) => metrics[name]);
  const names = [...new Set(parts.flatMap((name) => Object.keys(metrics[name])))];
  const head = parts.map((name) =>
    make(
      "th",
      { scope: "col", class: "number" },
      capital(PARTS[name]),
      make("span", { class: "soft" }, ` ${plural(data.rows[name] ?? 0, "row")}`),
    ),
  );
  const rows = names.map((name) => {
    const [label, unit] = metric_info[name] ?? [name, ""];
    const cells = parts.map((of) => make("td", { class: "number" }, cell(metrics[of][name], unit)));
    return make("tr", {}, make("th", { scope: "row" }, label), ...cells);
  });
  return make(
    "table",
    {},
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Metric"), ...head)),
    make("tbody", {}, ...rows),
  );
}

/** @param {number | null | undefined} value @param {string} unit */
const cell = (value, unit) => (value === undefined ? "" : value === null ? "not finite" : measured(value, unit));

/** @param {NumbersShown} shown */
function matrixTable({ columns, rows }) {
  const classes = columns.slice(1);
  const axes = make(
    "tr",
    {},
    make("th", { class: "axis", rowspan: 2, scope: "col" }, "observed"),
    make("th", { class: "axis", colspan: classes.length, scope: "colgroup" }, "predicted"),
  );
  const head = make(
    "tr",
    {},
    ...classes.map((name) => make("th", { scope: "col", class: "number" }, name)),
  );
  const lines = rows.map(([name, ...counts], row) => {
    const most = counts.reduce((sum, one) => sum + one, 0);
    const cells = counts.map((/** @type {number} */ one, /** @type {number} */ column) => {
      const made = make("td", { class: row === column ? "number is-right" : "number" }, count(one));
      made.style.backgroundColor = colorOf("count", one, 0, most);
      made.style.color = textOn(levelOf(one, 0, most));
      return made;
    });
    return make("tr", {}, make("th", { scope: "row" }, String(name)), ...cells);
  });
  const isLarge = classes.length > 5;
  return make("table", { class: isLarge ? "is-large" : null }, make("thead", {}, axes, head), make("tbody", {}, ...lines));
}

/** Black or white, whichever has more contrast to this level of counts (WCAG's relative luminance). @param {number} level */
function textOn(level) {
  const [red, green, blue] = palette("count")[level].map((part) => (part / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#000" : "#fff";
}
