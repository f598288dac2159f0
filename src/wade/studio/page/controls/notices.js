/** What is said to the reader: a refusal, a thing done, and, when training halts or steps, where it stands. */
import { make, tell } from "../drawing/elements.js";
import { count, written } from "../drawing/format.js";
import { icon } from "./icons.js";
import { lossOf } from "./standing.js";

/** @typedef {import("../store.js").Store} Store */

const SHOWN = 6000; // milliseconds that a notice which is no error stays
const QUIET = 700; // milliseconds without a change before the standing is read aloud

/** @param {HTMLElement} element @param {HTMLElement} announcer @param {Store} store @returns {() => void} */
export function notices(element, announcer, store) {
  let hide = 0, read = 0;
  let before = "";
  const close = () => element.replaceChildren();
  const leaves = [
    store.subscribe(["notice"], () => {
      clearTimeout(hide);
      const { notice } = store;
      if (!notice) return close();
      const { action } = notice;
      element.replaceChildren(make("div", { class: notice.isError ? "toast is-error" : "toast",
        role: notice.isError ? "alert" : "status" },
        make("p", {}, notice.text),
        action && make("button", { type: "button", class: "small", onclick: () => {
          close();
          action.run();
        } }, action.text),
        make("button", { type: "button", class: "plain small", "aria-label": "Close this message", onclick: close },
          icon("close"))));
      if (!notice.isError && !action) hide = window.setTimeout(close, SHOWN);
    }),
    store.subscribe(["state"], () => {
      const { state } = store;
      if (!state) return;
      const now = `${state.running} ${state.running ? "" : state.step} ${state.phase}`;
      if (now === before) return;
      before = now;
      clearTimeout(read);
      read = window.setTimeout(() => tell(announcer, standing(store)), QUIET);
    }),
  ];
  return () => {
    leaves.forEach((leave) => leave());
    clearTimeout(hide);
    clearTimeout(read);
    close();
  };
}

/** @param {Store} store */
function standing(store) {
  const { state } = store;
  if (!state) return "";
  if (state.running) return "Training.";
  const phase = state.phase && `, ${state.phase} phase`;
  return `Paused at step ${count(state.step)}${phase}, epoch ${state.epoch.toFixed(2)}, loss ${written(lossOf(store), 3)}.`;
}
