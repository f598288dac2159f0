/** Keys for everything that is done often, and the list of them. */
import { STRIDES } from "./controls/transport.js";
import { make } from "./drawing/elements.js";

/** @typedef {import("./store.js").Store} Store */

const KEPT = "wade studio single keys";
/** @type {[keys: string, what: string, command: string][]} */
const KEYS = [
  [" ", "Play or pause", "play"],
  ["ArrowRight", "Forward", "forward"],
  ["ArrowLeft", "Back", "back"],
  ["u", `Next size of a step: ${STRIDES.map(({ text }) => text).join(", ")}`, "stride"],
  ["r", "Restart from the same initial parameters", "restart"],
  ["n", "Start from other initial parameters", "other"],
  ["g", "Go to the neurons (arrows move, Enter enlarges, B edits the bias)", "neurons"],
  ["w", "Go to the weights (arrows move, Enter edits)", "weights"],
  ["1", "Show or hide the settings", "pane settings"],
  ["2", "Show or hide the picture", "pane picture"],
  ["3", "Show or hide the mathematics", "pane mathematics"],
  ["4", "Show or hide the program", "pane program"],
  ["c", "Copy the settings", "copy"],
  ["?", "This list", "shortcuts"],
];
const NAMES = { " ": "Space", ArrowRight: "→", ArrowLeft: "←" };

/** @param {HTMLElement} page @param {Store} store @returns {() => void} */
export function shortcuts(page, store) {
  const isOn = make("input", { type: "checkbox", checked: localStorage.getItem(KEPT) !== "off", onchange: () =>
    localStorage.setItem(KEPT, isOn.checked ? "on" : "off") });
  const toMain = () => document.activeElement === help && document.getElementById("workspace")?.focus();
  const dialog = make("dialog", { class: "shortcuts", "aria-label": "Keyboard shortcuts", onclose: toMain },
    make("div", { class: "card-head" }, make("h2", {}, "Keyboard shortcuts"),
      make("button", { type: "button", onclick: () => dialog.close() }, "Close")),
    make("table", {}, make("tbody", {}, ...KEYS.map(([key, what]) => make("tr", {},
      make("th", { scope: "row" }, make("kbd", {}, NAMES[/** @type {keyof typeof NAMES} */ (key)] ?? key.toUpperCase())),
      make("td", {}, what))))),
    make("p", { class: "soft" }, "The phases of a step: forward (activations and loss), backward (gradients), update (new weights)."),
    make("label", { class: "check" }, isOn, make("span", {}, "Single keys work everywhere on the page")),
    make("p", {}, make("a", { href: "accessibility.html", target: "_blank", rel: "noopener" }, "Accessibility statement")));
  const help = make("button", { type: "button", class: "plain", "data-command": "shortcuts", title: "Keyboard shortcuts (?)",
    "aria-label": "Keyboard shortcuts", onclick: () => dialog.showModal() }, "?");
  page.append(dialog);
  document.getElementById("switch")?.append(help);

  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !isOn.checked || dialog.open) return;
    if (target.closest("input, select, textarea, dialog, [role=dialog], [data-own-keys]")) return;
    if (event.key === " " && target.closest("button, summary")) return;
    if (event.key.startsWith("Arrow") && target.closest(".scroll")) return;
    const found = KEYS.find(([key]) => key === event.key || key === event.key.toLowerCase());
    if (found && run(found[2])) event.preventDefault();
  };

  /** @param {string} command */
  const run = (command) => {
    const element = /** @type {HTMLElement | null} */ (page.querySelector(`[data-command="${command}"]`));
    if (!element || element.closest("[hidden]")) return false;
    if (element instanceof HTMLSelectElement) {
      element.selectedIndex = (element.selectedIndex + 1) % element.length;
      element.dispatchEvent(new Event("change"));
      store.say(`Step size: ${element.selectedOptions[0].text}`);
    } else if (element.dataset.focus !== undefined) element.focus();
    else element.click();
    return true;
  };

  document.addEventListener("keydown", press);
  return () => {
    document.removeEventListener("keydown", press);
    dialog.remove();
    help.remove();
  };
}
