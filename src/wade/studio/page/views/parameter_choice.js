/** Chooses a parameter by its array and its indices: the keyboard's way to what a click on a symbol does. */
import { choice, labelled, make } from "../drawing/elements.js";

/** @typedef {import("../store.js").Store} Store */

const FORM = /^(.*)\[([\d, ]+)\]$/s;

/** @param {Store} store @returns {{element: HTMLElement, update: () => void}} */
export function parameterChoice(store) {
  const array = choice("Parameter", (name) =>
    choose(
      name,
      (shapes()[name] ?? []).map(() => 0),
    ),
  );
  const places = make("span", { class: "flow" });
  const element = make("div", { class: "flow" }, array.element, places);
  /** @type {HTMLInputElement[]} */
  let fields = [];
  let name = "";

  const shapes = () => store.state?.network.parameters ?? {};
  /** @param {string} of @param {number[]} indices */
  const choose = (of, indices) => store.send({ command: "select", parameter: `${of}[${indices.join(",")}]` });

  const build = (/** @type {number[]} */ shape) => {
    fields = shape.map((size, place) =>
      make("input", {
        type: "number",
        class: "index",
        min: 0,
        max: size - 1,
        onchange: () => {
          if (fields.every((field) => field.reportValidity()))
            choose(
              name,
              fields.map((field) => Number(field.value)),
            );
        },
        "aria-label": shape.length === 1 ? "neuron" : ["from", "to"][place],
      }),
    );
    const titles = shape.length === 1 ? ["neuron"] : ["from", "to"];
    places.replaceChildren(...fields.map((field, place) => labelled(titles[place] ?? "", field)));
  };

  return {
    element,
    update: () => {
      const found = FORM.exec(store.state?.parameter ?? "");
      const [chosen, indices] = found ? [found[1], found[2].split(",").map(Number)] : ["", []];
      const shape = shapes()[chosen] ?? [];
      array.offer(
        Object.keys(shapes()).map((one) => [one, one]),
        chosen,
      );
      if (chosen !== name || fields.some((field, place) => Number(field.max) !== shape[place] - 1)) build(shape);
      name = chosen;
      fields.forEach((field, place) => {
        if (document.activeElement !== field) field.value = String(indices[place] ?? 0);
      });
    },
  };
}
