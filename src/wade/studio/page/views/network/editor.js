/** A small form over the network in which one parameter is set by number; edits go out one after another, the latest last. */
import { make } from "../../drawing/elements.js";
import { icon } from "../../controls/icons.js";
import { place } from "./neurons.js";
import { within } from "./tip.js";

/** @typedef {import("../../store.js").Store} Store */

const AWAY = 26; // CSS pixels from neurons, so that their values can be read

/** Sends edits of one parameter, never more than one at a time. @param {Store} store */
export function edits(store) {
  let isBusy = false;
  /** @type {[string, number] | null} */
  let next = null;
  const go = async () => {
    if (isBusy || !next) return;
    const [parameter, value] = next;
    next = null;
    isBusy = true;
    await store.send({ command: "edit", parameter, value }).catch(() => {});
    isBusy = false;
    go();
  };
  return (/** @type {string} */ parameter, /** @type {number} */ value) => {
    next = [parameter, value];
    go();
  };
}

/**
 * @param {{of: string, about: string, value: number, edit: (of: string, value: number) => void, onClose: () => void}} what
 * @returns {HTMLElement}
 */
export function editor({ of, about, value, edit, onClose }) {
  const input = make("input", { type: "number", step: stepFor(value), value: shortest(value), "aria-label": `Value of ${of}` });
  input.addEventListener("input", () => {
    if (input.value !== "" && input.validity.badInput === false) edit(of, Number(input.value));
  });
  input.step = "any";
  const element = make("div", { class: "editor", role: "dialog", "aria-label": `Edit ${of}`, "data-own-keys": true,
    onkeydown: (event) => {
      if (event.key === "Escape" || event.key === "Enter") {
        event.preventDefault();
        event.stopPropagation();
        onClose();
      } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && event.target === input) {
        event.preventDefault();
        const by = stepFor(Number(input.value)) * (event.shiftKey ? 10 : 1) * (event.key === "ArrowUp" ? 1 : -1);
        input.value = shortest(Number((Number(input.value) + by).toPrecision(8)));
        edit(of, Number(input.value));
      }
    } },
  make("div", { class: "spread" }, make("strong", {}, of),
    make("button", { type: "button", class: "plain small", "aria-label": "Close", onclick: () => onClose() }, icon("close"))),
  make("p", { class: "soft" }, about), input);
  queueMicrotask(() => input.select());
  return element;
}

/**
 * Where it covers neither the parameter nor what that joins: right of it, else left of it, else under or over it.
 * @param {HTMLElement} element @param {import("./layout.js").Node[]} ends @param {import("./layout.js").Layout} layout
 */
export function placeBeside(element, ends, { width, height, size }) {
  const [wide, high, away] = [element.offsetWidth, element.offsetHeight, size / 2 + AWAY];
  const [xs, ys] = [ends.map(({ x }) => x), ends.map(({ y }) => y)];
  const [left, right, top, bottom] = [Math.min(...xs) - away, Math.max(...xs) + away, Math.min(...ys) - away, Math.max(...ys) + away];
  const middle = within((top + bottom - high) / 2, height - high);
  if (right + wide <= width) place(element, right, middle);
  else if (left >= wide) place(element, left - wide, middle);
  else place(element, within((left + right - wide) / 2, width - wide), within(bottom + high <= height ? bottom : top - high, height - high));
}

/** About a tenth of a number, as a power of ten. @param {number} value */
const stepFor = (value) => 10 ** Math.min(1, Math.max(-6, Math.floor(Math.log10(Math.abs(value) || 0.1)) - 1));

/** The shortest decimal that is the same float32. @param {number} value */
export function shortest(value) {
  for (let digits = 1; digits < 10; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return String(Number(text));
  }
  return String(value);
}
