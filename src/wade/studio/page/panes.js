/**
 * The panes of the page: as many side by side as there is room for; a view exists while its pane is shown.
 *
 * @typedef {import("./store.js").Store} Store
 * @typedef {import("./store.js").View} View
 * @typedef {{name: string, title: string, fill: View}} Pane
 */

const WIDTHS = [760, 1180, 1720]; // from these on two, three, four panes fit

/**
 * Buttons that show and hide panes, and the panes.
 * @param {HTMLElement} nav @param {Pane[]} panes @param {Store} store @returns {() => void}
 */
export function arrange(nav, panes, store) {
  /** @type {Map<string, () => void>} */
  const filled = new Map();
  const queries = WIDTHS.map((width) => window.matchMedia(`(min-width: ${width}px)`));
  /** @type {string[]} the one chosen last comes last */
  let chosen = ["program", "mathematics", "settings", "picture"];

  const buttons = new Map(panes.map(({ name, title }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = title;
    button.dataset.command = `pane ${name}`;
    button.addEventListener("click", () => toggle(name));
    nav.append(button);
    return [name, button];
  }));

  const room = () => 1 + queries.filter((query) => query.matches).length;

  /** @param {string} name */
  const toggle = (name) => {
    const shown = store.panes;
    const others = chosen.filter((one) => one !== name);
    const isAlone = shown.length === 1 || room() === 1;
    if (shown.includes(name) && !isAlone) chosen = others;
    else chosen = [...others, name];
    show();
  };

  const show = () => {
    const shown = chosen.slice(-room());
    store.set("panes", shown);
    for (const { name, fill } of panes) {
      const isShown = shown.includes(name);
      const pane = /** @type {HTMLElement} */ (document.getElementById(name));
      pane.hidden = !isShown;
      buttons.get(name)?.setAttribute("aria-pressed", String(isShown));
      if (isShown && !filled.has(name)) filled.set(name, fill(pane, store));
      if (!isShown && filled.has(name)) {
        filled.get(name)?.();
        filled.delete(name);
        pane.replaceChildren();
      }
    }
  };

  queries.forEach((query) => query.addEventListener("change", show));
  show();
  return () => {
    queries.forEach((query) => query.removeEventListener("change", show));
    filled.forEach((destroy) => destroy());
    nav.replaceChildren();
  };
}
