/** The exact numbers of a picture as a table, made where it is opened, and as a CSV file. */
import { make, scrolling, tell } from "../drawing/elements.js";
import { count, exact } from "../drawing/format.js";
import { refreshing } from "../refresh.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {import("../types.js").NumbersShown} NumbersShown
 * @typedef {{of: import("../types.js").Numbers["of"], name?: string}} Which
 */

const MOST_ROWS = 300; // in the page; the file has all

/** The table that the store has open. @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function numbers(element, store) {
  const body = make("div", { class: "numbers" });
  element.replaceChildren(body);
  const table = tableOf(body, store, () => store.numbers ?? { of: "parameters" });
  const leave = store.subscribe(["numbers"], table.again);
  return () => {
    leave();
    table.destroy();
    element.replaceChildren();
  };
}

/**
 * A part of a view that holds the numbers of its picture, closed at first.
 * @param {Store} store @param {() => Which} which @param {string} [title]
 * @returns {{element: HTMLDetailsElement, again: () => void, destroy: () => void}}
 */
export function numbersOf(store, which, title = "Numbers of this picture") {
  const body = make("div", { class: "numbers" });
  const element = make("details", {}, make("summary", {}, title), body);
  /** @type {ReturnType<typeof tableOf> | null} */
  let table = null;
  const close = () => {
    table?.destroy();
    table = null;
    body.replaceChildren();
  };
  element.addEventListener("toggle", () => {
    if (!element.open) close();
    else table ??= tableOf(body, store, which);
  });
  return { element, again: () => table?.again(), destroy: close };
}

/** @param {HTMLElement} body @param {Store} store @param {() => Which} which */
function tableOf(body, store, which) {
  const save = make(
    "button",
    {
      type: "button",
      class: "small",
      onclick: () => {
        store.send({ command: "save", what: "numbers", ...which() });
      },
    },
    "Save as CSV",
  );
  const said = make("p", { class: "soft" });
  const region = scrolling("Numbers", "numbers-table");
  body.replaceChildren(make("div", { class: "spread" }, said, save), region);
  /** @param {NumbersShown} shown */
  const show = (shown) => {
    const rows = shown.rows.slice(0, MOST_ROWS);
    const isPart = rows.length < shown.of_rows;
    tell(
      said,
      isPart ? `${shown.title}: ${count(rows.length)} of ${count(shown.of_rows)} rows; the file has all.` : shown.title,
    );
    region.setAttribute("aria-label", shown.title);
    region.replaceChildren(gridOf(shown.columns, rows));
  };
  return refreshing(
    body,
    store,
    () => store.send({ command: "numbers", ...which() }),
    show,
    (error) => {
      region.replaceChildren();
      tell(said, error.message);
    },
  );
}

/**
 * A table of cells: numbers to the right, with all their digits unless they are texts already.
 * @param {string[]} columns @param {any[][]} rows
 */
export function gridOf(columns, rows) {
  const isNumber = columns.map((_, place) => rows.some((row) => typeof row[place] === "number"));
  const kind = (/** @type {number} */ place) => (isNumber[place] ? "number" : null);
  return make(
    "table",
    {},
    make(
      "thead",
      {},
      make("tr", {}, ...columns.map((name, place) => make("th", { scope: "col", class: kind(place) }, name))),
    ),
    make(
      "tbody",
      {},
      ...rows.map((row) =>
        make("tr", {}, ...row.map((cell, place) => make("td", { class: kind(place) }, exact(cell)))),
      ),
    ),
  );
}
