/** What is pointed at in the network, beside it: a parameter with its value, a neuron with its values and its map, enlarged. */
import { fitted } from "../../drawing/canvas.js";
import { make, tell } from "../../drawing/elements.js";
import { paintMap, place, scaleOf } from "./neurons.js";

/**
 * @typedef {import("../../store.js").Store} Store
 * @typedef {{text: string, x: number, y: number, neuron?: import("./neurons.js").Neuron}} Told
 */

const MAP = 132; // CSS pixels
const AWAY = 12; // CSS pixels from what is pointed at

/** @param {Store} store */
export function tipOf(store) {
  const canvas = make("canvas", { hidden: true });
  const words = make("span", {});
  const element = make("div", { class: "tip", id: "network-tip", role: "tooltip", hidden: true }, canvas, words);
  return { element,
    /** @param {Told} told @param {import("./layout.js").Layout} layout @param {import("./neurons.js").Scale[]} scales */
    draw: ({ text, x, y, neuron }, layout, scales) => {
      const { state, frame } = store;
      tell(words, text);
      const part = neuron && frame?.parts.get(`map:${neuron.node.of}`);
      canvas.hidden = !neuron || !state || !frame || !part || part.low === null;
      if (neuron && state && frame && part && !canvas.hidden) {
        const { quantity, domain } = scaleOf(neuron.node, state, scales);
        canvas.style.width = canvas.style.height = `${MAP}px`;
        paintMap(fitted(canvas, MAP, MAP), { left: 0, right: MAP, top: 0, bottom: MAP }, frame, part, quantity, domain);
      }
      const [wide, high] = [element.offsetWidth, element.offsetHeight];
      if (neuron) {
        const away = layout.size / 2 + AWAY;
        const isRight = neuron.node.x + away + wide <= layout.width;
        place(element, isRight ? neuron.node.x + away : Math.max(0, neuron.node.x - away - wide),
          within(neuron.node.y - high / 2, layout.height - high));
      } else {
        place(element, within(x - wide / 2, layout.width - wide), within(y + AWAY + high > layout.height ? y - AWAY - high : y + AWAY,
          layout.height - high));
      }
    } };
}

/** @param {number} value @param {number} most */
export const within = (value, most) => Math.max(0, Math.min(value, most));
