/** Histograms of some arrays of numbers, asked for while they are shown. */
import { make } from "../drawing/elements.js";
import { histogram } from "../drawing/histogram.js";
import { refreshing } from "../refresh.js";

/** @typedef {import("../store.js").Store} Store */

/**
 * A part of a view that can be opened.
 * @param {Store} store @param {string} title @param {() => string[]} names of the arrays: "W1", "a1"
 * @param {string} what the horizontal axis shows @param {boolean} [isOpen]
 * @returns {{element: HTMLDetailsElement, destroy: () => void}}
 */
export function histogramsOf(store, title, names, what, isOpen = false) {
  const body = make("div", { class: "histograms" });
  const element = make("details", { open: isOpen }, make("summary", {}, title), body);
  /** @type {Map<string, {picture: ReturnType<typeof histogram>, element: HTMLElement}>} */
  const shown = new Map();

  const ask = async () => {
    const tables = [];
    for (const name of names())
      tables.push({ name, table: await store.send({ command: "numbers", of: "histogram", name }) });
    return tables;
  };
  /** @param {{name: string, table: import("../types.js").NumbersShown}[]} tables */
  const show = (tables) => {
    const wanted = new Set(tables.map(({ name }) => name));
    for (const [name, one] of shown) {
      if (wanted.has(name)) continue;
      one.picture.destroy();
      shown.delete(name);
    }
    const elements = tables.map(({ name, table }) => {
      let one = shown.get(name);
      if (!one) {
        const picture = histogram(what);
        one = { picture, element: make("div", {}, make("h3", {}, name), picture.element) };
        shown.set(name, one);
      }
      one.picture.update(table);
      return one.element;
    });
    if (elements.some((one, place) => body.children[place] !== one) || body.children.length > elements.length) {
      body.replaceChildren(...elements);
    }
  };
  const refresh = refreshing(body, store, ask, show);
  return {
    element,
    destroy: () => {
      refresh.destroy();
      shown.forEach((one) => one.picture.destroy());
    },
  };
}
