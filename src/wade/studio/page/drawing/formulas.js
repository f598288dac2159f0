/** Sections of formulas, sentences and tables, as the server's messages describe them. */
import { make } from "./elements.js";
import { safeMarkup } from "../safe_markup.js";

/**
 * @typedef {import("../types.js").MathematicsSection} Section
 * @typedef {Section["blocks"][number]} Block
 */

/** @param {Section} section @param {string} note beside the title @returns {HTMLElement} */
export function sectionOf(section, note) {
  const title = make("h3", {}, section.title, note && make("span", { class: "soft" }, ` ${note}`));
  const element = make("section", { "data-phase": section.phase }, title);
  /** @type {HTMLElement | null} */
  let row = null; // short formulas stand side by side
  for (const block of section.blocks) {
    const made = blockOf(block, section.title);
    const isShort = block.kind === "formula" && block.short;
    if (isShort && row) row.append(made);
    else if (isShort) element.append((row = make("div", { class: "formula-row" }, made)));
    else element.append(made);
    if (!isShort) row = null;
  }
  return element;
}

/** @param {Block} block @param {string} title of its section @returns {HTMLElement} */
function blockOf(block, title) {
  if (block.kind === "text") return make("p", {}, block.text);
  if (block.kind === "heading") return make("h4", {}, block.text);
  if (block.kind === "table") return wide(`Table: ${title}`, tableOf(block));
  const formula = wide(`Formula: ${block.label || block.plain.slice(0, 80)}`, safeMarkup(block.mathml));
  return make("figure", { class: "formula" }, block.label && make("figcaption", {}, block.label), formula);
}

/** @param {Extract<Block, {kind: "table"}>} block */
function tableOf({ titles, rows, grouped }) {
  const isNumber = titles.map((_, place) => rows.some((row) => row[place]?.value !== null));
  const kind = (/** @type {number} */ place) => (isNumber[place] ? "number" : null);
  const lines = rows.map((row) => {
    const goesOn = grouped && row[0].text === "" && !row[0].mathml;
    const cells = row.map(({ text, mathml }, place) =>
      make("td", { class: kind(place) }, mathml ? safeMarkup(mathml) : text),
    );
    return make("tr", { class: goesOn ? "goes-on" : null }, ...cells);
  });
  const head = titles.map((one, place) => make("th", { scope: "col", class: kind(place) }, one));
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...lines));
}

/** What may be wider than its place. @param {string} label @param {Node} content */
function wide(label, content) {
  return make("div", { class: "wide", "data-label": label }, content);
}

/** Lets what is wider than its place be scrolled by keyboard, and nothing else. @param {HTMLElement} within */
export function markWide(within) {
  const all = /** @type {HTMLElement[]} */ ([...within.querySelectorAll(".wide")]);
  const widths = all.map((element) => element.scrollWidth > element.clientWidth + 1); // all before anything changes
  all.forEach((element, place) => {
    const isWide = widths[place];
    if (isWide === element.hasAttribute("tabindex")) return;
    if (isWide) {
      element.setAttribute("tabindex", "0");
      element.setAttribute("role", "group");
      element.setAttribute("aria-label", element.dataset.label ?? "");
    } else ["tabindex", "role", "aria-label"].forEach((name) => element.removeAttribute(name));
  });
}
