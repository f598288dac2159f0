/** How formulas are written: symbols or numbers, their digits, the precision; and whether the gradient is checked. */
import { choice, labelled, make } from "../drawing/elements.js";
import { PRECISION } from "../help_texts.js";

/** @typedef {Required<Omit<import("../types.js").Mathematics, "id" | "command">>} Options */

/**
 * @param {(changes: Partial<Options>) => void} onChange
 * @returns {{asked: Options, element: HTMLElement, check: HTMLButtonElement}}
 */
export function mathematicsOptions(onChange) {
  /** @type {Options} */
  const asked = { form: "both", digits: 4, precision: "float64", check: false };
  /** @param {Partial<Options>} changes */
  const ask = (changes) => {
    Object.assign(asked, changes);
    onChange(changes);
  };
  const form = choice("Formulas", (chosen) => ask({ form: /** @type {Options["form"]} */ (chosen) }));
  form.offer(
    [
      ["both", "Symbols and numbers"],
      ["symbols", "Symbols"],
      ["numbers", "Numbers"],
    ],
    asked.form,
  );
  const precision = choice("Precision", (chosen) => ask({ precision: /** @type {Options["precision"]} */ (chosen) }));
  precision.element.title = PRECISION;
  precision.offer(
    [
      ["float64", "float64 (textbook)"],
      ["float32", "float32 (engine)"],
    ],
    asked.precision,
  );
  const digits = make("input", {
    type: "number",
    class: "index",
    min: 2,
    max: 17,
    value: asked.digits,
    onchange: () => {
      if (digits.reportValidity()) ask({ digits: Number(digits.value) });
    },
  });
  const check = make(
    "button",
    {
      type: "button",
      "aria-pressed": "false",
      onclick: () => {
        check.setAttribute("aria-pressed", String(!asked.check));
        ask({ check: !asked.check });
      },
    },
    "Check the gradient",
  );
  const element = make("div", { class: "flow view-bar" }, form.element, labelled("Digits", digits), precision.element);
  return { asked, element, check };
}
