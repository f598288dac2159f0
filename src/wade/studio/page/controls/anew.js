/** Changes after which the training starts anew: their mark, and what is said of the steps that are discarded. */
import { make } from "../drawing/elements.js";
import { count } from "../drawing/format.js";
import { progressOf } from "./standing.js";

/** @typedef {import("../store.js").Store} Store */

const ANEW = "a change starts the training anew";
export const ANEW_TITLE = "; the training starts anew";

/** The mark beside a control. @param {boolean} [hidden] */
export function anewMark(hidden = false) {
  return make("span", { class: "anew", role: "img", title: ANEW, "aria-label": `(${ANEW})`, hidden }, "↺");
}

/**
 * Before a change: remembers how far the training is. After it: says what was done, and how many steps are discarded.
 * @param {Store} store @returns {(text: string, goBack?: () => unknown) => void} `goBack` brings the settings before again
 */
export function discarding(store) {
  const { step } = progressOf(store);
  const discarded = `The training began anew: ${step === 1 ? "1 step was" : `${count(step)} steps were`} discarded.`;
  return (text, goBack) => {
    if (step) store.say(text ? `${text} ${discarded}` : discarded, goBack && { text: "Settings before", run: goBack });
    else if (text) store.say(text);
  };
}
