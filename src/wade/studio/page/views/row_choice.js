/** The row at hand: chosen by number, one after another, or among those of the batch; its values in real units. */
import { choice, labelled, make, tell } from "../drawing/elements.js";
import { count, exact, rowNumber, withUnit, written } from "../drawing/format.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {import("../types.js").State} State
 * @typedef {import("../types.js").BatchShown} BatchShown
 */

/**
 * @param {Store} store
 * @returns {{element: HTMLElement, facts: HTMLElement, update: () => void, setBatch: (batch: BatchShown | null) => void}}
 */
export function rowChoice(store) {
  const field = make("input", {
    type: "number",
    class: "row-number",
    min: 1,
    onchange: () => {
      if (field.reportValidity()) choose(Number(field.value) - 1);
    },
  });
  const step = (/** @type {string} */ text, /** @type {string} */ label, /** @type {number} */ by) =>
    make("button", { type: "button", class: "small", "aria-label": label, onclick: () => choose(index() + by) }, text);
  const [before, after] = [step("‹", "Row before", -1), step("›", "Next row", 1)];
  const ofRows = make("span", { class: "soft" });
  const batch = choice("In the batch", (row) => choose(Number(row)));
  const list = make("dl", { class: "facts" });
  const answer = make("p", {});
  const values = make("details", { open: true }, make("summary", {}, "The row in its own units"), list);
  const facts = make("div", {}, answer, values);
  const element = make("div", { class: "flow view-bar" }, labelled("Row", field), before, after, ofRows, batch.element);

  const index = () => store.state?.row?.index ?? 0;
  /** @param {number} row */
  const choose = (row) => store.send({ command: "select", row });

  return {
    element,
    facts,
    update: () => {
      const { state } = store;
      const row = state?.row;
      element.hidden = facts.hidden = !row;
      if (!state || !row) return;
      if (document.activeElement !== field) field.value = String(row.index + 1);
      field.max = String(row.of_rows);
      before.disabled = row.index <= 0;
      after.disabled = row.index >= row.of_rows - 1;
      tell(ofRows, `of ${count(row.of_rows)}`);
      tell(answer, answerOf(state));
      const units = new Map(state.data.columns.map(({ name, unit }) => [name, unit]));
      list.replaceChildren(
        ...Object.entries(row.values).map(([name, value]) =>
          make("div", {}, make("dt", {}, name), make("dd", {}, withUnit(cell(value), units.get(name) ?? ""))),
        ),
      );
    },
    setBatch: (shown) => {
      batch.element.hidden = !shown;
      if (!shown) return;
      const rows = /** @type {[string, string][]} */ (shown.rows.map((row) => [String(row), rowNumber(row)]));
      const isIn = shown.rows.includes(index());
      batch.offer(isIn ? rows : [["", "choose …"], ...rows], isIn ? String(index()) : "");
    },
  };
}

/** @param {any} value */
const cell = (value) => (value === null ? "missing" : typeof value === "number" ? written(value, 7) : exact(value));

/** What was observed and what is predicted. @param {State} state */
function answerOf({ row, settings, data }) {
  if (!row) return "";
  const unit = data.columns.find((column) => column.name === settings.target)?.unit ?? "";
  const said = (/** @type {any} */ value) =>
    typeof value === "number" ? withUnit(written(value, 6), unit) : exact(value);
  const sure = typeof row.probability === "number" ? ` (probability ${written(row.probability)})` : "";
  return `${settings.target}: ${said(row.observed)} observed, ${said(row.predicted)}${sure} predicted`;
}
