/** The exact numbers of a picture, over the page: opened by `store.set("numbers", …)`. */
import { make } from "./drawing/elements.js";
import { numbers } from "./views/numbers.js";

/** @typedef {import("./store.js").Store} Store */

/** @param {HTMLElement} page @param {Store} store @returns {() => void} */
export function numbersDialog(page, store) {
  const body = make("div", {});
  const dialog = make("dialog", { "aria-label": "Numbers", onclose: () => store.set("numbers", null) },
    make("div", { class: "card-head" }, make("h2", {}, "Numbers"),
      make("button", { type: "button", onclick: () => dialog.close() }, "Close")), body);
  page.append(dialog);
  let destroy = () => {};
  const leave = store.subscribe(["numbers"], () => {
    if (store.numbers && !dialog.open) {
      dialog.showModal();
      destroy = numbers(body, store);
    } else if (!store.numbers) destroy();
  });
  return () => {
    leave();
    destroy();
    dialog.remove();
  };
}
