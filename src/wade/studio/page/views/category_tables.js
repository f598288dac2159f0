/** The tables of categories and of piecewise-linear numbers as colored cells: one of them, asked for while it is shown. */
import { choice, make, readoutOf } from "../drawing/elements.js";
import { written } from "../drawing/format.js";
import { heatmap } from "../drawing/heatmap.js";
import { colorBar } from "../drawing/legend.js";
import { refreshing } from "../refresh.js";

/**
 * @typedef {import("../store.js").Store} Store
 * @typedef {import("../types.js").NumbersShown} NumbersShown
 */

/** @param {Store} store @returns {{element: HTMLElement, redraw: () => void, destroy: () => void}} */
export function categoryTables(store) {
  const tables = choice("Table", (name) => {
    chosen = name;
    refresh.again();
  });
  const legend = make("div", { class: "legend" });
  const address = (/** @type {number} */ row, /** @type {number} */ column) => `${chosen}[${row},${column}]`;
  const map = heatmap({
    onPoint: (row, column) => {
      store.point(row < 0 ? "" : address(row, column));
      map.show(row, column);
      const line = latest?.rows[row];
      const text = line ? `${address(row, column)} = ${written(line[column + 1], 7)}: ${line[0]}` : "";
      readout.tell(text, store.state?.running ?? false);
    },
    onChoose: (row, column) => store.send({ command: "select", parameter: address(row, column) }),
  });
  const readout = readoutOf(map.element);
  const body = make("div", {}, tables.element, map.element, legend, readout.element);
  const element = make("details", {}, make("summary", {}, "Tables of categories and of bins"), body);
  let chosen = "";
  /** @type {NumbersShown | null} */
  let latest = null;

  const ask = async () => {
    const names = Object.keys(store.state?.network.parameters ?? {}).filter((name) => /^[EP]/.test(name));
    if (!names.includes(chosen)) chosen = names[0] ?? "";
    tables.offer(
      names.map((name) => [name, name]),
      chosen,
    );
    return chosen ? store.send({ command: "numbers", of: "parameters", name: chosen }) : null;
  };
  /** @param {NumbersShown | null} shown */
  const show = (shown) => {
    latest = shown;
    if (!shown) return;
    const values = Float32Array.from(shown.rows.flatMap((row) => row.slice(1).map(Number)));
    const most = values.reduce((best, one) => Math.max(best, Math.abs(one) || 0), 0);
    legend.replaceChildren(colorBar("weight", written(-most, 3), written(most, 3), chosen));
    map.update({
      values,
      rows: shown.rows.map((row) => String(row[0])),
      columns: shown.columns.slice(1),
      most: most || 1,
      rowsTitle: "row",
      columnsTitle: "neuron of hidden layer 1",
      label: `${shown.title}: ${values.length} numbers, the largest ${written(most)} in size.`,
    });
  };
  const refresh = refreshing(body, store, ask, show);
  const leave = store.subscribe(["state"], () => {
    element.hidden = !Object.keys(store.state?.network.parameters ?? {}).some((name) => /^[EP]/.test(name));
  });
  return {
    element,
    redraw: () => show(latest),
    destroy: () => {
      leave();
      refresh.destroy();
      map.destroy();
    },
  };
}
