/**
 * Lights up, everywhere on the page, what belongs to the address that is pointed at.
 *
 * Elements name their addresses in `data-of`, several of them on lines of their own.
 */
import { canonical, isShared } from "./address.js";

/** @typedef {import("./store.js").Store} Store */

/** @param {HTMLElement} page @param {Store} store @returns {() => void} */
export function link(page, store) {
  /** @type {Element[]} */
  let lit = [];
  /** @param {Event} event */
  const point = (event) => {
    const named = /** @type {Element} */ (event.target).closest?.("[data-of]");
    const address = named?.getAttribute("data-of")?.split("\n")[0] ?? "";
    if (named || event.type === "pointerover") store.point(canonical(address));
  };
  const light = () => {
    lit.forEach((element) => element.classList.remove("is-pointed"));
    lit = store.hover ? [...page.querySelectorAll("[data-of]")].filter(belongs) : [];
    lit.forEach((element) => element.classList.add("is-pointed"));
  };
  /** @param {Element} element */
  const belongs = (element) =>
    (element.getAttribute("data-of") ?? "").split("\n").some((one) => isShared(canonical(one), store.hover));

  page.addEventListener("pointerover", point);
  page.addEventListener("focusin", point);
  const leave = store.subscribe(["hover"], light);
  return () => {
    page.removeEventListener("pointerover", point);
    page.removeEventListener("focusin", point);
    leave();
  };
}
