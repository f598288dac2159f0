/** What stops the work: training that diverged, with a step back offered; a connection that is lost. */
import { make } from "../drawing/elements.js";
import { count } from "../drawing/format.js";

/** @typedef {import("../store.js").Store} Store */

/** @param {HTMLElement} element @param {Store} store @returns {() => void} */
export function banner(element, store) {
  let shown = "";
  const leave = store.subscribe(["state", "connected"], () => {
    const trouble = store.state?.trouble ?? null;
    const now = JSON.stringify([store.connected, store.ended, trouble]);
    if (now === shown) return;
    shown = now;
    element.replaceChildren();
    if (!store.connected) {
      element.append(make("div", { class: "trouble", role: "alert" },
        make("p", {}, store.ended || "The connection to the studio is lost. It is looked for again every few seconds; "
          + "training waits, and goes on where it was.")));
    } else if (trouble) {
      const step = trouble.back_to;
      element.append(make("div", { class: "trouble", role: "alert" },
        make("p", {}, make("strong", {}, trouble.message), " ", trouble.remedy),
        step !== null && make("button", { type: "button", class: "main", onclick: () => goBack(step) },
          `Go back to step ${count(step)}`)));
    }
  });
  /** @param {number} step */
  const goBack = (step) =>
    store.state && store.send({ command: "step", unit: "step", count: step - store.state.step });
  return () => {
    leave();
    element.replaceChildren();
  };
}
